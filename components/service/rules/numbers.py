"""What is impossible in a number."""

from collections.abc import Iterator, Mapping

from components.errors import Path, Problem


def range_problems(
    values: Mapping[str, int | None], path: Path, least: int, most: int | None = None
) -> Iterator[Problem]:
    """Numbers that are out of their range.

    Args:
        values: Numbers by their keys; None for those that are not given.
        path: Where the keys stand.
        least: Smallest number.
        most: Largest one; None for any.
    """
    for key, value in values.items():
        if value is None or (least <= value and (most is None or value <= most)):
            continue
        cure = f"Give a number from {least}." if most is None else f"Give a number from {least} to {most}."
        what = "is negative" if value < 0 else "is too little" if value < least else "is too much"
        yield Problem((*path, key), f"{value} {what}", cure)
