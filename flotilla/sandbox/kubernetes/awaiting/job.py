"""When a Job is done."""

from flotilla.sandbox.kubernetes.awaiting.conditions import condition, holds, reason_text
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import explain_owned_pods
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, number


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


RULE = Rule(look=_look, explain=explain_owned_pods, in_refresh=True)
