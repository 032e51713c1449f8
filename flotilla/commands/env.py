"""`flotilla env`."""

import shlex
from pathlib import Path

import click

from flotilla.home import find_project
from flotilla.progress import say


@click.command()
@click.option(
    "--shell",
    type=click.Choice(["sh", "fish"]),
    default="sh",
    show_default=True,
    help="Whose syntax to print.",
)
@click.option("--rehearsal", metavar="STACK", help="Of a rehearsal that stays up, instead of the sandbox.")
@click.pass_obj
def command(directory: Path, shell: str, rehearsal: str | None) -> None:
    """Print the settings with which plain `pulumi` and `kubectl` work on the sandbox, or on a rehearsal.

    A rehearsal has a copy of the project, with made-up secrets: plain `pulumi` works on it in there.

    \b
    Examples:
      eval "$(flotilla env)"
      flotilla env --shell fish | source
      pulumi preview -s sandbox
      kubectl get deployments -A
      eval "$(flotilla env --rehearsal staging)"
    """  # noqa: D301
    from flotilla.rehearsal.workspace import kept_rehearsal  # noqa: PLC0415
    from flotilla.sandbox.shell import settings  # noqa: PLC0415
    from flotilla.sandbox.workspace import Sandbox  # noqa: PLC0415

    project = find_project(directory)
    sandbox = kept_rehearsal(project, rehearsal) if rehearsal else Sandbox.of(project)
    click.echo(settings(sandbox, shell), nl=False)
    if rehearsal:
        say(f"Its copy of the project: cd {shlex.quote(str(sandbox.project))}")
