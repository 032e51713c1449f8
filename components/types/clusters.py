"""What can be said of any cluster, of one that is there already, and of one that another stack owns."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


class TaintEffect(StrEnum):
    """What a taint does to pods that do not tolerate it."""

    NO_SCHEDULE = "NoSchedule"
    """They are not scheduled there."""
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    """They are scheduled there if there is no other place."""
    NO_EXECUTE = "NoExecute"
    """They are not scheduled there, and those that run there are evicted."""


@strictly
class Taint(TypedDict):
    """What keeps pods off a node, unless they tolerate it."""

    key: str
    """Its key."""
    value: NotRequired[str]
    """Its value. Default: empty."""
    effect: TaintEffect
    """What it does."""


@strictly
class EndpointAccess(TypedDict):
    """Who reaches the cluster's Kubernetes API."""

    public: NotRequired[bool]
    """Whether it is reached from the internet; callers authenticate either way. Default: true."""
    public_cidrs: NotRequired[list[str]]
    """Where from, as CIDR blocks. Default: anywhere."""


@strictly
class NodePool(TypedDict):
    """A group of like nodes: what all clouds have in common."""

    min_size: NotRequired[int]
    """Fewest nodes. Default: 1."""
    max_size: NotRequired[int]
    """Most nodes. Default: 3."""
    spot: NotRequired[bool]
    """Whether the nodes are spare capacity, cheaper, and taken away at short notice. Default: false."""
    labels: NotRequired[dict[str, str]]
    """Labels of the nodes. Default: none."""
    taints: NotRequired[list[Taint]]
    """Taints of the nodes. Default: none."""


@strictly
class ManagedCluster(TypedDict):
    """What is said of a cluster that a cloud runs, whatever the cloud."""

    name: NotRequired[str]
    """Its name in the cloud. Another name is another cluster. Default: PROJECT-STACK, and -CLUSTER but for
    the cluster `main`."""
    kubernetes_version: str
    """Minor version of Kubernetes, in quotes: `"1.36"`."""
    endpoint_access: NotRequired[EndpointAccess]
    """Who reaches its Kubernetes API. Default: everybody who can authenticate."""
    deletion_protection: NotRequired[bool]
    """Whether cluster, network and addresses are kept from being deleted or replaced, by Pulumi and by the
    cloud. Apply `false` first, in an update of its own, where they have to go. Default: by tier."""
    labels: NotRequired[dict[str, str]]
    """Labels or tags for all that is created in the cloud. Default: the environment's."""
    static_addresses: NotRequired[bool]
    """Whether addresses are reserved for what is reached from outside. Default: true."""
    dns_zone: NotRequired[str]
    """An existing DNS zone of the same account for records of the environment's domain. Default: none."""


@strictly
class LoadBalancerSettings(TypedDict):
    """What a Kubernetes Service of type LoadBalancer needs on a cluster."""

    annotations: NotRequired[dict[str, str]]
    """Its annotations. Default: none."""
    load_balancer_class: NotRequired[str]
    """Its class, which names who makes the load balancer. Default: the cluster's own."""
    address: NotRequired[str]
    """The address that is kept for the service with `staticAddress`. Default: none."""
    external_traffic_policy: NotRequired[str]
    """`Local` keeps the client's address; `Cluster` spreads over all nodes. Default: `Cluster`."""


@strictly
class ExistingClusterSpec(TypedDict):
    """A cluster that is there already."""

    kubeconfig: str
    """A kubeconfig file, relative to the project, or its contents."""
    identifier: str
    """A name that stays while the cluster does. Another one says that it is another cluster, and replaces all
    that runs on it; a changed kubeconfig does not."""
    context: NotRequired[str]
    """Context of the kubeconfig. Default: its current context."""
    load_balancer: NotRequired[LoadBalancerSettings]
    """What services of type LoadBalancer need there. Default: nothing."""
    storage_class: NotRequired[str]
    """Storage class of volumes. Default: the cluster's default one."""
    registry: NotRequired[str]
    """A registry near the cluster that its nodes may pull from. Default: none."""


@strictly
class SharedClusterSpec(TypedDict):
    """A cluster that another stack owns."""

    stack: str
    """The stack, as stack references name it: `ORGANIZATION/PROJECT/STACK`."""
    cluster: NotRequired[str]
    """Its name in that stack. Default: `main`."""
    identifier: str
    """A name that stays while the cluster does: the one that the owner's stack exports."""
