"""What an update or a preview changes: read from the engine's events."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from components.document import is_list, is_map
from flotilla.sandbox.events import Metadata, logical_name, resource_name, type_of

_SHOWN_LENGTH = 60
"""Letters of a value that are shown."""

_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes in previews for a text that only the update will tell (sdk/go/common/resource)."""


class Operation(StrEnum):
    """What is done to a resource."""

    CREATED = "created"
    UPDATED = "updated"
    REPLACED = "replaced"
    DELETED = "deleted"


_OPERATIONS = {
    "create": Operation.CREATED,
    "import": Operation.CREATED,
    "update": Operation.UPDATED,
    "create-replacement": Operation.REPLACED,
    "delete": Operation.DELETED,
}
"""The engine's steps that stand for a change; a replacement has further ones, which say nothing more."""


@dataclass(frozen=True)
class PropertyChange:
    """How one property changes; values are for people, and empty where no line could show them."""

    path: str
    """As the engine writes it: `metadata.labels.team`, `subnetIds[0]`."""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        told = self.old and self.new and self.old != self.new
        return f"{self.path} {self.old} → {self.new}" if told else self.path


@dataclass(frozen=True)
class Change:
    """A resource that is created, updated, replaced or deleted."""

    operation: Operation
    urn: str
    properties: tuple[PropertyChange, ...] = ()
    """What changes; of a replacement, what makes it necessary."""

    @property
    def type(self) -> str:
        """Its type: `kubernetes:apps/v1:Deployment`."""
        return type_of(self.urn)

    @property
    def name(self) -> str:
        """Its name in the program."""
        return logical_name(self.urn)

    @property
    def resource(self) -> str:
        """What people call it: `Deployment frontend`."""
        return resource_name(self.urn)


def changes(steps: Iterable[Metadata]) -> list[Change]:
    """The changes among the steps of an update or a preview; the stack itself is none."""
    return [
        Change(_OPERATIONS[step["op"]], step["urn"], properties(step))
        for step in steps
        if step["op"] in _OPERATIONS and type_of(step["urn"]) != "pulumi:pulumi:Stack"
    ]


def properties(step: Metadata) -> tuple[PropertyChange, ...]:
    """The properties that change in a step, of a replacement those that make it necessary."""
    old, new = (state.get("inputs") if state else None for state in (step.get("old"), step.get("new")))
    if step["op"] in {"create", "delete", "delete-replaced"}:
        return ()
    paths = step.get("keys") or step.get("detailedDiff") or step.get("diffs") or ()
    return tuple(PropertyChange(path, _value(old, path), _value(new, path)) for path in paths)


def _value(inputs: object, path: str) -> str:
    """The value at a property's path for people; empty where there is nothing that a line could show."""
    value: object = inputs
    for word, index, quoted in re.findall(r'([^.\[\]]+)|\[(\d+)\]|\["([^"]*)"\]', path):
        if index and is_list(value):
            value = value[int(index)] if int(index) < len(value) else None
        elif is_map(value):
            value = value.get(word or quoted)
        else:
            return ""
    if value is None:
        return "(none)"
    if value == _UNKNOWN:
        return "(not known yet)"
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = str(value) if isinstance(value, str | int | float) else ""
    if shown.startswith(("{", "[")):
        return ""  # a map or a list, as text: the settings of a provider
    if len(shown) > _SHOWN_LENGTH:
        shown = f"…{shown[1 - _SHOWN_LENGTH :]}"  # of addresses the end tells more
    return shown if "\n" not in shown else ""


def counts(found: Iterable[Change]) -> Mapping[Operation, int]:
    """How many there are of each operation."""
    counted = dict.fromkeys(Operation, 0)
    for change in found:
        counted[change.operation] += 1
    return counted
