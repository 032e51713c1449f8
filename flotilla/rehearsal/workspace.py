"""The workspace of a rehearsal: a directory of its own, found after a crash, removed with all it runs."""

import hashlib
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from filelock import FileLock, Timeout
from typing_extensions import override

from components.config.sources import PROJECT_FILE, stack_file
from components.document import is_map, read_document
from flotilla.controlplane import processes
from flotilla.engine import Engine
from flotilla.errors import Exit, FlotillaError
from flotilla.home import flotilla_home
from flotilla.progress import say
from flotilla.rehearsal.stack_file import PASSPHRASE
from flotilla.rehearsal.surroundings import ACCOUNTS, closed
from flotilla.sandbox.clouds import trust
from flotilla.sandbox.kubernetes.manifest import Manifest, text
from flotilla.sandbox.programs import place_clouds, place_credentials, place_link, place_programs
from flotilla.sandbox.workspace import LINK, Sandbox

RECORD = "rehearsal.json"

ATTEMPTS = 20
"""Twice a second: a provider notes within some seconds that its engine was killed, and writes until then."""


@dataclass(frozen=True)
class Rehearsal(Sandbox):
    """The workspace of one rehearsal; `project` is a copy of the project inside of it."""

    origin: Path = Path()
    """The project that is rehearsed."""

    @override
    def kubeconfig(self, cluster: str) -> Path:
        return self.directory / "kubeconfigs" / cluster

    @property
    @override
    def state_file(self) -> Path | None:
        # The state may hold another project's stack of the same name: the owner of a shared cluster.
        file = self.state_of(str(_project_name(self.project)), self.stack)
        return file if file.exists() else None

    def state_of(self, project: str, stack: str) -> Path:
        """Where the state of a stack is."""
        return self.directory / "state" / ".pulumi" / "stacks" / project / f"{stack}.json"

    @override
    def prepare(self, engine: Engine) -> None:
        for name in ("clusters", "kubeconfigs", "logs", "state", "pulumi", "home", "tmp"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        place_programs(self.programs, engine)
        place_clouds(self.programs, self.directory)
        place_credentials(self.programs, self.directory)

    @override
    def variables(self) -> dict[str, str]:
        kubeconfigs = sorted(str(path) for path in (self.directory / "kubeconfigs").glob("*"))
        return {
            **super().variables(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "KUBECONFIG": os.pathsep.join(kubeconfigs) or os.devnull,
            **trust.environment(self.directory),
            "FLOTILLA_ENDPOINTS_SETTLE_SECONDS": "1",
            # A project without a virtual environment of its own runs in the activated one, else in this one.
            **({} if "VIRTUAL_ENV" in os.environ else {"PULUMI_PYTHON_CMD": sys.executable}),
        }

    @override
    def foreign(self) -> list[str]:
        return [name for name in os.environ if name.startswith(ACCOUNTS)]

    @override
    def environment(self) -> dict[str, str]:
        inherited = closed(os.environ, self.directory / "home")
        path = os.pathsep.join([str(self.programs), inherited.get("PATH", os.defpath)])
        return {**inherited, **self.variables(), "PATH": path, "TMPDIR": str(self.directory / "tmp")}

    def working_in(self, name: str) -> "Rehearsal":
        """The same workspace, with another copy of the project: its directory's name."""
        return replace(self, project=self.directory / name)

    @property
    def stack_file(self) -> Path:
        """The stack's file in the copy."""
        return self.project / stack_file(self.stack)

    def check_origin(self, said: str) -> None:
        """See whether the copy has the stack, under the same name of the project.

        Raises:
            FlotillaError: it does not; `said` names where it comes from.
        """
        if not self.stack_file.is_file():
            raise FlotillaError(
                f"{said} has no stack {self.stack}, so there is nothing to begin from.",
                f"It is new: flotilla rehearse {self.stack}",
                Exit.USAGE,
            )
        then, now = (_project_name(project) for project in (self.project, self.origin))
        if then != now:
            raise FlotillaError(
                f"In {said} the project is called {then}, and now {now}: to the engine these are two stacks.",
                "Rename the project by itself first: pulumi stack rename ORGANIZATION/NEW_PROJECT/STACK",
                Exit.USAGE,
            )

    def link(self) -> None:
        """Make the link in the copy by which its stack file names kubeconfigs."""
        place_link(self.project / LINK, self.directory)

    def keep(self) -> None:
        """Let it stay when the command has ended."""
        _record(self, kept=True)

    def remove(self) -> None:
        """End all its processes and remove all its files; fine if a part is gone."""
        processes.end(self.directory, gently=False)
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                if self.directory.exists():
                    shutil.rmtree(self.directory)
            except OSError:
                if not attempts_left:
                    raise
                time.sleep(0.5)
            else:
                return

    def end(self) -> None:
        """Remove one that was kept."""
        self.remove()
        _lock_of(self.directory).unlink(missing_ok=True)


@contextmanager
def new_rehearsal(origin: Path, stack: str) -> Generator[Rehearsal]:
    """A new workspace, whatever others there are; removed at the end unless it was told to stay."""
    root = rehearsals_dir()
    root.mkdir(parents=True, exist_ok=True)
    remove_leftovers()
    directory = root / f"{_prefix(origin, stack)}{secrets.token_hex(3)}"
    with FileLock(_lock_of(directory)):
        rehearsal = Rehearsal(directory / "project", directory, stack, origin.resolve())
        directory.mkdir(mode=0o700)
        _record(rehearsal, kept=False)
        try:
            yield rehearsal
        finally:
            if not _is_kept(directory):
                rehearsal.end()


def remove_leftovers() -> None:
    """Remove the rehearsals that were killed: nobody holds them, and nobody wanted to keep them."""
    for rehearsal in _all():
        if _is_kept(rehearsal.directory):
            continue
        lock = FileLock(_lock_of(rehearsal.directory))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue  # it is under way
        try:
            if rehearsal.directory.exists():
                say(f"  An earlier rehearsal of {rehearsal.stack} was killed; what it left is removed.")
                rehearsal.remove()
        finally:
            lock.release()
            _lock_of(rehearsal.directory).unlink(missing_ok=True)


def kept_rehearsals(origin: Path, stack: str | None = None) -> list[Rehearsal]:
    """The rehearsals of a project that stay until they are ended, the latest last."""
    resolved = origin.resolve()
    kept = [one for one in _all() if one.origin == resolved and _is_kept(one.directory)]
    chosen = [one for one in kept if stack is None or one.stack == stack]
    return sorted(chosen, key=lambda one: (one.directory / RECORD).stat().st_mtime)


def kept_rehearsal(origin: Path, stack: str) -> Rehearsal:
    """The latest kept rehearsal of a stack.

    Raises:
        FlotillaError: there is none.
    """
    found = kept_rehearsals(origin, stack)
    if not found:
        others = sorted({one.stack for one in kept_rehearsals(origin)})
        raise FlotillaError(
            f"No rehearsal of {stack} is up" + (f"; there is one of {', '.join(others)}." if others else "."),
            f"Make one that stays: flotilla rehearse {stack} --keep",
            Exit.USAGE,
        )
    return found[-1]


def rehearsals_dir() -> Path:
    """Where the workspaces of all rehearsals are."""
    return flotilla_home() / "rehearsals"


def _prefix(origin: Path, stack: str) -> str:
    # A stack's name may be long and hold what programs read as syntax; paths of sockets may not be long.
    digest = hashlib.sha256(os.fsencode(origin.resolve())).hexdigest()[:8]
    return f"{digest}-{re.sub(r'[^A-Za-z0-9-]+', '-', stack)[:20]}-"


def _lock_of(directory: Path) -> Path:
    return directory.with_name(f"{directory.name}.lock")


def _all() -> Iterator[Rehearsal]:
    for directory in sorted(path for path in rehearsals_dir().glob("*") if path.is_dir()):
        record = _read(directory)
        project, stack = Path(text(record, "project")), text(record, "stack") or "a stack"
        yield Rehearsal(directory / "project", directory, stack, project)


def _project_name(project: Path) -> object:
    try:
        read = read_document(PROJECT_FILE, (project / PROJECT_FILE).read_text(encoding="utf-8"))[0].data
    except OSError:
        return None
    return read.get("name") if is_map(read) else None


def _record(rehearsal: Rehearsal, *, kept: bool) -> None:
    record = {"project": str(rehearsal.origin), "stack": rehearsal.stack, "kept": kept}
    (rehearsal.directory / RECORD).write_text(json.dumps(record) + "\n", encoding="utf-8")


def _is_kept(directory: Path) -> bool:
    return _read(directory).get("kept") is True


def _read(directory: Path) -> Manifest:
    try:
        return cast("Manifest", json.loads((directory / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}  # killed before it was written: nobody's
