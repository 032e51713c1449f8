"""Who owns which fields of a live object (`metadata.managedFields`)."""

from collections.abc import Sequence
from typing import Final, cast

from flotilla.sandbox.kubernetes.manifest import Manifest, dig, mapping, mappings, text
from flotilla.sandbox.plugin.property_path import parse_path, plain_names

# Managers that write on behalf of the same user as the program: their fields become the program's.
_MOVED: Final = (
    ("kubectl", "Apply"),
    ("kubectl", "Update"),
    ("before-first-apply", "Update"),
    ("pulumi-kubernetes", "Update"),
    ("pulumi-resource-kubernetes", "Update"),
)
_OURS: Final = frozenset({"pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes"})


def moved_to(live: Manifest, manager: str) -> list[Manifest] | None:
    """The entries after the fields of kubectl and of earlier creations have moved to an apply manager.

    None if there is nothing to move.
    """
    entries = list(mappings(live, "metadata", "managedFields"))
    moving = [entry for entry in entries if _moves(entry)]
    if not moving:
        return None
    own = next((entry for entry in entries if _is(entry, manager, "Apply")), None)
    target = own or moving[0]
    fields: Manifest = {}
    for entry in (target, *moving):
        fields = _union(fields, mapping(entry, "fieldsV1"))
    merged: Manifest = {**target, "manager": manager, "operation": "Apply", "fieldsV1": fields}
    return [*(entry for entry in entries if entry is not own and not _moves(entry)), merged]


def created_by_us(live: Manifest) -> bool:
    """Whether fields still belong to the manager of creations: an apply by another name meets conflicts."""
    return any(
        entry.get("operation") == "Update" and text(entry, "manager") in _OURS
        for entry in mappings(live, "metadata", "managedFields")
    )


def leave_ignored(inputs: Manifest, live: Manifest, manager: str, ignored: Sequence[str]) -> Manifest:
    """The inputs to apply when paths are ignored.

    What another manager owns alone is left out; anything else keeps its live value. Paths into lists and to
    quoted names are not looked up: there the old value is applied, which the engine has put into the inputs.
    """
    for path in ignored_fields(ignored):
        owners = [entry for entry in mappings(live, "metadata", "managedFields") if _owns(entry, path)]
        theirs = [entry for entry in owners if text(entry, "manager") != manager]
        if theirs and len(theirs) == len(owners):
            inputs = _without(inputs, path)
        else:
            inputs = _with_live_value(inputs, live, path)
    return inputs


def with_live_values(inputs: Manifest, live: Manifest, ignored: Sequence[str]) -> Manifest:
    """The inputs to patch with when paths are ignored: their live values, where there are some."""
    for path in ignored_fields(ignored):
        inputs = _with_live_value(inputs, live, path)
    return inputs


def ignored_fields(ignored: Sequence[str]) -> list[tuple[str, ...]]:
    """Those of the paths to ignore that are looked up in objects, as names of fields."""
    return [names for path in ignored if (names := plain_names(parse_path(path)))]


def _with_live_value(inputs: Manifest, live: Manifest, path: tuple[str, ...]) -> Manifest:
    value = dig(live, *path)
    return inputs if value is None else _set(inputs, path, value)


def _moves(entry: Manifest) -> bool:
    return not entry.get("subresource") and any(
        text(entry, "manager").startswith(name) and entry.get("operation") == operation
        for name, operation in _MOVED
    )


def _is(entry: Manifest, manager: str, operation: str) -> bool:
    return (
        entry.get("manager") == manager
        and entry.get("operation") == operation
        and not entry.get("subresource")
    )


def _union(one: Manifest, other: Manifest) -> Manifest:
    merged = dict(one)
    for key, value in other.items():
        known = merged.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        merged[key] = _union(cast("Manifest", known), cast("Manifest", value)) if both else value
    return merged


def _owns(entry: Manifest, path: tuple[str, ...]) -> bool:
    """Whether an entry names a field or something below it."""
    return dig(mapping(entry, "fieldsV1"), *(f"f:{step}" for step in path)) is not None


def _without(value: Manifest, path: tuple[str, ...]) -> Manifest:
    first, *rest = path
    if not rest:
        return {key: inner for key, inner in value.items() if key != first}
    inner = value.get(first)
    if not isinstance(inner, dict):
        return value
    return {**value, first: _without(cast("Manifest", inner), tuple(rest))}


def _set(value: Manifest, path: tuple[str, ...], new: object) -> Manifest:
    first, *rest = path
    return {**value, first: _set(mapping(value, first), tuple(rest), new) if rest else new}
