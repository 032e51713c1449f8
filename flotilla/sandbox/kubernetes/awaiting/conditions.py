"""Conditions in the status of objects."""

from flotilla.sandbox.kubernetes.manifest import Manifest, mappings, number, text


def condition(obj: Manifest, wanted: str) -> Manifest:
    """The condition of a type in `status.conditions`; empty if it is not there."""
    nothing: Manifest = {}
    found = (entry for entry in mappings(obj, "status", "conditions") if text(entry, "type") == wanted)
    return next(found, nothing)


def holds(obj: Manifest, wanted: str) -> bool:
    """Whether a condition is there and True."""
    return text(condition(obj, wanted), "status") == "True"


def complaint(found: Manifest) -> str:
    """`[Reason] message` of a condition that should hold and does not; empty where it says nothing."""
    if not found or text(found, "status") == "True":
        return ""
    return reason_text(found)


def reason_text(found: object) -> str:
    """`[Reason] message` of anything that has these two; empty where it has neither."""
    reason, message = text(found, "reason"), text(found, "message").strip()
    return " ".join(part for part in (f"[{reason}]" if reason else "", message) if part)


def observed(obj: Manifest) -> bool:
    """Whether the controller has seen the latest spec; objects without a generation have been seen."""
    return number(obj, "status", "observedGeneration") >= number(obj, "metadata", "generation")
