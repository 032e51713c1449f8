"""`flotilla kubeconfig`."""

from pathlib import Path

import click

from flotilla.home import find_project


@click.command()
@click.argument("stack")
@click.argument("cluster", required=False)
@click.pass_obj
def command(directory: Path, stack: str, cluster: str | None) -> None:
    """Print the path of the kubeconfig of a stack's CLUSTER (which may be left out where there is one).

    \b
    Examples:
      flotilla kubeconfig sandbox
      kubectl --kubeconfig "$(flotilla kubeconfig sandbox main)" get pods -A
    """  # noqa: D301
    from flotilla.sandbox.kubeconfig import kubeconfig_path  # noqa: PLC0415

    click.echo(kubeconfig_path(find_project(directory), stack, cluster))
