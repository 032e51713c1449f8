"""What can be said of how a service is reached, and of what it may reach."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


class ServiceType(StrEnum):
    """How a service is reached."""

    CLUSTER_IP = "ClusterIP"
    """From inside the cluster, by one address for all pods."""
    HEADLESS = "Headless"
    """From inside the cluster, by the address of each pod."""
    NODE_PORT = "NodePort"
    """From outside too, by a port of every node."""
    LOAD_BALANCER = "LoadBalancer"
    """From outside too, by an address of its own."""


class Protocol(StrEnum):
    """A transport protocol."""

    TCP = "TCP"
    """TCP."""
    UDP = "UDP"
    """UDP."""


@strictly
class Ingress(TypedDict):
    """A name and path under which an ingress controller leads requests from outside to the service."""

    host: str
    """Whole host name: `www.shop.example.com`."""
    path: NotRequired[str]
    """Path, from `/`, with all below it. Default: `/`."""
    port: NotRequired[str]
    """Name of the port that gets the requests. Default: the first one."""
    class_name: NotRequired[str]
    """Ingress class, which names the controller. Default: the cluster's default one."""
    tls_secret: NotRequired[str]
    """Name of a Secret of type `kubernetes.io/tls` in the namespace, for HTTPS. Default: HTTP only."""
    annotations: NotRequired[dict[str, str]]
    """Settings in the controller's words. Default: none."""


@strictly
class Peers(TypedDict):
    """Somebody besides the services of the environment that may be talked with.

    `cidrs` stand for addresses; `namespace` and `podLabels` for pods, of this namespace unless one is named.
    """

    cidrs: NotRequired[list[str]]
    """Ranges of addresses: `0.0.0.0/0` for everywhere. Default: none."""
    except_cidrs: NotRequired[list[str]]
    """Ranges inside of `cidrs` that are left out. Default: none."""
    namespace: NotRequired[str]
    """Name of a namespace whose pods are meant. Default: the service's own, where `podLabels` are given."""
    pod_labels: NotRequired[dict[str, str]]
    """Labels of the pods that are meant. Default: all of the namespace."""
    ports: NotRequired[list[int]]
    """Ports: of the service for `ingress`, of the other side for `egress`. Default: all."""
    protocol: NotRequired[Protocol]
    """Protocol of the ports. Default: `TCP`."""


@strictly
class NetworkPolicy(TypedDict):
    """Who may talk with the service besides what `uses` says: everything else is denied.

    A service reaches the services it uses and the cluster's DNS, is reached by the services that use it, and,
    where it is open to the outside, by everybody on its ports.
    """

    ingress: NotRequired[dict[str, Peers]]
    """Who else may reach it, by a name for people. Default: nobody."""
    egress: NotRequired[dict[str, Peers]]
    """What else it may reach, by a name for people. Default: nothing; with `permissions`, the
    cloud's APIs."""
