"""When volumes and claims are bound."""

from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import warnings_about
from flotilla.sandbox.kubernetes.manifest import Manifest, text

FIVE_MINUTES = 300.0
"""Seconds for which volumes are waited for at most (pulumi-kubernetes, await/awaiters.go)."""


def observe_claim(claim: Manifest, storage_class: Manifest | None) -> Progress:
    """How far a PersistentVolumeClaim is: bound, or pending if its class waits for the first consumer."""
    phase = text(claim, "status", "phase")
    waits_for_consumer = text(storage_class, "volumeBindingMode") == "WaitForFirstConsumer"
    if phase == "Bound" or (phase == "Pending" and waits_for_consumer):
        return READY
    chosen = text(claim, "spec", "storageClassName")
    why = (
        ""
        if storage_class
        else f", and there is no StorageClass {chosen}"
        if chosen
        else ", and it names no StorageClass"
    )
    cause = f"The claim is not bound: its phase is {phase or 'not known yet'}{why}"
    return Progress(ready=False, waits_for="[1/1] waiting for a volume", causes=(cause,))


def observe_volume(volume: Manifest) -> Progress:
    """How far a PersistentVolume is: available or bound."""
    phase = text(volume, "status", "phase")
    if phase in {"Available", "Bound"}:
        return READY
    cause = f"The volume is not available: its phase is {phase or 'not known yet'}"
    return Progress(ready=False, waits_for="[1/1] waiting for the volume", causes=(cause,))


def _look_at_claim(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    del moment
    if text(live, "status", "phase") == "Bound":
        return READY
    chosen = text(live, "spec", "storageClassName")
    return observe_claim(
        live, reader.get("storage.k8s.io/v1", "StorageClass", chosen, None) if chosen else None
    )


def _look_at_volume(reader: Reader, live: Manifest, moment: Moment) -> Progress:
    del reader, moment
    return observe_volume(live)


CLAIM = Rule(look=_look_at_claim, explain=warnings_about, at_most=FIVE_MINUTES)
VOLUME = Rule(look=_look_at_volume, explain=warnings_about, at_most=FIVE_MINUTES)
