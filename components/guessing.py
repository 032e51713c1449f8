"""What a value with mistakes was probably meant to be, for further checks to find more than echoes."""

import json
from collections.abc import Callable
from typing import cast

from components.document import is_map
from components.errors import Path


def amended(value: object, mistakes: list[tuple[str, Path]], rename: Callable[[Path], str]) -> object:
    """A copy of a value in which mistakes are mended as far as one can guess.

    A misspelt key is renamed, a number for a text written out, a number in quotes read, what is missing
    filled in, and whatever else is wrong left out.

    Args:
        value: What was read.
        mistakes: Kinds of mistakes, by pydantic's names, with their paths.
        rename: Tells the name that an unknown key was meant to have; empty if nothing is near.
    """
    copy: object = json.loads(json.dumps(value))
    for kind, path in mistakes:
        holder = _holder(copy, path)
        if holder is not None:
            _amend(holder, str(path[-1]), kind, rename(path) if kind == "extra_forbidden" else "")
    return copy


def _holder(value: object, path: Path) -> dict[str, object] | None:
    """The map that holds the last key of a path; for an item of a list, None."""
    for step in path[:-1]:
        if not is_map(value) or step not in value:
            return None
        value = value[str(step)]
    return cast("dict[str, object]", value) if is_map(value) and path else None


def _amend(holder: dict[str, object], key: str, kind: str, meant: str) -> None:
    if kind == "missing":
        holder[key] = "unknown"
        return
    found = holder.pop(key, None)
    if kind == "extra_forbidden" and meant and meant not in holder:
        holder[meant] = found
    elif kind == "string_type" and isinstance(found, bool | int | float):
        holder[key] = json.dumps(found)
    elif kind == "int_type" and isinstance(found, str) and found.isdecimal():
        holder[key] = int(found)
