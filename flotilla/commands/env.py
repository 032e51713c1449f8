"""`flotilla env`."""

from pathlib import Path

import click

from flotilla.home import find_project


@click.command()
@click.option(
    "--shell",
    type=click.Choice(["sh", "fish"]),
    default="sh",
    show_default=True,
    help="Whose syntax to print.",
)
@click.pass_obj
def command(directory: Path, shell: str) -> None:
    """Print the settings with which plain `pulumi` and `kubectl` work on the sandbox.

    \b
    Examples:
      eval "$(flotilla env)"
      flotilla env --shell fish | source
      pulumi preview -s sandbox
      kubectl get deployments -A
    """  # noqa: D301
    from flotilla.sandbox.shell import settings  # noqa: PLC0415

    click.echo(settings(find_project(directory), shell), nl=False)
