"""A cluster that is there already: one's own machines, or a cloud that Flotilla does not know."""

from pathlib import Path

import pulumi

from components.cluster.base import Cluster, Connection, Offers
from components.cluster.rules import existing_cluster_problems
from components.kubeconfig import kubeconfig_contents
from components.types import ExistingClusterSpec, LoadBalancerSettings
from components.wiring import LoadBalancer


class ExistingCluster(Cluster):
    """A cluster that is there already.

    Creates a Kubernetes provider, nothing else; the cluster, its nodes and add-ons are somebody else's. It
    grants nothing, as it knows of no cloud.

    Args:
        name: Pulumi name.
        args: Where the cluster is, and what it has for services (`ExistingClusterSpec`).
        opts: Options of the component.

    Raises:
        ValueError: the arguments are impossible, or the kubeconfig cannot be read or lacks the context; the
            text says the cure.

    Example:
        ExistingCluster("dc1", {"kubeconfig": "~/.kube/config", "context": "dc1", "identifier": "dc1"})
    """

    def __init__(
        self, name: str, args: ExistingClusterSpec, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        if problems := list(existing_cluster_problems(args)):
            raise ValueError("\n".join(f"ExistingCluster {name}: {problem}" for problem in problems))
        super().__init__(name, opts)
        context = args.get("context", "")
        kubeconfig = kubeconfig_contents(args["kubeconfig"], context, _project_directory())
        self.connect(name, Connection(kubeconfig, args["identifier"], context), _offers(args))


def _project_directory() -> str:
    """Where Pulumi.yaml is; under mocks, where there is none, the working directory."""
    directory = pulumi.get_root_directory()
    return directory if Path(directory).is_absolute() else ""


def _offers(args: ExistingClusterSpec) -> Offers:
    settings = args.get("load_balancer", {})
    address = settings.get("address")
    return Offers(
        load_balancer=_load_balancer({**settings, "address": ""}),
        entrance=_load_balancer(settings),
        ingress_addresses=[address] if address else [],
        storage_class=args.get("storage_class", ""),
        registry=args.get("registry", ""),
    )


def _load_balancer(settings: LoadBalancerSettings) -> LoadBalancer:
    balancer: LoadBalancer = {}
    if annotations := settings.get("annotations"):
        balancer["annotations"] = {**annotations}
    if load_balancer_class := settings.get("load_balancer_class"):
        balancer["load_balancer_class"] = load_balancer_class
    if address := settings.get("address"):
        balancer["address"] = address
    if policy := settings.get("external_traffic_policy"):
        balancer["external_traffic_policy"] = policy
    return balancer
