"""When a Deployment is rolled out."""

from collections.abc import Sequence
from typing import cast

from flotilla.sandbox.kubernetes.awaiting.conditions import complaint, condition, holds, observed
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import (
    explain_owned_pods,
    owned_by,
    selector_text,
    warnings_about,
)
from flotilla.sandbox.kubernetes.manifest import (
    Manifest,
    annotations,
    dig,
    mapping,
    mappings,
    name,
    namespace,
    number,
    text,
)
from flotilla.sandbox.kubernetes.quantity import same_amount

REVISION = "deployment.kubernetes.io/revision"
TEMPLATE_HASH = "pod-template-hash"
QUANTITIES = {"limits", "requests", "overhead", "sizeLimit", "divisor"}
"""Fields of pod templates that hold quantities, themselves or in a map."""
FIRST = "1"
"""The revision that is made and not rolled out, so that nothing says when its rollout is over."""

UNAVAILABLE = "Minimum number of live Pods was not attained"
INCOMPLETE = "Minimum number of Pods to consider the application live was not attained"


def observe(deployment: Manifest, replica_sets: Sequence[Manifest], claims: Sequence[Manifest]) -> Progress:
    """How far a Deployment is, seen with its own ReplicaSets and the claims its pods mount.

    It is ready when it is available, its current ReplicaSet has the latest pod template and all pods ready,
    the rollout is over (from the second revision on) and its claims are bound.
    """
    current = current_replica_set(deployment, replica_sets)
    available = holds(deployment, "Available")
    rolled_out = annotations(deployment).get(REVISION) == FIRST or _rollout_is_over(deployment)
    ready, wanted = _pods(deployment, current)
    complete = current is not None and ready >= wanted and _is_latest(deployment, current)
    unbound = [name(claim) for claim in claims if text(claim, "status", "phase") != "Bound"]
    if available and rolled_out and complete and not unbound:
        return READY
    causes = [
        why
        for wanted_condition in ("Available", "Progressing")
        if (why := complaint(condition(deployment, wanted_condition)))
    ]
    failure = condition(deployment, "ReplicaFailure")
    if text(failure, "status") == "True":
        causes.append(f"[{text(failure, 'reason')}] {text(failure, 'message')}")
    if dig(deployment, "spec", "paused") is True:
        causes.append("The Deployment is paused (spec.paused), so nothing is rolled out until it is resumed")
    if unbound:
        causes.append(f"Claims that are not bound: {', '.join(sorted(unbound))}")
    if not available:
        causes.append(UNAVAILABLE)
    elif not (rolled_out and complete):
        causes.append(f"{INCOMPLETE}: {ready} of {wanted} new pods are ready, the old ones stay")
    step = "[1/2] waiting for pods" if not complete else "[2/2] waiting for the rollout to end"
    return Progress(ready=False, waits_for=f"{step} ({ready} of {wanted} ready)", causes=tuple(causes))


def current_replica_set(deployment: Manifest, replica_sets: Sequence[Manifest]) -> Manifest | None:
    """The Deployment's own ReplicaSet of its current revision."""
    revision = annotations(deployment).get(REVISION)
    owned = owned_by(replica_sets, deployment)
    return (
        next((found for found in owned if annotations(found).get(REVISION) == revision), None)
        if revision
        else None
    )


def _is_latest(deployment: Manifest, current: Manifest) -> bool:
    """Whether the current ReplicaSet is that of the Deployment's pod template; while paused it may lag.

    Where scale and template change at once, the controller scales first and reports the change as seen.
    """
    if dig(deployment, "spec", "paused") is True:
        return True
    template = mapping(current, "spec", "template")
    metadata = mapping(template, "metadata")
    labels = {label: value for label, value in mapping(metadata, "labels").items() if label != TEMPLATE_HASH}
    wanted = mapping(deployment, "spec", "template")
    return _equivalent({**template, "metadata": {**metadata, "labels": labels}}, wanted)


def _equivalent(one: object, other: object, *, quantities: bool = False) -> bool:
    """Whether templates mean the same to the controller, which makes no new ReplicaSet then.

    Quantities count by their amount, and empty maps and lists as not there.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        first, second = cast("Manifest", one), cast("Manifest", other)
        return all(
            _equivalent(first.get(key), second.get(key), quantities=quantities or key in QUANTITIES)
            for key in {*first, *second}
        )
    if isinstance(one, list) and isinstance(other, list):
        lists = cast("list[object]", one), cast("list[object]", other)
        return len(lists[0]) == len(lists[1]) and all(map(_equivalent, *lists))
    values = (cast("object", one), other)
    if values[0] == values[1] or all(value in (None, {}, []) for value in values):
        return True
    return quantities and same_amount(*values)


def _rollout_is_over(deployment: Manifest) -> bool:
    progressing = condition(deployment, "Progressing")
    return text(progressing, "status") == "True" and text(progressing, "reason") == "NewReplicaSetAvailable"


def _pods(deployment: Manifest, current: Manifest | None) -> tuple[int, int]:
    """How many pods of the current ReplicaSet are ready, and how many there shall be.

    The plan is the ReplicaSet's, not the program's: an autoscaler may have changed it.
    """
    if current is None:
        return 0, number(deployment, "spec", "replicas", default=1)
    # The Deployment counts later than its ReplicaSet; both agree before its status goes into the outputs.
    ready = min(number(current, "status", "readyReplicas"), number(deployment, "status", "readyReplicas"))
    return ready, number(current, "spec", "replicas", default=1)


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    if not (observed(live) or moment.single):
        causes = ("The Deployment controller has not seen the latest change", UNAVAILABLE)
        return Progress(
            ready=False, waits_for="[1/2] waiting for the controller to see the change", causes=causes
        )
    if not holds(live, "Available") and not moment.single:
        return observe(live, [], [])
    return observe(live, _replica_sets(reader, live), _claims(reader, live))


def _replica_sets(reader: Reader, live: Manifest) -> list[Manifest]:
    selector = selector_text(mapping(live, "spec", "selector"))
    return reader.list("apps/v1", "ReplicaSet", namespace(live), label_selector=selector)


def _claims(reader: Reader, live: Manifest) -> list[Manifest]:
    names = (
        text(volume, "persistentVolumeClaim", "claimName")
        for volume in mappings(live, "spec", "template", "spec", "volumes")
    )
    found = [reader.get("v1", "PersistentVolumeClaim", claim, namespace(live)) for claim in names if claim]
    return [claim for claim in found if claim is not None]


def _explain(reader: Reader, live: Manifest) -> list[str]:
    current = current_replica_set(live, _replica_sets(reader, live))
    if current is None:
        return warnings_about(reader, live)
    return explain_owned_pods(reader, current)


RULE = Rule(look=_look, explain=_explain, in_refresh=True)
