"""When a DaemonSet is rolled out."""

from flotilla.sandbox.kubernetes.awaiting.conditions import observed
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import explain_owned_pods
from flotilla.sandbox.kubernetes.manifest import Manifest, number

STEPS = (
    ("currentNumberScheduled", "scheduled"),
    ("updatedNumberScheduled", "updated"),
    ("numberAvailable", "available"),
    ("numberReady", "ready"),
)
"""What the status counts, in the order in which a rollout reaches it."""


def observe(daemon_set: Manifest) -> Progress:
    """How far a DaemonSet is: ready when each node that fits runs a ready pod of the latest template."""
    if not observed(daemon_set):
        return _not_yet("the controller has not seen the latest change")
    wanted = number(daemon_set, "status", "desiredNumberScheduled")
    for key, word in STEPS:
        counted = number(daemon_set, "status", key)
        if counted < wanted:
            return _not_yet(f"{counted} of {wanted} pods are {word}")
    return READY


def _not_yet(what: str) -> Progress:
    return Progress(
        ready=False, waits_for=f"[1/1] {what}", causes=(f"The rollout on the nodes is not over: {what}",)
    )


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    del reader, moment
    return observe(live)


RULE = Rule(look=_look, explain=explain_owned_pods, in_refresh=True)
