"""What every cluster offers to the environments on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import pulumi

from components.base import FlotillaComponent
from components.kubernetes_object import KubernetesObject, provider_version
from components.types import Permissions
from components.wiring import LoadBalancer, Nodes, ServiceIdentity, camel_cased


@dataclass(frozen=True, slots=True)
class Connection:
    """How a cluster is reached."""

    kubeconfig: pulumi.Input[str]
    """Contents of its kubeconfig, with an exec plugin in place of a token wherever the cloud has one."""
    identifier: pulumi.Input[str]
    """Known in every preview, or all that runs there is replaced. It has to change when the cluster becomes
    another one, or Pulumi takes what ran on the old one for there."""
    context: str = ""
    """Context of the kubeconfig; empty for its current one."""
    ready: Sequence[pulumi.Resource] = ()
    """What has to be there before anything is made on the cluster, and stays until everything on it is gone:
    nodes, routes, permissions of whoever runs `pulumi up`."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What a cluster has for the services on it."""

    load_balancer: LoadBalancer = field(default_factory=LoadBalancer)
    """What any service of type LoadBalancer needs there."""
    entrance: LoadBalancer = field(default_factory=LoadBalancer)
    """What the one that takes the reserved addresses needs there."""
    ingress_addresses: pulumi.Input[Sequence[pulumi.Input[str]]] = ()
    """The reserved addresses, in the order of the zones."""
    storage_class: pulumi.Input[str] = ""
    """Storage class of volumes; empty for the cluster's default one."""
    new_storage_class: Mapping[str, object] | None = None
    """A StorageClass that is made there, for a cloud whose clusters come without; instead of
    `storage_class`."""
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict[str, Mapping[str, object]])
    """Objects that switch on there what the cloud leaves off, by the end of their Pulumi names."""
    registry: pulumi.Input[str] = ""
    """A registry that its nodes may pull from; empty if there is none of its own."""
    nodes: Nodes = field(default_factory=Nodes)
    """How its nodes are told apart, for services that choose."""
    grantor: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """What its cloud has to know of it to grant something to services there: `cloud`, which is `aws`, `gcp`
    or `azure`, and what that cloud's function for it takes. Stacks that share the cluster read it, so nothing
    of it is secret. Empty where nothing can be granted."""


class Cluster(FlotillaComponent):
    """A Kubernetes cluster: the interface of all kinds of clusters.

    A subclass creates or finds the cluster and ends its constructor with `connect`.

    Attributes:
        provider: The Kubernetes provider, for `ResourceOptions(providers=[cluster.provider])`. Python only:
            Pulumi's component host passes providers by options, not as outputs.
        load_balancer: What any service of type LoadBalancer needs there. Python only.
        entrance: The same for the one service that takes the reserved addresses. Python only.
        nodes: How its nodes are told apart. Python only.
        exported: What stacks that share it read of it, for `pulumi.export("clusters", …)`; nothing of it is
            secret. Python only.
    """

    kubeconfig: pulumi.Output[str]
    """Contents of its kubeconfig; secret."""
    identifier: pulumi.Output[str]
    """A name that stays while the cluster does."""
    ingress_addresses: pulumi.Output[list[str]]
    """Addresses that are reserved for what is reached from outside; empty if there are none."""
    storage_class: pulumi.Output[str]
    """Storage class of volumes; empty for the cluster's default one."""
    registry: pulumi.Output[str]
    """A registry that its nodes may pull from; empty if there is none of its own."""

    def connect(self, name: str, connection: Connection, offers: Offers | None = None) -> None:
        """Make the provider and the outputs.

        Args:
            name: Name of the component.
            connection: How the cluster is reached.
            offers: What it has for the services on it.
        """
        has = offers or Offers()
        self.load_balancer, self.entrance, self.nodes = has.load_balancer, has.entrance, has.nodes
        self.kubeconfig = pulumi.Output.secret(connection.kubeconfig)
        self.identifier = pulumi.Output.from_input(connection.identifier)
        self.ingress_addresses = _listed(has.ingress_addresses)
        self.registry = pulumi.Output.from_input(has.registry)
        self.provider = self._kubernetes_provider(name, connection)
        self.storage_class = self._made_storage_class(name, has)
        for role, manifest in has.settings.items():
            KubernetesObject(f"{name}-{role}", manifest, parent=self, provider=self.provider)
        self.exported: dict[str, object] = {
            "identifier": self.identifier,
            "context": connection.context,
            "ingressAddresses": self.ingress_addresses,
            "loadBalancer": camel_cased(self.load_balancer),
            "entrance": camel_cased(self.entrance),
            "storageClass": self.storage_class,
            "registry": self.registry,
            "grantor": {**has.grantor},
        }
        self.register_outputs(
            {
                "kubeconfig": self.kubeconfig,
                "identifier": self.identifier,
                "ingressAddresses": self.ingress_addresses,
                "storageClass": self.storage_class,
                "registry": self.registry,
            }
        )

    def _kubernetes_provider(self, name: str, connection: Connection) -> pulumi.ProviderResource:
        inputs: dict[str, pulumi.Input[str]] = {
            "kubeconfig": self.kubeconfig,
            "clusterIdentifier": connection.identifier,
        }
        if connection.context:
            inputs["context"] = connection.context
        options = pulumi.ResourceOptions(
            parent=self, version=provider_version(), depends_on=list(connection.ready)
        )
        return pulumi.ProviderResource("kubernetes", name, inputs, options)

    def _made_storage_class(self, name: str, has: Offers) -> pulumi.Output[str]:
        if has.new_storage_class is None:
            return pulumi.Output.from_input(has.storage_class)
        made = KubernetesObject(
            f"{name}-storage-class", has.new_storage_class, parent=self, provider=self.provider
        )
        return made.object_name

    def grant(
        self, service: str, namespace: str, account: str, permissions: Permissions
    ) -> ServiceIdentity | None:
        """Let the pods of a service act in the cluster's cloud.

        Args:
            service: Name of the service, for the names of what is created in the cloud.
            namespace: Its namespace.
            account: Its service account.
            permissions: What it may do, by cloud; only this cluster's cloud counts.

        Returns:
            What service account and pods need; None where there is nothing to grant, as on a cluster whose
            cloud is not known.
        """
        del service, namespace, account, permissions
        return None

    def dns_record(self, host: str) -> pulumi.Resource | None:
        """Point a host at the reserved addresses, in the zone that the cluster was given.

        Args:
            host: The whole name, `www.shop.example.com`; `*` for all of a domain.

        Returns:
            The record; None where the cluster has no zone or no reserved address.
        """
        del host
        return None


def _listed(values: pulumi.Input[Sequence[pulumi.Input[str]]]) -> pulumi.Output[list[str]]:
    if isinstance(values, Sequence):
        return pulumi.Output.all(*values)
    return pulumi.Output.from_input(values).apply(lambda known: [*cast("Sequence[str]", known)])
