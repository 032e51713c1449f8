"""The files of the engine's file backend, as a killed engine may leave them."""

import json
from pathlib import Path

ATTRIBUTES = "*.attrs"
"""What the backend keeps of each of its files beside it: its type and checksum."""


def drop_broken_attributes(state: Path) -> None:
    """Remove descriptions of files that were never written to their end.

    The backend writes its files whole or not at all, but not what it keeps beside them. An engine that was
    killed in that moment leaves it empty, and no engine reads the state any more; without it, one does.

    Args:
        state: Directory of the backend.
    """
    for file in state.rglob(ATTRIBUTES):
        if not _is_whole(file):
            file.unlink(missing_ok=True)


def _is_whole(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except FileNotFoundError:
        return True
    except ValueError:
        return False
    return True
