"""Processes of tests: who runs, and the end of many at once."""

import os
import signal
import subprocess
from pathlib import Path


def command_lines(directory: Path) -> list[str]:
    """The command lines of the processes that name a directory."""
    listed = subprocess.run(["ps", "-ww", "-eo", "args="], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(directory) in line]


def kill_tree(root: int) -> None:
    """End a process and all its descendants at once, as `kill -9` does."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listed.stdout.splitlines())}
    doomed = {root}
    while more := {pid for pid, parent in parents.items() if parent in doomed} - doomed:
        doomed |= more
    for pid in doomed:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
