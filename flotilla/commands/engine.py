"""`flotilla engine`."""

import click


@click.command()
@click.argument("tools", nargs=-1, metavar="[TOOL]...")
@click.option(
    "--locate", "only_locate", is_flag=True, help="Get nothing; exit code 1 if something is missing."
)
def command(tools: tuple[str, ...], *, only_locate: bool) -> None:
    """Get the programs that the sandbox and rehearsals run on, or show where they are.

    \b
    Examples:
      flotilla engine             # gets what is missing: downloads, or builds from Go modules
      flotilla engine helm        # gets this one only
      flotilla engine --locate    # only looks
    """  # noqa: D301
    from flotilla.engine import REQUIRED  # noqa: PLC0415 (so that --help needs no engine)
    from flotilla.engine.table import show  # noqa: PLC0415

    show(tools or REQUIRED, only_locate=only_locate)
