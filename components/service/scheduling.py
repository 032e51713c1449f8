"""Which nodes the pods of a service run on."""

from components.service.manifest import Manifest
from components.types import ServiceSpec
from components.wiring import Nodes


def scheduling(name: str, spec: ServiceSpec, nodes: Nodes | None = None) -> Manifest:
    """The part of a pod that the scheduler reads: selector, affinity, tolerations, spread, priority.

    Args:
        name: The service.
        spec: What it is.
        nodes: How the cluster's nodes are told apart.
    """
    del name, spec, nodes
    return {}
