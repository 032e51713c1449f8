"""When a StatefulSet is rolled out."""

from flotilla.sandbox.kubernetes.awaiting.conditions import observed
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import explain_owned_pods
from flotilla.sandbox.kubernetes.manifest import Manifest, number, text


def observe(stateful_set: Manifest) -> Progress:
    """How far a StatefulSet is.

    It is ready when existing, ready and current replicas are as many as wanted and no revision is under way.
    With the update strategy OnDelete someone else ends the rollout: after the first generation its revisions
    don't count.
    """
    wanted = number(stateful_set, "spec", "replicas", default=1)
    existing, ready, current, updated = (
        number(stateful_set, "status", key)
        for key in ("replicas", "readyReplicas", "currentReplicas", "updatedReplicas")
    )
    before, after = (text(stateful_set, "status", key) for key in ("currentRevision", "updateRevision"))
    on_delete = text(stateful_set, "spec", "updateStrategy", "type") == "OnDelete"
    if on_delete and number(stateful_set, "metadata", "generation") > 1:
        replicas_ready, revision_ready = wanted == existing == ready, True
    else:
        replicas_ready, revision_ready = (
            wanted == existing == ready == current,
            bool(before) and before == after,
        )
    if replicas_ready and revision_ready:
        return READY
    counted = ready if revision_ready else min(ready, updated)
    causes: list[str] = []
    if not replicas_ready:
        causes.append(f"{counted} of {wanted} replicas are ready")
    if not revision_ready:
        causes.append(f"The rollout from revision {before or '(none)'} to {after or '(none)'} is not over")
    step = "[1/2] waiting for pods" if not replicas_ready else "[2/2] waiting for the rollout to end"
    return Progress(ready=False, waits_for=f"{step} ({counted} of {wanted} ready)", causes=tuple(causes))


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    del reader
    if not (observed(live) or moment.single):
        return Progress(
            ready=False,
            waits_for="[1/2] waiting for the controller to see the change",
            causes=("The controller has not seen the latest change",),
        )
    return observe(live)


RULE = Rule(look=_look, explain=explain_owned_pods, in_refresh=True)
