"""A cluster that is there already: one's own machines, or a cloud that Flotilla does not know."""

import pulumi

from components.cluster.base import Cluster, Connection
from components.kubeconfig import kubeconfig_contents
from components.types import ExistingClusterSpec


class ExistingCluster(Cluster):
    """A cluster that is there already.

    Creates a Kubernetes provider, nothing else; the cluster, its nodes and add-ons are somebody else's.

    Args:
        name: Pulumi name.
        args: Where the cluster is (`ExistingClusterSpec`).
        opts: Options of the component.

    Raises:
        ValueError: the kubeconfig cannot be read or lacks the context.

    Example:
        ExistingCluster("dc1", {"kubeconfig": "~/.kube/config", "context": "dc1", "identifier": "dc1"})
    """

    def __init__(
        self, name: str, args: ExistingClusterSpec, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, opts)
        context = args.get("context", "")
        kubeconfig = kubeconfig_contents(args["kubeconfig"], context)
        self.connect(name, Connection(kubeconfig, args["identifier"], context))
