"""Values at the paths of a table: `a.b`, `a[].b` in items of lists, `a{}.b` in values of free maps."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final, cast

from flotilla.sandbox.plugin.property_path import Path

_STEP: Final = re.compile(r"\[\]|\{\}|[^.\[\]{}]+")


@cache
def steps(path: str) -> tuple[str, ...]:
    """The names of a path, `[]` and `{}` among them."""
    return tuple(_STEP.findall(path))


def values_at(value: object, path: str) -> Iterator[tuple[Path, object]]:
    """All values at a path, each with its own way there."""
    return _walk(value, steps(path), ())


def _walk(value: object, rest: tuple[str, ...], here: Path) -> Iterator[tuple[Path, object]]:
    if not rest:
        yield here, value
        return
    step, rest = rest[0], rest[1:]
    if step == "[]":
        if isinstance(value, list):
            for index, item in enumerate(cast("list[object]", value)):
                yield from _walk(item, rest, (*here, index))
    elif isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        if step == "{}":
            for name, item in items.items():
                yield from _walk(item, rest, (*here, name))
        elif step in items:
            yield from _walk(items[step], rest, (*here, step))


def value_at(value: object, path: str) -> object:
    """The first value at a path; None where there is none."""
    return next((found for _, found in values_at(value, path)), None)


def filled(value: object, path: str, default: object) -> object:
    """A value with a default at a path, wherever what the path leads through is there and says nothing."""
    return changed_at(value, path, lambda found: default if found is None else found)


def changed_at(value: object, path: str, change: Callable[[object], object]) -> object:
    """A value with what is at a path changed; what is missing there is None, and stays out as None."""
    return _changed(value, steps(path), change)


def _changed(value: object, rest: tuple[str, ...], change: Callable[[object], object]) -> object:
    if not rest:
        return change(value)
    step, rest = rest[0], rest[1:]
    if step == "[]" and isinstance(value, list):
        return [_changed(item, rest, change) for item in cast("list[object]", value)]
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value)
        if step == "{}":
            return {name: _changed(item, rest, change) for name, item in items.items()}
        if step in items or not rest:
            found = _changed(items.get(step), rest, change)
            return items if found is None else {**items, step: found}
    return cast("object", value)


def merged(base: Mapping[str, object], over: Mapping[str, object]) -> dict[str, object]:
    """Two maps in one: where both have a value the second one's counts, and maps in maps are merged alike.

    Lists of as many maps on both sides are merged item by item, so that what the cloud added to one stays.
    """
    return {
        **base,
        **{name: _merged(base[name], value) if name in base else value for name, value in over.items()},
    }


def _merged(base: object, over: object) -> object:
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return merged(cast("Mapping[str, object]", base), cast("Mapping[str, object]", over))
    if isinstance(base, list) and isinstance(over, list):
        bases, overs = cast("list[object]", base), cast("list[object]", over)
        if len(bases) == len(overs) and all(isinstance(item, Mapping) for item in [*bases, *overs]):
            return [_merged(one, two) for one, two in zip(bases, overs, strict=True)]
    return cast("object", over)


def without(
    outputs: Mapping[str, object], old: Mapping[str, object], new: Mapping[str, object]
) -> dict[str, object]:
    """The outputs without what stands in the old inputs and no longer in the new ones."""
    kept: dict[str, object] = {}
    for name, value in outputs.items():
        if name in old and name not in new:
            continue
        before, after = old.get(name), new.get(name)
        if isinstance(value, Mapping) and isinstance(before, Mapping) and isinstance(after, Mapping):
            kept[name] = without(
                cast("Mapping[str, object]", value),
                cast("Mapping[str, object]", before),
                cast("Mapping[str, object]", after),
            )
        else:
            kept[name] = value
    return kept
