"""Waiting until a deleted object is gone."""

import threading
from collections.abc import Callable

from flotilla.sandbox.kubernetes.awaiting.conditions import condition
from flotilla.sandbox.kubernetes.awaiting.polling import poll
from flotilla.sandbox.kubernetes.awaiting.progress import Outcome
from flotilla.sandbox.kubernetes.awaiting.reader import REFUSALS, Reader
from flotilla.sandbox.kubernetes.awaiting.rules import is_gone_at_once, patience
from flotilla.sandbox.kubernetes.manifest import Manifest, api_version, items, kind, name, namespace, text

OWNED_FIRST = "foregroundDeletion"
"""The finalizer by which an object outlives what it owns."""
REMAINS = (
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionContentFailure",
    "NamespaceContentRemaining",
    "NamespaceFinalizersRemaining",
)
"""Conditions in which a namespace tells what holds it."""


def what_holds(obj: Manifest) -> list[str]:
    """What an object that is being deleted waits for: its finalizers, the contents of a namespace."""
    said = [f"[{text(found, 'reason')}] {text(found, 'message')}" for found in _remains(obj)]
    finalizers = [*items(obj, "metadata", "finalizers"), *items(obj, "spec", "finalizers")]
    if OWNED_FIRST in finalizers:
        said.append("what it owns goes first")
    others = [str(found) for found in finalizers if found != OWNED_FIRST]
    if others:
        said.append(f"finalizers hold it until their controllers let go: {', '.join(others)}")
    if not text(obj, "metadata", "deletionTimestamp"):
        said.append("it is not marked for deletion")
    return said


def _remains(obj: Manifest) -> list[Manifest]:
    return [found for wanted in REMAINS if text(found := condition(obj, wanted), "status") == "True"]


def wait_until_gone(
    reader: Reader,
    live: Manifest,
    *,
    timeout_seconds: float | None,
    cancelled: threading.Event,
    report: Callable[[str], None],
    inputs: Manifest | None = None,
) -> Outcome:
    """Wait until an object that has been deleted is gone, or another one has taken its name.

    With `pulumi.com/skipAwait` in `inputs` (by default `live`) workloads and namespaces are not waited for.
    """
    said_by = live if inputs is None else inputs
    if is_gone_at_once(live, said_by):
        return Outcome(live)
    last = live
    told = ""

    def gone() -> bool:
        nonlocal last, told
        found = reader.get(api_version(live), kind(live), name(live), namespace(live))
        if found is None or _is_another(found, live):
            return True
        last = found
        holding = f"waiting until it is gone: {'; '.join(what_holds(found))}"
        if holding != told:
            told = holding
            report(holding)
        return False

    try:
        if poll(gone, seconds=patience(said_by, timeout_seconds), cancelled=cancelled):
            return Outcome(last)
    except REFUSALS as error:
        return Outcome(last, [f"The cluster does not tell whether it is gone: {error}"], _still_there(last))
    return Outcome(last, what_holds(last) or ["nothing tells what holds it"], _still_there(last))


def _is_another(found: Manifest, expected: Manifest) -> bool:
    uid = text(expected, "metadata", "uid")
    return bool(uid) and text(found, "metadata", "uid") != uid


def _still_there(obj: Manifest) -> str:
    return f"{kind(obj)} '{name(obj)}' is still there: timed out waiting for it to be gone"
