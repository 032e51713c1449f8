"""Copies of this project that tests rehearse, each with a home for rehearsals of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checkouts import copy_checkout

from flotilla.home import flotilla_home

Json = dict[str, Any]


@dataclass(frozen=True)
class Project:
    """A copy of this checkout, and where its rehearsals are."""

    directory: Path
    home: Path

    @classmethod
    def copy(cls, directory: Path) -> "Project":
        """Copy this checkout; engine and schemas are those of this computer."""
        home = directory / "home"
        home.mkdir()
        for shared in ("engine", "kubernetes-schemas"):
            (home / shared).symlink_to(flotilla_home() / shared)
        return cls(copy_checkout(directory / "flotilla"), home)

    @property
    def environment(self) -> dict[str, str]:
        """What its commands run in."""
        return {**os.environ, "FLOTILLA_HOME": str(self.home)}

    def flotilla(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `flotilla` there."""
        return subprocess.run(
            [sys.executable, "-m", "flotilla", *arguments],
            cwd=self.directory, env=self.environment, text=True, capture_output=True, check=False,
        )  # fmt: skip

    def rehearse(self, stack: str, *arguments: str, expected: int = 0) -> Json:
        """The report of a rehearsal that must end with an exit code."""
        done = self.flotilla("rehearse", stack, "--format", "json", *arguments)
        assert done.returncode == expected, done.stdout + done.stderr
        return json.loads(done.stdout)

    def shell(self, rehearsal: Json, command: str) -> str:
        """Run a command in the copy of a rehearsal that is kept, in a shell that `flotilla env` set up."""
        stack = rehearsal["stack"]
        script = (
            f'settings=$({sys.executable} -m flotilla env --rehearsal {stack}) && eval "$settings" && '
            f'cd "{rehearsal["kept"]}/project" && {command}'
        )
        done = subprocess.run(
            ["sh", "-c", script],
            cwd=self.directory, env=self.environment, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, file: str, text: str) -> None:
        """Write a file of the project."""
        (self.directory / file).write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a file of the project."""
        path = self.directory / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def commit(self) -> None:
        """Commit everything; the first time in a new repository."""
        identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
        for arguments in (["init", "-q"], ["add", "--all"], ["commit", "-q", "-m", "as it is"]):
            subprocess.run(["git", *identity, *arguments], cwd=self.directory, check=True)

    def rehearsals(self) -> list[Path]:
        """What rehearsals have left."""
        return [path for path in (self.home / "rehearsals").glob("*") if path.is_dir()]
