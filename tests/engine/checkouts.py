"""Copies of this checkout for tests that change files or bring a sandbox of their own up."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copy_checkout(directory: Path) -> Path:
    """Copy what git knows, with uncommitted changes; `.venv` leads to the environment of this run."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, directory / name)
    (directory / ".venv").symlink_to(Path(sys.prefix))
    return directory
