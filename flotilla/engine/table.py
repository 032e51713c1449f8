"""The table of what the engine is made of: tool, path and route."""

import sys
from collections.abc import Iterable
from pathlib import Path

from flotilla.engine.ensure import ensure
from flotilla.engine.locate import Engine, Missing, locate
from flotilla.engine.pins import LANGUAGE_HOST, PROVIDER, REQUIRED
from flotilla.errors import FlotillaError


def show(tools: Iterable[str] = REQUIRED, *, only_locate: bool = False) -> None:
    """Get the engine, or only look for it, and print its table on stdout.

    Raises:
        FlotillaError: something is missing, and is not to be got or cannot be.
    """
    engine = locate(tools) if only_locate else ensure(tools)
    if isinstance(engine, Missing):
        lines = [f"{tool} is missing: {engine.reasons[tool]}" for tool in engine.tools]
        raise FlotillaError("\n".join(lines), "Get it: flotilla engine")
    sys.stdout.write(_table(engine))


def _table(engine: Engine) -> str:
    plugins = {LANGUAGE_HOST: engine.language_host, PROVIDER: engine.kubernetes_provider}
    programs: dict[str, Path | None] = {**engine.binaries, **plugins}
    rows = [(tool, str(path or "-"), engine.routes[tool]) for tool, path in programs.items()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "".join(f"{tool:{widths[0]}}  {path:{widths[1]}}  {route}\n" for tool, path, route in rows)
