"""The processes of a control plane: told from all others by their command line, and ended.

Process ids kept in files lie after a crash or a reboot: the number may be another program's by then. So none
are kept. Every process of a control plane has a program name inside the control plane's own directory
(kwokctl starts components by links it puts there, and kwokctl itself is started the same way), which no
other program's process has.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flotilla.errors import FlotillaError

PROC = Path("/proc/self/cmdline")
"""Where the system is Linux; elsewhere `ps` tells of the processes."""

PATIENCE = 10.0
"""Seconds a process has to end by itself."""


@dataclass(frozen=True)
class Process:
    """A running process."""

    pid: int
    program: str
    """The first word of its command line."""

    @property
    def component(self) -> str:
        """The program's name without its directory, as in `etcd`."""
        return Path(self.program).name


def running(home: Path) -> list[Process]:
    """The processes whose program lies in `home`."""
    prefix = f"{home}/"
    return [process for process in _all() if process.program.startswith(prefix)]


def is_running(pid: int, program: str) -> bool:
    """Whether a process is there and runs the program of that name, wherever the program lies."""
    return any(process.pid == pid and process.component == program for process in _all())


def end(home: Path, components: Iterable[str] | None = None, *, gently: bool = True) -> None:
    """End the processes of `home`, or those of the named components, and return when they are gone.

    Each is looked up again just before it is signalled. With `gently` it may end by itself first.

    Raises:
        FlotillaError: one belongs to another user, or does not end even when killed.
    """
    wanted = None if components is None else frozenset(components)
    deadline = time.monotonic() + (PATIENCE if gently else 0)
    asked: set[int] = set()
    while True:
        found = [process for process in running(home) if wanted is None or process.component in wanted]
        ending = {process.pid for process in found} | {pid for pid in asked if _lingers(pid)}
        if not ending:
            return
        if time.monotonic() >= deadline + PATIENCE:
            raise FlotillaError(
                f"Process {min(ending)} of {home} does not end, even when killed.",
                "It hangs in the operating system, mostly in a disk that does not answer: see to that first.",
            )
        for process in found:
            if time.monotonic() >= deadline:
                _signal(process, signal.SIGKILL)
            elif process.pid not in asked:
                _signal(process, signal.SIGTERM)
            asked.add(process.pid)
        time.sleep(0.01)


def _lingers(pid: int) -> bool:
    """Whether a process that was signalled may still hold its ports: it loses its command line before those.

    It is over when it waits for its parent only, and its last thread but the first is gone.
    """
    if not PROC.exists():
        return False
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return False
    return not line and (state not in {"Z", "X"} or threads > 1)


def _signal(process: Process, number: signal.Signals) -> None:
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise FlotillaError(
            f"{process.component} (process {process.pid}) was started by another user.",
            f"Stop it as that user, or as root: kill {process.pid}",
        ) from error


def _all() -> Iterable[Process]:
    return _from_proc() if PROC.exists() else _from_ps()


def _from_proc() -> Iterable[Process]:
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            try:
                line = Path(entry.path, "cmdline").read_bytes()
            except OSError:
                continue
            yield Process(int(entry.name), os.fsdecode(line.split(b"\0", 1)[0]))


def _from_ps() -> Iterable[Process]:
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        pid, _, words = line.strip().partition(" ")
        yield Process(int(pid), words.lstrip().split(" --", 1)[0])
