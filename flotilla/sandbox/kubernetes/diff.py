"""How new inputs differ from what is known of the live object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.kubernetes.replacement import replaces
from flotilla.sandbox.plugin.property_path import Path, contains, format_path, parse_path
from flotilla.sandbox.plugin.protocol import Unknown

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True)
class Change:
    """One difference."""

    path: Path
    kind: Kind
    replace: bool
    inputs_only: bool = False
    """Whether it is found in the inputs alone, not in outputs: a deletion."""


@dataclass
class Differences:
    """All differences, by their path as text."""

    changes: dict[str, Change] = field(default_factory=dict[str, Change])

    @property
    def replaces(self) -> list[str]:
        """The paths that ask for a new object."""
        return sorted(
            text
            for text, change in self.changes.items()
            if change.replace or (change.kind == "delete" and text == "metadata")
        )

    def without(self, ignored: Sequence[str]) -> "Differences":
        """Those that lie in none of the ignored paths."""
        paths = [parse_path(path) for path in ignored]
        kept = {
            text: change
            for text, change in self.changes.items()
            if not any(contains(path, change.path) for path in paths)
        }
        return Differences(kept)


def prune(live: Manifest, shape: Manifest) -> Manifest:
    """The live object cut to the fields of `shape`; lists are cut to its length.

    A zero or empty value of `shape` that the server does not show again counts as there.
    """
    return {
        key: _pruned(live[key], wanted) if key in live else wanted
        for key, wanted in shape.items()
        if key in live or _is_empty(wanted)
    }


def _is_empty(value: object) -> bool:
    return value in (False, 0, "", [], {}) and value is not None


def _pruned(live: object, shape: object) -> object:
    if isinstance(live, dict) and isinstance(shape, dict):
        return prune(cast("Manifest", live), cast("Manifest", shape))
    if isinstance(live, list) and isinstance(shape, list):
        lives, shapes = cast("list[object]", live), cast("list[object]", shape)
        if not lives or not shapes:
            return []
        if isinstance(lives[0], dict) != isinstance(shapes[0], dict):
            return lives
        return [_pruned(one, two) for one, two in zip(lives, shapes, strict=False)]
    return cast("object", live)


def compare(old: Manifest, new: Manifest, fields: Sequence[str]) -> Differences:
    """The differences between two objects; `fields` are those that replace."""
    found = Differences()
    _compare_maps((), old, new, fields, found)
    return found


def _compare_maps(
    path: Path, old: Manifest, new: Manifest, fields: Sequence[str], found: Differences
) -> None:
    for key in sorted({*old, *new}):
        here = (*path, key)
        if key not in new:
            _note(here, "delete", None, fields, found)
        elif key not in old:
            _note(here, "add", new[key], fields, found)
        else:
            _compare(here, old[key], new[key], fields, found)


def _compare(path: Path, old: object, new: object, fields: Sequence[str], found: Differences) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        _compare_maps(path, cast("Manifest", old), cast("Manifest", new), fields, found)
    elif isinstance(old, list) and isinstance(new, list):
        _compare_lists(path, cast("list[object]", old), cast("list[object]", new), fields, found)
    elif not same(cast("object", old), new):
        _note(path, "update", new, fields, found)


def _compare_lists(
    path: Path, old: list[object], new: list[object], fields: Sequence[str], found: Differences
) -> None:
    for index in range(max(len(old), len(new))):
        here = (*path, index)
        if index >= len(new):
            _note(here, "delete", None, fields, found)
        elif index >= len(old):
            _note(here, "add", new[index], fields, found)
        else:
            _compare(here, old[index], new[index], fields, found)


def same(one: object, other: object) -> bool:
    """Whether two values are equal; numbers by value, and a truth value is no number."""
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return False
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _note(path: Path, kind: Kind, value: object, fields: Sequence[str], found: Differences) -> None:
    replace = replaces(path, value, fields)
    found.changes[format_path(path)] = Change(path, kind, replace, inputs_only=kind == "delete")
