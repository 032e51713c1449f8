"""Versions: read them, compare them, ask a program for its own."""

import os
import re
import subprocess
from pathlib import Path

ASK_TIMEOUT = 30.0
"""Seconds a program has to say its version: far more than any needs on a busy machine."""

Version = tuple[int, int, int]

_NUMBERS = re.compile(r"(?<![\d.])v?(\d+)\.(\d+)\.(\d+)")


def parse(text: str) -> Version | None:
    """The first `1.2.3` or `v1.2.3` in a text; what follows it (`-alpha.1`, `+g123`) is left out.

    Example:
        parse("Kubernetes v1.36.3") == (1, 36, 3)
    """
    match = _NUMBERS.search(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def text_of(version: Version) -> str:
    """`1.36.3`."""
    return ".".join(map(str, version))


def is_within(version: Version, least: str, below: str) -> bool:
    """Whether `least` ≤ version < `below`."""
    low, high = parse(least), parse(below)
    return low is not None and high is not None and low <= version < high


def ask(program: Path, arguments: tuple[str, ...]) -> Version | None:
    """Run a program to hear its version; None if it cannot be run, fails, or names none."""
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true", "GOTOOLCHAIN": "local"}
    try:
        done = subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=ASK_TIMEOUT,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse(done.stdout) if done.returncode == 0 else None
