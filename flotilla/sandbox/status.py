"""The table of services: `flotilla status`, and the end of `flotilla up`."""

import json
import os
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import click

from components.config import Stack
from components.service.object_names import workload_kind
from components.service.rollout_settings import instance_of, is_blue_green
from flotilla.controlplane import Binaries, ControlPlane, State, Status
from flotilla.engine import Missing, locate
from flotilla.errors import FlotillaError
from flotilla.progress import say
from flotilla.sandbox.services import ServiceStatus, Wanted, read
from flotilla.sandbox.workspace import STACK, Sandbox


def wanted_services(stack: Stack) -> list[Wanted]:
    """What the stack says should run, one entry for each service and cluster."""
    namespace = stack.environment.get("namespace", stack.name)
    return [
        Wanted(
            placed.service,
            placed.spec["release"],
            placed.spec["owner"],
            placed.cluster,
            namespace,
            workload_kind(placed.spec),
            instance_of(placed.service, placed.spec) if is_blue_green(placed.spec) else "",
        )
        for placed in stack.placements
    ]


def read_services(sandbox: Sandbox, stack: Stack) -> list[ServiceStatus]:
    """How the services of the sandbox are, on all its clusters."""
    wanted = wanted_services(stack)
    return [
        status
        for cluster in stack.clusters
        for status in read(
            sandbox.programs / "kubectl",
            sandbox.kubeconfig(cluster),
            [one for one in wanted if one.cluster == cluster],
        )
    ]


def print_table(services: Sequence[ServiceStatus]) -> None:
    """Print the services on stdout."""
    heading, *lines = table_lines(services)
    # Nothing is cut off where the terminal is narrow: it breaks the lines, and what is copied stays whole.
    click.secho(heading, bold=True)
    for status, line in zip(services, lines, strict=True):
        click.secho(line, fg=None if status.is_ready or "NO_COLOR" in os.environ else "red")


def table_lines(services: Sequence[ServiceStatus]) -> list[str]:
    """The table of services: a heading, and a line for each."""
    several = len({status.wanted.cluster for status in services}) > 1
    heading = ["SERVICE", "RELEASE", "OWNER", "READY", "ADDRESS", *(["CLUSTER"] if several else [])]
    return aligned([heading, *(table_row(status, several=several) for status in services)])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of a table as lines, each column as wide as its widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def table_row(status: ServiceStatus, *, several: bool) -> list[str]:
    """A service's row of the table; `several` clusters make a column of their own."""
    wanted = status.wanted
    others = ", ".join(f"{count} of {release} serving" for release, count in sorted(status.others.items()))
    ready = f"{status.ready}/{status.replicas}" + (f" ({others})" if others else "")
    row = [wanted.service, wanted.release, wanted.owner, ready, status.address]
    return [*row, wanted.cluster] if several else row


def explain(services: Iterable[ServiceStatus]) -> None:
    """Say on stderr which services are not ready, and why."""
    for reasons, group in groupby(
        (status for status in services if not status.is_ready), lambda status: status.reasons
    ):
        names = ", ".join(f"{status.wanted.service} {status.wanted.release}" for status in group)
        said = "\n    ".join(reasons) or "pods are not ready yet"
        say(f"  ✗ not ready: {names}:\n    {said}")


def show(project: Path, *, as_json: bool) -> bool:
    """Show how the sandbox of a project is; tell whether all its services are ready.

    Raises:
        ConfigurationError: the catalog or the stack is wrong.
        FlotillaError: the sandbox is not up.
    """
    stack = Stack.read(project, STACK)
    sandbox = Sandbox.of(project)
    clusters = read_clusters(sandbox, stack)
    if not all(status.state is State.RUNNING for status in clusters.values()):
        states = "; ".join(state_text(name, status) for name, status in clusters.items())
        raise FlotillaError(f"The sandbox is not up: {states}.", "Bring it up: flotilla up")
    services = read_services(sandbox, stack)
    if as_json:
        found = {
            "clusters": [cluster_data(name, status) for name, status in clusters.items()],
            "services": [service_data(status) for status in services],
        }
        click.echo(json.dumps(found, indent=2))
    else:
        for name, status in clusters.items():
            version, nodes = status.kubernetes_version, len(status.nodes)
            say(f"Cluster {name}: Kubernetes {version}, {nodes} nodes, {status.server}")
        print_table(services)
        explain(services)
    return all(status.is_ready for status in services)


def read_clusters(sandbox: Sandbox, stack: Stack) -> dict[str, Status]:
    """How the control planes of the sandbox are, by the names of the clusters.

    Raises:
        FlotillaError: the engine has not been got.
    """
    engine = locate()
    if isinstance(engine, Missing):
        raise FlotillaError("The sandbox is not up: there is no engine.", "Bring it up: flotilla up")
    binaries = Binaries.from_mapping(engine.binaries)
    return {name: ControlPlane(sandbox.clusters, name, binaries).status() for name in stack.clusters}


def state_text(name: str, status: Status) -> str:
    """How a control plane is, for people: `cluster main is degraded (without etcd)`."""
    missing = f" (without {', '.join(status.missing)})" if status.state is State.DEGRADED else ""
    return f"cluster {name} is {status.state.value}" + (missing if status.missing else "")


def cluster_data(name: str, status: Status) -> dict[str, object]:
    """A cluster for programs to read."""
    return {
        "cluster": name,
        "server": status.server,
        "kubernetesVersion": status.kubernetes_version,
        "nodes": [{"name": node.name, "zone": node.zone, "ready": node.ready} for node in status.nodes],
    }


def service_data(status: ServiceStatus) -> dict[str, object]:
    """A service for programs to read."""
    wanted = status.wanted
    return {
        "service": wanted.service,
        "release": wanted.release,
        "owner": wanted.owner,
        "cluster": wanted.cluster,
        "namespace": wanted.namespace,
        "readyPods": status.ready,
        "pods": status.replicas,
        "otherReleases": status.others,
        "address": status.address,
        "ready": status.is_ready,
        "reasons": list(status.reasons),
    }
