"""What of the engine is here already, without getting anything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flotilla.engine import on_path, plugins
from flotilla.engine.cache import Cache
from flotilla.engine.host import Host, current_host
from flotilla.engine.on_path import Answers
from flotilla.engine.pins import LANGUAGE_HOST, PINS, PROVIDER, REQUIRED, digest, known


@dataclass(frozen=True)
class Engine:
    """The programs that the sandbox runs on."""

    binaries: Mapping[str, Path]
    """Every tool that was asked for."""
    language_host: Path | None
    """The official Python language host that came with the CLI; None: Flotilla's own is to be used."""
    kubernetes_provider: Path | None
    """The real Kubernetes provider; None: the sandbox provider takes its place."""
    routes: Mapping[str, str]
    """For each tool, and for language host and provider under their program names: one sentence that says
    which route was taken, and why others failed."""


@dataclass(frozen=True)
class Missing:
    """The engine is not complete here."""

    tools: tuple[str, ...]
    """What is neither on PATH in a good version nor in the cache."""
    reasons: Mapping[str, str]
    """Why what is on PATH of each of them is not used."""

    def __str__(self) -> str:
        return "; ".join(f"{tool}: {self.reasons[tool]}" for tool in self.tools)


@dataclass(frozen=True)
class Found:
    """One tool that is here."""

    program: Path
    route: str


@dataclass(frozen=True)
class View:
    """What is here of the tools asked for: those found, and why the others are not taken from PATH."""

    found: Mapping[str, Found]
    refused: Mapping[str, str]


def locate(tools: Iterable[str] = REQUIRED) -> Engine | Missing:
    """The engine as far as it is here: from PATH if the version is good, else from the cache.

    Starts no download and no build, and takes milliseconds: what programs on PATH answered when they were
    asked for their version is remembered. An engine without Kubernetes provider or language host is complete.

    Raises:
        FlotillaError: the system is not supported, or a tool is unknown.

    Example:
        engine = locate()
        if isinstance(engine, Missing):
            pytest.skip(f"the engine is missing: {engine}")
    """
    return engine_of(look(known(tools), Cache.default(), current_host()), Cache.default(), current_host())


def look(tools: tuple[str, ...], cache: Cache, host: Host) -> View:
    """Look for each tool on PATH and in the cache."""
    answers = Answers(cache)
    found: dict[str, Found] = {}
    refused: dict[str, str] = {}
    for tool in tools:
        here = on_path.find(tool, answers)
        if here.program is not None:
            found[tool] = Found(here.program, here.sentence)
            continue
        refused[tool] = here.sentence
        entry = entry_of(tool, host)
        manifest = cache.find(entry)
        if manifest is not None:
            found[tool] = Found(cache.root / entry / tool, manifest.route)
    return View(found, refused)


def entry_of(tool: str, host: Host) -> str:
    """The tool's entry in the cache: another one as soon as anything about its pin changes."""
    return f"{tool}-{PINS[tool].version}-{digest(tool, str(host))}"


def engine_of(view: View, cache: Cache, host: Host) -> Engine | Missing:
    """The engine made of what was found, with the plugins of its CLI; or what is missing."""
    missing = tuple(tool for tool in view.refused if tool not in view.found)
    if missing:
        return Missing(missing, {tool: view.refused[tool] for tool in missing})
    pulumi = view.found.get("pulumi")
    language_host = plugins.language_host(pulumi.program) if pulumi else None
    provider = plugins.find_provider(cache, Answers(cache), host)
    beside = "beside the Pulumi CLI" if language_host else "not beside the Pulumi CLI: Flotilla's own is used"
    why = plugins.refusal(cache, host)
    instead = f"{why or 'not here'}: the sandbox provider takes its place"
    return Engine(
        binaries={tool: one.program for tool, one in view.found.items()},
        language_host=language_host,
        kubernetes_provider=provider[0] if provider else None,
        routes={
            **{tool: one.route for tool, one in view.found.items()},
            LANGUAGE_HOST: beside,
            PROVIDER: provider[1] if provider else instead,
        },
    )
