"""When an object of any kind is ready, by the conventions of status; used with PULUMI_K8S_AWAIT_ALL only."""

from flotilla.sandbox.kubernetes.awaiting.conditions import complaint, condition, holds, observed
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import warnings_about
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, kind, number, text

READY_CONDITION = {"CustomResourceDefinition": "Established"}
"""The condition that stands for Ready in kinds that have none of that name."""


def observe(obj: Manifest) -> Progress:
    """How far an object is.

    Its controller must have seen it, where the status tells; its condition Ready must hold, where it has one;
    it must not be reconciling. Stalled, it has failed.
    """
    if dig(obj, "status", "observedGeneration") is not None and not observed(obj):
        return _not_yet("the controller has not seen the latest change")
    stalled = condition(obj, "Stalled")
    if text(stalled, "status") == "True":
        cause = f"Stalled: {text(stalled, 'message') or text(stalled, 'reason')}"
        return Progress(ready=False, causes=(cause,), failed=True)
    if holds(obj, "Reconciling"):
        return _not_yet("it is being reconciled")
    if kind(obj) == "ReplicaSet":
        wanted, ready = number(obj, "spec", "replicas", default=1), number(obj, "status", "readyReplicas")
        return READY if ready >= wanted else _not_yet(f"{ready} of {wanted} pods are ready")
    wanted = READY_CONDITION.get(kind(obj), "Ready")
    found = condition(obj, wanted)
    if text(found, "status") == "True" or (not found and wanted == "Ready"):
        return READY
    return _not_yet(complaint(found) or f"its condition {wanted} is not True")


def _not_yet(what: str) -> Progress:
    return Progress(ready=False, waits_for=f"[1/1] {what}", causes=(what[:1].upper() + what[1:],))


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    del reader, moment
    return observe(live)


RULE = Rule(look=_look, explain=warnings_about)
