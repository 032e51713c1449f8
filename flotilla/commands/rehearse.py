"""`flotilla rehearse`."""

import sys
from pathlib import Path

import click

from flotilla.home import find_project


@click.command()
@click.argument("stack")
@click.option(
    "--from", "reference", metavar="REF",
    help="Bring it up first as this commit, branch or tag has it; then change it to the working tree.",
)  # fmt: skip
@click.option(
    "--allow", "allowed", metavar="NAME", multiple=True,
    help="Something that may be lost: a resource's name, its type and name, or a cluster's. Can be repeated.",
)  # fmt: skip
@click.option("--keep", is_flag=True, help="Leave it up at the end, instead of destroying it.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
    help="What to print on stdout.",
)  # fmt: skip
@click.pass_obj
def command(
    directory: Path, stack: str, reference: str | None, allowed: tuple[str, ...], form: str, *, keep: bool
) -> None:
    """Rehearse STACK as it stands, without any account: up, a second up, destroy.

    The engine and the Kubernetes control planes are real; clouds are played on this computer. Encrypted
    values are replaced by made-up ones and never read. Exit code 1 where the rehearsal failed, and 3 where
    --from shows that something would be lost that --allow does not name.

    \b
    Examples:
      flotilla rehearse staging
      flotilla rehearse prod --from origin/main
      flotilla rehearse prod --from v1.4.0 --allow main --format markdown
      flotilla rehearse uat --keep
    """  # noqa: D301
    from flotilla.rehearsal.formats import FORMATS  # noqa: PLC0415 (so that --help needs no engine)
    from flotilla.rehearsal.rehearse import Options, rehearse  # noqa: PLC0415

    if allowed and reference is None:
        raise click.UsageError("--allow goes with --from: without it there is nothing to lose.")
    report = rehearse(find_project(directory), stack, Options(reference, allowed, keep))
    click.echo(FORMATS[form](report), nl=False)
    sys.exit(report.verdict.exit_code)
