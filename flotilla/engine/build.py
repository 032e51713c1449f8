"""Pinned builds from Go modules, with the time left told from what is compiled.

How long a package takes to compile goes with the size of its source, more or less. So the share that is done
is the source of the packages that `go build -v` has named, over the source of all those that `go list` finds
neither built nor in Go's build cache. Linking is taken as a small share of the whole program.
"""

import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flotilla.engine import children
from flotilla.engine.host import Host
from flotilla.engine.pins import MODULES, Pin, Source
from flotilla.engine.routes import RouteFailedError
from flotilla.engine.toolchain import Go
from flotilla.progress import Step, step

_LINK_SHARE = 0.04
"""Linking a program, as a share of compiling all of it; measured on kube-apiserver."""
_BUILT = "not installed but available in build cache"
"""How `go list` says that a package need not be compiled."""
_LISTED = '{{.ImportPath}}|{{.Stale}}|{{.StaleReason}}|{{.Dir}}|{{join .GoFiles "/"}}'


@dataclass
class _Plan:
    """What is to be compiled: bytes of source by package, and the bytes of the whole program."""

    waiting: dict[str, int] = field(default_factory=dict[str, int])
    program: int = 0
    done: int = 0

    @property
    def total(self) -> float:
        return sum(self.waiting.values()) + _LINK_SHARE * self.program

    def compiled(self, package: str) -> None:
        self.done += self.waiting.get(package, 0)


def linker_flags(source: Source) -> str:
    """The linker's flags: no symbol tables, and the version set."""
    return " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in source.variables.items())])


def build(tool: str, pin: Pin, *, go: Go, host: Host, directory: Path, title: str) -> None:
    """Build a tool into a directory, under its own name.

    Raises:
        RouteFailedError: modules cannot be fetched, or the build fails.
    """
    temporary = directory / ".go"
    temporary.mkdir()
    environment = go.environment(host, temporary)
    with step(title) as progress:
        plan = _plan(pin.source, go, environment, temporary, progress)
        target = temporary / tool
        _go(
            go,
            ["build", "-v", *_flags(pin.source), "-o", str(target), pin.source.package],
            source=pin.source,
            environment=environment,
            output=temporary / "output",
            hear=lambda line: _follow(line, plan, progress),
        )
        target.rename(directory / tool)
    shutil.rmtree(temporary)


def _flags(source: Source) -> list[str]:
    return ["-trimpath", f"-ldflags={linker_flags(source)}"]


def _plan(source: Source, go: Go, environment: Mapping[str, str], temporary: Path, progress: Step) -> _Plan:
    """Ask Go what there is to compile; this fetches the modules that are not there yet."""
    listed = temporary / "packages"
    arguments = ["list", "-deps", *_flags(source), "-f", _LISTED, source.package]
    progress.update("fetching modules")
    _go(
        go,
        arguments,
        source=source,
        environment=environment,
        output=listed,
        hear=lambda line: progress.update(line.removeprefix("go: ")),
    )
    plan = _Plan()
    for line in listed.read_text(encoding="utf-8").splitlines():
        package, stale, reason, directory, files = line.split("|", 4)
        size = _size(Path(directory), files.split("/") if files else [])
        plan.program += size
        if stale == "true" and reason != _BUILT:
            plan.waiting[package] = size
    return plan


def _follow(line: str, plan: _Plan, progress: Step) -> None:
    plan.compiled(line)
    progress.update(_shortened(line), plan.done, plan.total)


def _go(
    go: Go,
    arguments: list[str],
    *,
    source: Source,
    environment: Mapping[str, str],
    output: Path,
    hear: Callable[[str], None],
) -> None:
    try:
        children.run(
            [go.program, *arguments],
            environment=environment,
            directory=MODULES / source.module,
            output=output,
            hear=hear,
        )
    except children.ChildFailedError as error:
        said = error.lines[-1] if error.lines else f"it said nothing, exit code {error.code}"
        command = shlex.join(["go", arguments[0], source.package])
        raise RouteFailedError(f"`{command}` with Go {go.version} failed: {said}") from error


def _size(directory: Path, names: list[str]) -> int:
    return sum((directory / name).stat().st_size for name in names if (directory / name).is_file())


def _shortened(package: str, width: int = 60) -> str:
    return package if len(package) <= width else f"…{package[-width + 1 :]}"
