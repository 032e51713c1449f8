"""`flotilla down`."""

from pathlib import Path

import click

from flotilla.home import find_project


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also the sandboxes of checkouts that are gone.")
@click.pass_obj
def command(directory: Path, *, everything: bool) -> None:
    """Remove the sandbox: its stack, its control planes, every process. The engine stays in the cache.

    \b
    Examples:
      flotilla down
      flotilla down --all
    """  # noqa: D301
    from flotilla.sandbox.down import down, down_orphans  # noqa: PLC0415

    down(find_project(directory))
    if everything:
        down_orphans()
