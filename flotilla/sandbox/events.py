"""The engine's events, as far as we read them, and what they are about."""

import re
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class Difference(TypedDict):
    """How one property changes."""

    diffKind: str
    """`add`, `update`, `delete`, with `-replace` at the end where that replaces the resource."""


class ResourceState(TypedDict):
    """A resource before or after a step."""

    parent: NotRequired[str]
    provider: NotRequired[str]
    """URN and ID of its provider, with `::` between."""
    protect: NotRequired[bool]
    retainOnDelete: NotRequired[bool]
    inputs: NotRequired[Mapping[str, object] | None]


class Metadata(TypedDict):
    """Which resource an event is about, and what is done to it."""

    op: str
    urn: str
    type: str
    old: NotRequired[ResourceState | None]
    new: NotRequired[ResourceState | None]
    keys: NotRequired[Sequence[str] | None]
    """The properties that make a replacement necessary."""
    diffs: NotRequired[Sequence[str] | None]
    """The properties that change, where the provider gives no details."""
    detailedDiff: NotRequired[Mapping[str, Difference] | None]


class ResourceEvent(TypedDict):
    """The beginning or the end of an operation."""

    metadata: Metadata


class Diagnostic(TypedDict):
    """Something the engine, a provider or the program says."""

    urn: NotRequired[str]
    message: str
    severity: str
    ephemeral: NotRequired[bool]


class Summary(TypedDict):
    """The last event: how many resources each operation was done to."""

    resourceChanges: dict[str, int]


class Event(TypedDict):
    """One line of the engine's event log: the kinds we read."""

    resourcePreEvent: NotRequired[ResourceEvent]
    resOutputsEvent: NotRequired[ResourceEvent]
    resOpFailedEvent: NotRequired[ResourceEvent]
    diagnosticEvent: NotRequired[Diagnostic]
    summaryEvent: NotRequired[Summary]


def type_of(urn: str) -> str:
    """The type of a resource, without those of its parents: `kubernetes:apps/v1:Deployment`."""
    return urn.split("::", 3)[2].rsplit("$", 1)[-1]


def logical_name(urn: str) -> str:
    """The name of a resource in the program."""
    return urn.split("::", 3)[-1]


def resource_name(urn: str) -> str:
    """The logical name of a resource, with the last part of its type: `Deployment frontend`."""
    if not urn:
        return "the stack"
    return f"{type_of(urn).rsplit(':', 1)[-1]} {logical_name(urn)}"


def plain(message: str) -> str:
    """A message without the engine's colour marks."""
    return re.sub(r"<\{%.*?%\}>", "", message).strip()
