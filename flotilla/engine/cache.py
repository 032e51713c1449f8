"""The engine's directory: whole entries or none, checked when they are found, and one lock for those who add.

    engine/<tool>-<version>-<digest>/     the tool's files and `manifest.json`
    engine/.tmp-<pid>-<random>/           what is being got; swept by the next one who holds the lock
    engine/lock, engine/lock-holder       the lock, and the process that holds it
    engine/answers.json                   versions that programs on PATH have told

An entry is prepared in a temporary directory, written through to the disk, and renamed into place: a process
that is killed leaves a temporary directory, never an entry that looks good.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Generator, Iterable
from pathlib import Path

import pydantic
from filelock import FileLock, Timeout

from flotilla.errors import FlotillaError
from flotilla.home import flotilla_home
from flotilla.progress import say

_MANIFEST = "manifest.json"
_TEMPORARY = ".tmp-"
_LOCK_POLL = 0.2
"""Seconds between two looks at a lock that another process holds."""


class FileRecord(pydantic.BaseModel, frozen=True):
    """What a file was when it was put into the cache."""

    size: int
    mtime_ns: int
    sha256: str


class Manifest(pydantic.BaseModel, frozen=True):
    """What an entry says of itself."""

    tool: str
    version: str
    route: str
    """How it was got, and why ways that come before failed."""
    files: dict[str, FileRecord]


class Cache:
    """The engine's directory. Finding needs no lock; adding does."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def default(cls) -> "Cache":
        """The one that all checkouts of a user share."""
        return cls(flotilla_home() / "engine")

    def find(self, entry: str) -> Manifest | None:
        """The manifest of an entry whose files are those that were put there, else None.

        Sizes and times are compared each time; where a time differs, the contents.
        """
        directory = self.root / entry
        manifest = _read_manifest(directory / _MANIFEST)
        if manifest is None:
            return None
        found = {name: _same(directory / name, record) for name, record in manifest.files.items()}
        files = {name: record for name, record in found.items() if record is not None}
        if len(files) != len(manifest.files):
            return None
        if files != manifest.files:
            manifest = manifest.model_copy(update={"files": files})
            with contextlib.suppress(OSError):
                write_whole(directory / _MANIFEST, manifest.model_dump_json(indent=2))
        return manifest

    def put(
        self, entry: str, staged: Path, *, tool: str, version: str, route: str, files: Iterable[str]
    ) -> None:
        """Move a prepared directory into place as an entry, in the place of a bad one if there is one.

        `files` are those of its files that are checked whenever the entry is found.
        """
        records = {name: _record(staged / name) for name in files}
        manifest = Manifest(tool=tool, version=version, route=route, files=records)
        (staged / _MANIFEST).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
        for name in (*records, _MANIFEST, "."):
            _write_through(staged / name)
        target = self.root / entry
        if target.exists():
            with self.staging() as grave:
                target.rename(grave / "old")
                staged.rename(target)
        else:
            staged.rename(target)
        _write_through(self.root)

    @contextlib.contextmanager
    def staging(self) -> Generator[Path]:
        """A temporary directory on the cache's own disk; it is gone afterwards, whatever happened."""
        directory = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY}{os.getpid()}-", dir=self.root))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Be the only one who adds to the cache. Says so when it has to wait, and for whom.

        Raises:
            FlotillaError: the directory cannot be written to.
        """
        holder = self.root / "lock-holder"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.root / "lock", poll_interval=_LOCK_POLL)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                pid = holder.read_text(encoding="utf-8").strip() if holder.is_file() else "unknown"
                say(f"another flotilla is getting the engine (pid {pid}); waiting")
                lock.acquire()
        except OSError as error:
            raise FlotillaError(
                f"The engine's directory {self.root} cannot be written to: {error.strerror}.",
                "Make it writable, or set FLOTILLA_HOME to a directory that is.",
            ) from error
        try:
            write_whole(holder, str(os.getpid()))
            self._sweep()
            yield
        finally:
            lock.release()

    def _sweep(self) -> None:
        for leftover in self.root.glob(f"{_TEMPORARY}*"):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that no reader ever sees half of it."""
    handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).rename(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _read_manifest(path: Path) -> Manifest | None:
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _record(path: Path) -> FileRecord:
    status = path.stat()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileRecord(size=status.st_size, mtime_ns=status.st_mtime_ns, sha256=digest)


def _same(path: Path, record: FileRecord) -> FileRecord | None:
    """The record of a file that is what it was (with its time of now), else None."""
    try:
        status = path.stat()
        if status.st_size != record.size or not os.access(path, os.R_OK):
            return None
        if status.st_mtime_ns == record.mtime_ns:
            return record
        now = _record(path)
    except OSError:
        return None
    return now if now.sha256 == record.sha256 else None


def _write_through(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
