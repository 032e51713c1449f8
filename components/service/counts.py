"""Numbers that may also be percentages, as Kubernetes has them."""

import re

_PERCENTAGE = re.compile(r"(0|[1-9][0-9]*)%")
_COUNT = re.compile(r"0|[1-9][0-9]*")


def is_count(text: str) -> bool:
    """Whether a text is a whole number from 0."""
    return _COUNT.fullmatch(text) is not None


def is_percentage(text: str) -> bool:
    """Whether a text is a percentage from 0: `25%`."""
    return _PERCENTAGE.fullmatch(text) is not None


def count_or_percentage(text: str) -> int | str:
    """A number or a percentage, as Kubernetes wants it.

    Example:
        count_or_percentage("1") == 1
        count_or_percentage("25%") == "25%"
    """
    return int(text) if is_count(text) else text
