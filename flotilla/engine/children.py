"""Programs that take a while: their lines as they come, and their end whatever happens to us."""

import contextlib
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path

_GRACE = 5.0
"""Seconds between asking a process group to end and ending it."""
_KEPT_LINES = 30


class ChildFailedError(Exception):
    """A program ended with another code than 0; `lines` are the last it said."""

    def __init__(self, code: int, lines: Sequence[str]) -> None:
        super().__init__(f"exit code {code}")
        self.code = code
        self.lines = tuple(lines)


def run(
    arguments: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    directory: Path,
    output: Path,
    hear: Callable[[str], None],
) -> None:
    """Run a program to its end: its output goes to a file, each line of its errors to `hear`.

    The program and its own children are a process group, which is ended if this is left by an exception
    (Ctrl-C is one).

    Raises:
        ChildFailedError: it ended with another code than 0.
        OSError: it cannot be started.
    """
    last: deque[str] = deque(maxlen=_KEPT_LINES)
    with output.open("wb") as file, _group(arguments, environment, directory, file.fileno()) as process:
        for raw in process.stderr or ():
            line = raw.rstrip()
            if line:
                last.append(line)
                hear(line)
        code = process.wait()
    if code != 0:
        raise ChildFailedError(code, last)


@contextlib.contextmanager
def _group(
    arguments: Sequence[str | Path], environment: Mapping[str, str], directory: Path, output: int
) -> Generator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        arguments,
        env=dict(environment),
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        process_group=0,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        try:
            process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            _signal(process.pid, signal.SIGKILL)
            process.wait()
    if process.stderr is not None:
        process.stderr.close()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
