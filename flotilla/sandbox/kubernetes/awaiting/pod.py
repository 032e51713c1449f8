"""When a Pod serves."""

from flotilla.sandbox.kubernetes.awaiting.conditions import condition, holds
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import explain_pods
from flotilla.sandbox.kubernetes.manifest import Manifest, text

STEPS = (("PodScheduled", "a node"), ("Initialized", "its init containers"), ("Ready", "its containers"))
"""Conditions in the order in which a pod reaches them, and what it waits for until then."""


def observe(pod: Manifest) -> Progress:
    """How far a Pod is: ready when scheduled, initialised and ready, or when it has succeeded."""
    succeeded = text(pod, "status", "phase") == "Succeeded"
    for position, (wanted, what) in enumerate(STEPS, 1):
        done = holds(pod, wanted) or (wanted == "Ready" and succeeded and bool(condition(pod, wanted)))
        if not done:
            return Progress(
                ready=False,
                waits_for=f"[{position}/{len(STEPS)}] waiting for {what}",
                causes=(f"The Pod waits for {what}: its condition {wanted} is not True",),
            )
    return READY


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    del reader, moment
    return observe(live)


def _explain(reader: Reader, live: Manifest) -> list[str]:
    return explain_pods(reader, [live])


RULE = Rule(look=_look, explain=_explain, in_refresh=True)
