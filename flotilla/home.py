"""Where Flotilla keeps what outlives a command: the engine, shared by all checkouts, and each sandbox."""

import hashlib
import os
import re
from pathlib import Path

import platformdirs

from flotilla.errors import Exit, FlotillaError


def flotilla_home() -> Path:
    """The one directory of the tool: `FLOTILLA_HOME`, by default under the user's cache directory."""
    chosen = os.environ.get("FLOTILLA_HOME")
    return Path(chosen).expanduser().absolute() if chosen else platformdirs.user_cache_path("flotilla")


def find_project(start: Path | None = None) -> Path:
    """The nearest directory, from `start` upwards, that holds a `Pulumi.yaml`.

    Raises:
        FlotillaError: there is none.
    """
    here = (start or Path.cwd()).absolute()
    for directory in (here, *here.parents):
        if (directory / "Pulumi.yaml").is_file():
            return directory
    raise FlotillaError(
        f"{here} is not inside a Flotilla project: no Pulumi.yaml here or above.",
        "Change to your checkout, or name it: flotilla -C DIRECTORY …",
        Exit.USAGE,
    )


def sandbox_dir(project: Path) -> Path:
    """Where the sandbox of a checkout lives: state, control planes, logs.

    It is outside the checkout, so that `git clean` does not orphan running processes, and named after the
    checkout's path, so that two checkouts do not meet; of the name only letters, digits, dots and dashes are
    kept, since programs read others as their own syntax. `.flotilla` in the checkout is a link to it.
    """
    resolved = project.resolve()
    digest = hashlib.sha256(os.fsencode(resolved)).hexdigest()[:8]
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", resolved.name)
    return flotilla_home() / "sandboxes" / f"{name}-{digest}"
