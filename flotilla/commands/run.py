"""`flotilla run`."""

from pathlib import Path

import click

from flotilla.home import find_project


@click.command()
@click.argument("service")
@click.argument("job")
@click.option("-s", "--stack", required=True, help="The stack in which the service is deployed.")
@click.option("--cluster", help="On which cluster, where the service runs on several.")
@click.option("--no-wait", is_flag=True, help="Start it and leave.")
@click.pass_obj
def command(
    directory: Path, service: str, job: str, stack: str, cluster: str | None, *, no_wait: bool
) -> None:
    """Start JOB of SERVICE by hand, as the last update has described it, and wait until it ends.

    A job can be started by hand that says `when: Manual` or `when: Schedule` in the catalog. One that runs
    already is not started beside itself (exit code 3), unless its `concurrency` says so. Prints the name of
    the Kubernetes Job. Exit code 1 where it failed.

    \b
    Examples:
      flotilla run search reindex --stack staging
      flotilla run billing invoices -s prod --cluster main --no-wait
    """  # noqa: D301
    from flotilla.jobs import Wanted, run_job  # noqa: PLC0415 (so that --help needs no engine)

    click.echo(run_job(find_project(directory), Wanted(service, job, stack, cluster), wait=not no_wait))
