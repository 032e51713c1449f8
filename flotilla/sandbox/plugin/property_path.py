"""Paths of properties as the engine writes them: `spec.ports[0].name`, `metadata.labels["a.b"]`, `*`."""

import re
from typing import Final

Path = tuple[str | int, ...]
"""The steps to a property: names in maps, indices in lists."""

_PLAIN: Final = re.compile(r"\w+", re.ASCII)
_PART: Final = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]|([^.\[\]]+)')


def parse_path(text: str) -> Path:
    """The steps of a path."""
    return tuple(
        int(index) if index else quoted.replace('\\"', '"') if quoted else star or plain
        for quoted, index, star, plain in _PART.findall(text)
    )


def format_path(path: Path) -> str:
    """The text of a path."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif any(character in step for character in '."[]'):
            escaped = step.replace('"', '\\"')
            text += f'["{escaped}"]'
        else:
            text += f".{step}" if text else step
    return text


def plain_names(path: Path) -> tuple[str, ...]:
    """The names on a way through maps alone; none where it leads into a list or quotes a name.

    These are the only paths to ignore that the real provider finds in objects (await/await.go).
    """
    names = tuple(step for step in path if isinstance(step, str) and _PLAIN.fullmatch(step))
    return names if len(names) == len(path) else ()


def contains(outer: Path, inner: Path) -> bool:
    """Whether a path, which may hold `*` for any step, is or leads to another one."""
    return len(outer) <= len(inner) and all(a in ("*", b) for a, b in zip(outer, inner, strict=False))
