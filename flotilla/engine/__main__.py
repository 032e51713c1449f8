"""`python -m flotilla.engine [--locate] [TOOL…]`: get the engine, and print what it is made of.

Prints a table of tool, path and route on stdout. With `--locate` nothing is got, and the exit code is 1 if
something is missing.
"""

import argparse
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from flotilla.engine import REQUIRED, TOOLS, Engine, Missing, ensure, locate
from flotilla.engine.pins import LANGUAGE_HOST, PROVIDER
from flotilla.errors import Exit, FlotillaError

_INTERRUPTED = 130
_TERMINATED = 143


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m flotilla.engine", description="Get the sandbox's engine."
    )
    parser.add_argument(
        "--locate", action="store_true", help="get nothing; exit with 1 if something is missing"
    )
    parser.add_argument(
        "tools", nargs="*", metavar="TOOL", help=f"of {', '.join(TOOLS)} (default: all but helm)"
    )
    options = parser.parse_args()
    tools: list[str] = options.tools or list(REQUIRED)
    is_only_looking: bool = options.locate
    # An exit is an exception: what was begun is ended and swept on the way out.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(_TERMINATED))
    try:
        show(tools, only_locate=is_only_looking)
    except FlotillaError as error:
        sys.stderr.write(f"{error}\n")
        return error.code
    except KeyboardInterrupt:
        return _INTERRUPTED
    return Exit.DONE


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


if __name__ == "__main__":
    sys.exit(main())
