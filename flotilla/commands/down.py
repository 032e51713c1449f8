"""`flotilla down`."""

from pathlib import Path

import click

from flotilla.home import find_project


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also the sandboxes of checkouts that are gone.")
@click.option("--rehearsal", metavar="STACK", help="End the rehearsals of STACK that stay up, instead.")
@click.pass_obj
def command(directory: Path, rehearsal: str | None, *, everything: bool) -> None:
    """Remove the sandbox: its stack, its control planes, every process. The engine stays in the cache.

    What killed rehearsals left goes, too; rehearsals under way, and those that were kept, stay.

    \b
    Examples:
      flotilla down
      flotilla down --all
      flotilla down --rehearsal staging
    """  # noqa: D301
    from flotilla.rehearsal.ending import end_rehearsals  # noqa: PLC0415
    from flotilla.rehearsal.workspace import remove_leftovers  # noqa: PLC0415
    from flotilla.sandbox.down import down, down_orphans  # noqa: PLC0415

    remove_leftovers()
    if rehearsal:
        end_rehearsals(find_project(directory), rehearsal)
        return
    down(find_project(directory))
    if everything:
        down_orphans()
