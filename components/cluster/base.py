"""What every cluster offers to the environments on it."""

import pulumi

from components.base import FlotillaComponent
from components.kubernetes_object import provider_version


class Cluster(FlotillaComponent):
    """A Kubernetes cluster: the interface of all kinds of clusters.

    A subclass creates or finds the cluster and ends its constructor with `connect`.

    Attributes:
        provider: The Kubernetes provider, for `ResourceOptions(providers=[cluster.provider])`. Python only:
            Pulumi's component host passes providers by options, not as outputs.
    """

    kubeconfig: pulumi.Output[str]
    """Contents of its kubeconfig; secret."""
    identifier: pulumi.Output[str]
    """A name that stays while the cluster does."""

    def connect(self, name: str, kubeconfig: pulumi.Input[str], identifier: str, context: str = "") -> None:
        """Make the provider and the outputs.

        Args:
            name: Name of the component.
            kubeconfig: Contents of the kubeconfig.
            identifier: Plain text: a computed one could change in a preview and replace all that runs there.
            context: Context of the kubeconfig; empty for its current one.
        """
        self.kubeconfig = pulumi.Output.secret(kubeconfig)
        self.identifier = pulumi.Output.from_input(identifier)
        inputs: dict[str, pulumi.Input[str]] = {
            "kubeconfig": self.kubeconfig,
            "clusterIdentifier": identifier,
        }
        if context:
            inputs["context"] = context
        options = pulumi.ResourceOptions(parent=self, version=provider_version())
        self.provider = pulumi.ProviderResource("kubernetes", name, inputs, options)
        self.register_outputs({"kubeconfig": self.kubeconfig, "identifier": self.identifier})
