"""Why pods are not ready: their conditions, their containers and the warnings about them."""

from collections.abc import Iterable, Sequence

from flotilla.sandbox.kubernetes.awaiting.conditions import condition, holds, reason_text
from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.manifest import (
    Manifest,
    dig,
    identity,
    items,
    kind,
    mapping,
    mappings,
    name,
    namespace,
    number,
    text,
)

PODS_IN_DETAIL = 3
"""Of how many pods the reasons are told: in a rollout that fails they are alike."""
WARNINGS = 3
"""How many of the latest warnings are told of one object."""
NORMAL_WAITING = {"", "ContainerCreating", "PodInitializing"}
"""What a container waits for while nothing is wrong."""


def is_ready(pod: Manifest) -> bool:
    """Whether a pod serves, or has done its work."""
    return holds(pod, "Ready") or text(pod, "status", "phase") == "Succeeded"


def pod_reasons(pod: Manifest) -> list[str]:
    """What a pod's own status says of why it is not ready: one line, or none where it says nothing."""
    said = [*_condition_reasons(pod), *_container_reasons(pod)]
    if text(pod, "status", "phase") == "Failed" and (why := reason_text(mapping(pod, "status"))):
        said.append(f"the pod failed: {why}")
    return [f"[Pod {identity(pod)}]: {'; '.join(said)}"] if said else []


def _condition_reasons(pod: Manifest) -> Iterable[str]:
    if why := _not_true(pod, "PodScheduled"):
        yield why
        return
    for wanted in ("Initialized", "Ready"):
        if text(condition(pod, wanted), "status") != "True" and (
            message := text(condition(pod, wanted), "message")
        ):
            yield message
            return


def _not_true(pod: Manifest, wanted: str) -> str:
    found = condition(pod, wanted)
    return reason_text(found) if found and text(found, "status") != "True" else ""


def _container_reasons(pod: Manifest) -> Iterable[str]:
    for group, word in (("initContainerStatuses", "init container"), ("containerStatuses", "container")):
        for status in mappings(pod, "status", group):
            if dig(status, "ready") is not True:
                yield from container_reasons(status, word)


def container_reasons(status: Manifest, word: str = "container") -> Iterable[str]:
    """What the status of a container that is not ready says: why it waits, how it ended now and before."""
    who = f'{word} "{text(status, "name")}"'
    waiting = mapping(status, "state", "waiting")
    if text(waiting, "reason") not in NORMAL_WAITING:
        yield f"{who} waits: {reason_text(waiting)}"
    ended = mapping(status, "state", "terminated")
    if ended and not (word == "init container" and number(ended, "exitCode") == 0):
        yield f"{who} ended {_ending(ended)}"
    before = mapping(status, "lastState", "terminated")
    if before:
        restarts = number(status, "restartCount")
        again = f", restarted {restarts} times" if restarts > 1 else ""
        yield f"{who} ended before {_ending(before)}{again}"


def _ending(ended: Manifest) -> str:
    signal = number(ended, "signal")
    by = f", signal {signal}" if signal else ""
    why = reason_text(ended)
    return f"with exit code {number(ended, 'exitCode')}{by}" + (f": {why}" if why else "")


def latest_warnings(events: Iterable[Manifest]) -> list[str]:
    """The latest warnings, newest last, each once."""
    found: dict[str, str] = {}
    for event in sorted(events, key=_when):
        if text(event, "type") != "Warning":
            continue
        said = reason_text(event)
        times = max(number(event, "count"), number(event, "series", "count"))
        found.pop(said, None)
        found[said] = f"{said} ({times} times)" if times > 1 else said
    return list(found.values())[-WARNINGS:]


def _when(event: Manifest) -> str:
    ways = (
        ("series", "lastObservedTime"),
        ("lastTimestamp",),
        ("eventTime",),
        ("metadata", "creationTimestamp"),
    )
    return next((found for way in ways if (found := text(event, *way))), "")


def warnings_about(reader: Reader, obj: Manifest) -> list[str]:
    """The latest warnings about an object, each beginning with its kind and name."""
    fields = f"involvedObject.name={name(obj)},type=Warning"
    uid = text(obj, "metadata", "uid")
    events = reader.list("v1", "Event", namespace(obj) or "default", field_selector=fields)
    ours = [event for event in events if text(event, "involvedObject", "uid") in {uid, ""}]
    return [f"[{kind(obj)} {identity(obj)}]: {warning}" for warning in latest_warnings(ours)]


def explain_pods(reader: Reader, pods: Sequence[Manifest]) -> list[str]:
    """Why pods are not ready, the first few of them in detail."""
    unready = sorted((pod for pod in pods if not is_ready(pod)), key=name)
    said: list[str] = []
    for pod in unready[:PODS_IN_DETAIL]:
        told = [*pod_reasons(pod), *warnings_about(reader, pod)]
        phase = text(pod, "status", "phase") or "Pending"
        said += told or [f"[Pod {identity(pod)}]: not ready, in phase {phase}"]
    if len(unready) > PODS_IN_DETAIL:
        said.append(f"{len(unready) - PODS_IN_DETAIL} more pods are not ready")
    return said


def owned_by(objects: Iterable[Manifest], owner: Manifest) -> list[Manifest]:
    """Those of the objects that `owner` controls."""
    uid = text(owner, "metadata", "uid")
    return [
        obj
        for obj in objects
        if any(text(ref, "uid") == uid for ref in mappings(obj, "metadata", "ownerReferences"))
    ]


def selector_text(selector: Manifest) -> str:
    """A label selector in the form that `kubectl get -l` takes."""
    parts = [f"{label}={value}" for label, value in mapping(selector, "matchLabels").items()]
    for wanted in mappings(selector, "matchExpressions"):
        label, values = text(wanted, "key"), ",".join(str(value) for value in items(wanted, "values"))
        words = {
            "In": f"{label} in ({values})",
            "NotIn": f"{label} notin ({values})",
            "Exists": label,
            "DoesNotExist": f"!{label}",
        }
        parts.append(words[text(wanted, "operator")])
    return ",".join(parts)


def explain_owned_pods(reader: Reader, owner: Manifest) -> list[str]:
    """Why the pods of a controller are not ready, or why it has made none."""
    selector = selector_text(mapping(owner, "spec", "selector"))
    pods = owned_by(reader.list("v1", "Pod", namespace(owner), label_selector=selector), owner)
    return explain_pods(reader, pods) + warnings_about(reader, owner)


def without_repeats(causes: Iterable[str]) -> list[str]:
    """The causes without those whose message stands in an earlier one: events repeat conditions."""
    told: list[str] = []
    for cause in causes:
        message = cause.removeprefix("[").rpartition("] ")[2]
        if not any(message in earlier for earlier in told):
            told.append(cause)
    return told
