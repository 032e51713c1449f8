"""`flotilla engine`."""

import click


@click.command()
@click.option(
    "--locate", "only_locate", is_flag=True, help="Get nothing; exit code 1 if something is missing."
)
def command(*, only_locate: bool) -> None:
    """Get the programs that the sandbox and rehearsals run on, or show where they are.

    \b
    Examples:
      flotilla engine             # gets what is missing: downloads, or builds from Go modules
      flotilla engine --locate    # only looks
    """  # noqa: D301
    from flotilla.engine.__main__ import show  # noqa: PLC0415

    show(only_locate=only_locate)
