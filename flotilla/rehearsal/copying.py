"""A copy of a project for a rehearsal: the files that git knows, or a commit's."""

import io
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

from flotilla.errors import Exit, FlotillaError

NOT_COPIED = frozenset({
    ".git", ".hg", ".svn", ".venv", "venv", "node_modules", ".flotilla",
    ".tox", ".mypy_cache", ".pytest_cache", ".ruff_cache",
})  # fmt: skip
"""Directories of any project that no program needs, or that are taken from where they are."""


def copy_project(project: Path, target: Path) -> None:
    """Copy what is in a project: what git knows or would add, with changes that are not committed.

    Without git, everything but environments and caches. The virtual environment is not copied but linked.
    """
    for name in _listed(project):
        _copy(project / name, target / name)
    _link_environment(project, target)


def copy_commit(project: Path, reference: str, target: Path) -> str:
    """Copy a project as a commit, branch or tag has it.

    Returns:
        The commit, shortened.

    Raises:
        FlotillaError: there is no such commit, or the project is not in git.
    """
    found = _git(project, "rev-parse", "--short", "--verify", f"{reference}^{{commit}}")
    if found.returncode:
        raise FlotillaError(
            f"{reference} is no commit, branch or tag of {project}: {_said(found)}",
            "Name one that `git log` shows, or get it first: git fetch",
            Exit.USAGE,
        )
    commit = found.stdout.decode().strip()
    prefix = _git(project, "rev-parse", "--show-prefix").stdout.decode().strip()
    archive = _git(project, "archive", "--format=tar", f"{commit}:{prefix}")
    if archive.returncode:
        raise FlotillaError(
            f"{commit} does not have the directory {prefix or '.'}: {_said(archive)}",
            "Name a commit that has this project.",
            Exit.USAGE,
        )
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        wanted = [one for one in files if not NOT_COPIED.intersection(Path(one.name).parts)]
        files.extractall(target, wanted, filter="tar")  # a repository may hold links that lead out of it
    _link_environment(project, target)
    return commit


def _listed(project: Path) -> Iterable[Path]:
    listed = _git(project, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed.returncode == 0:
        names = {Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name}
        return sorted(name for name in names if not NOT_COPIED.intersection(name.parts))
    return [path.relative_to(project) for path in _walk(project)]


def _walk(directory: Path) -> Iterable[Path]:
    for path in sorted(directory.iterdir()):
        if path.name in NOT_COPIED or path.name == "__pycache__":
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():  # a repository inside of this one
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    elif source.is_symlink() or source.is_file():  # and not one that was deleted, or a socket
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target, follow_symlinks=False)


def _link_environment(project: Path, target: Path) -> None:
    for name in (".venv", "venv"):
        if (project / name).is_dir() and not (target / name).exists():
            (target / name).symlink_to((project / name).resolve())


def _git(project: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    command = ["git", "-C", str(project), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, b"", b"git is not installed")


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    return done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
