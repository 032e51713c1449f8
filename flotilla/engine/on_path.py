"""Tools that the user has already: programs on PATH whose version is good."""

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pydantic

from flotilla.engine import versions
from flotilla.engine.cache import Cache, write_whole
from flotilla.engine.pins import PINS, Pin
from flotilla.home import flotilla_home

_OURS = Path(__file__).parent.parent
"""Flotilla's own package: the programs that the sandbox puts on PATH are never taken for real ones."""


class _Answer(pydantic.BaseModel, frozen=True):
    size: int
    mtime_ns: int
    version: versions.Version


class _Answers(pydantic.BaseModel, frozen=True):
    programs: dict[str, _Answer]


class Answers:
    """What programs answered when they were asked for their version, so that they are asked once.

    An answer is kept under the program's real path, and holds while its size and time do. A script, and a
    program that stands behind a link of another name, may speak for different programs from one directory to
    the next (version managers do that): these are asked each time.
    """

    def __init__(self, cache: Cache) -> None:
        self._file = cache.root / "answers.json"
        self._known = self._read()

    def version(
        self, program: Path, name: str, ask: Callable[[Path], versions.Version | None]
    ) -> versions.Version | None:
        """The version of a program, from its last answer or by asking it; None if it has none to tell."""
        real = program.resolve()
        status = real.stat()
        kept = self._known.get(str(real))
        if kept is not None and (kept.size, kept.mtime_ns) == (status.st_size, status.st_mtime_ns):
            return kept.version
        answer = ask(program)
        if answer is not None and real.name.startswith(name) and not _is_script(real):
            self._remember(real, answer)
        return answer

    def _remember(self, real: Path, version: versions.Version) -> None:
        status = real.stat()
        answer = _Answer(size=status.st_size, mtime_ns=status.st_mtime_ns, version=version)
        self._known = self._read() | {str(real): answer}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._file, _Answers(programs=self._known).model_dump_json(indent=1))
        except OSError:
            return  # the next run asks again: slower, not wrong

    def _read(self) -> dict[str, _Answer]:
        try:
            return dict(_Answers.model_validate_json(self._file.read_text(encoding="utf-8")).programs)
        except (OSError, ValueError):
            return {}


@dataclass(frozen=True)
class OnPath:
    """What was found of a tool on PATH: the program if one is good, else why none is."""

    program: Path | None
    sentence: str


def find(tool: str, answers: Answers) -> OnPath:
    """The first program of that name on PATH whose version is good."""
    pin = PINS[tool]
    refused: list[str] = []
    for program in candidates(tool):
        version = answers.version(program, tool, lambda asked: versions.ask(asked, pin.asking))
        if version is not None and versions.is_within(version, pin.least, pin.below):
            return OnPath(program, f"{versions.text_of(version)}, on PATH")
        refused.append(_refusal(program, version, pin))
    return OnPath(None, "; ".join(refused) or "not on PATH")


def candidates(name: str) -> Generator[Path]:
    """The executables of a name on PATH, each once, without those that Flotilla itself put there."""
    seen: set[Path] = set()
    for directory in os.environ.get("PATH", os.defpath).split(os.pathsep):
        program = Path(directory or ".").absolute() / name
        if not program.is_file() or not os.access(program, os.X_OK):
            continue
        real = program.resolve()
        if real in seen or _is_ours(real) or _is_ours(program):
            continue
        seen.add(real)
        yield program


def _refusal(program: Path, version: versions.Version | None, pin: Pin) -> str:
    told = "does not tell its version" if version is None else f"is {versions.text_of(version)}"
    return f"{program} {told}, wanted {pin.range_text}"


def _is_script(program: Path) -> bool:
    with program.open("rb") as file:
        return file.read(2) == b"#!"


def _is_ours(program: Path) -> bool:
    return any(program.is_relative_to(place) for place in (flotilla_home(), flotilla_home().resolve(), _OURS))
