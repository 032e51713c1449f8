"""What is impossible in a release and what it stands for."""

import re
from collections.abc import Iterator

from components.errors import Path, Problem

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""A tag, by the OCI distribution specification."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def release_problems(release: str, digest: str | None, path: Path) -> Iterator[Problem]:
    """Problems of a release.

    Args:
        release: The tag.
        digest: What it stands for; None if nobody says.
        path: Where both stand.
    """
    if not _TAG.fullmatch(release):
        yield Problem(
            (*path, "release"),
            f'"{release}" is not a tag of an image',
            "A tag has letters, digits, dots, dashes and underscores, at most 128.",
        )
    if digest is not None and not _DIGEST.fullmatch(digest):
        yield Problem(
            (*path, "digest"),
            f'"{digest}" is not a digest',
            "A digest is sha256: and 64 digits of 0-9 and a-f, as the registry tells it.",
        )
