"""`flotilla up`."""

import sys
from pathlib import Path

import click

from flotilla.errors import Exit
from flotilla.home import find_project


@click.command()
@click.pass_obj
def command(directory: Path) -> None:
    """Bring the sandbox up: the engine, its control planes, and `pulumi up` of the stack `sandbox`.

    Safe to repeat: what is there stays, what changed is rolled, what was interrupted is finished. Ends with
    a table of the services on stdout; exit code 1 and the reason where a service did not become ready.

    \b
    Example:
      flotilla up
    """  # noqa: D301
    from flotilla.sandbox.up import up  # noqa: PLC0415 (so that --help needs no engine)

    sys.exit(Exit.DONE if up(find_project(directory)) else Exit.FAILED)
