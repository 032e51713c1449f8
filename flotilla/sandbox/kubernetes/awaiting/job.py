"""When a Job is done."""

from flotilla.sandbox.kubernetes.awaiting.conditions import condition, holds, reason_text
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import explain_owned_pods
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, name, namespace, number, text

COMPLETED = "Completed"
"""The reason of the event by which the controller tells that a Job is complete."""


def observe(job: Manifest) -> Progress:
    """How far a Job is: ready when complete, failed at once when its controller has given it up."""
    if holds(job, "Complete"):
        return READY
    if holds(job, "Failed"):
        return Progress(
            ready=False, causes=(reason_text(condition(job, "Failed")) or "[Failed]",), failed=True
        )
    counts = ", ".join(f"{number(job, 'status', key)} {key}" for key in ("active", "succeeded", "failed"))
    if dig(job, "spec", "suspend") is True:
        cause = "The Job is suspended (spec.suspend), so it makes no pods"
    else:
        cause = f"The Job is not complete: {counts}"
    return Progress(ready=False, waits_for=f"[1/1] waiting for the Job to end ({counts})", causes=(cause,))


def _look(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    del reader, moment
    return observe(live)


def _was_ready(reader: Reader, live: Manifest) -> bool:
    """Whether a Job was complete that its time to live has taken away between two looks."""
    if dig(live, "spec", "ttlSecondsAfterFinished") is None:
        return False
    fields = f"involvedObject.name={name(live)},reason={COMPLETED}"
    events = reader.list("v1", "Event", namespace(live), field_selector=fields)
    return any(text(event, "involvedObject", "uid") == text(live, "metadata", "uid") for event in events)


RULE = Rule(look=_look, explain=explain_owned_pods, was_ready=_was_ready, in_refresh=True)
