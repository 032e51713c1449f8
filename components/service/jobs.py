"""The jobs of a service: before and after a release, by schedule, and by hand."""

from components.service.manifest import Manifest
from components.service.sources import Sources
from components.types import JobTrigger, ServiceSpec
from components.wiring import Nodes, ServiceIdentity


def release_jobs(
    name: str,
    spec: ServiceSpec,
    when: JobTrigger,
    sources: Sources,
    *,
    identity: ServiceIdentity | None = None,
    nodes: Nodes | None = None,
) -> dict[str, Manifest]:
    """The Jobs of a release, by the end of their Pulumi names.

    Args:
        name: The service.
        spec: What it is.
        when: Before the release or after it.
        sources: Where files and secrets are; their names stay while their contents change.
        identity: How its pods act in the cluster's cloud; None if they do not.
        nodes: How the cluster's nodes are told apart.
    """
    del name, spec, when, sources, identity, nodes
    return {}


def cron_jobs(
    name: str,
    spec: ServiceSpec,
    sources: Sources,
    *,
    identity: ServiceIdentity | None = None,
    nodes: Nodes | None = None,
) -> dict[str, Manifest]:
    """The CronJobs, by the end of their Pulumi names.

    Those with a schedule, and for jobs that are started by hand suspended ones, as their templates.

    Args:
        name: The service.
        spec: What it is.
        sources: Where files and secrets are.
        identity: How its pods act in the cluster's cloud; None if they do not.
        nodes: How the cluster's nodes are told apart.
    """
    del name, spec, sources, identity, nodes
    return {}
