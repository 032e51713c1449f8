"""`flotilla status`."""

import sys
from pathlib import Path

import click

from flotilla.errors import Exit
from flotilla.home import find_project


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="What to print on stdout.",
)  # fmt: skip
@click.pass_obj
def command(directory: Path, form: str) -> None:
    """Show the sandbox's clusters and services. Exit code 1 where one of them is not ready.

    \b
    Examples:
      flotilla status
      flotilla status --format json
    """  # noqa: D301
    from flotilla.sandbox.status import show  # noqa: PLC0415

    sys.exit(Exit.DONE if show(find_project(directory), as_json=form == "json") else Exit.FAILED)
