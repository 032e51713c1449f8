"""What can be said of a cluster on Google Cloud."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.clusters import ManagedCluster, NodePool
from components.types.strictly import strictly


class GkeReleaseChannel(StrEnum):
    """Which versions a cluster is offered, and how soon it is upgraded to them."""

    RAPID = "RAPID"
    """Weeks after Kubernetes' own release; without a service level."""
    REGULAR = "REGULAR"
    """A few months after RAPID."""
    STABLE = "STABLE"
    """A few months after REGULAR."""
    EXTENDED = "EXTENDED"
    """As REGULAR, and a minor version is kept for up to 24 months; the last 10 of them cost extra."""


class GkeEndpoint(StrEnum):
    """By what the Kubernetes API is reached."""

    DNS = "DNS"
    """A name of Google's that leads there from anywhere; IAM decides who may connect."""
    IP = "IP"
    """An address of the cluster's own, which may be kept to CIDR blocks or to the network."""


@strictly
class GkeNetwork(TypedDict):
    """The network of a cluster: ranges for a new one, or names of one that is there already.

    A cluster's ranges stay: another range is another cluster.
    """

    cidr: NotRequired[str]
    """Range of the nodes, from /8 to /29. Default: `10.10.0.0/20`, for 4092 nodes."""
    pods_cidr: NotRequired[str]
    """Range of the pods, from /9 to /21; each node takes a /24 of it (Autopilot: /26). Default:
    `10.16.0.0/14`."""
    services_cidr: NotRequired[str]
    """Range of the Kubernetes Services, from /16 to /27. Default: `10.11.0.0/20`."""
    egress_addresses: NotRequired[int]
    """How many addresses are reserved for what leaves the network, for others to let in. Default: 0, Google
    Cloud chooses and changes them as needed."""
    existing_network: NotRequired[str]
    """Name of a network that is there already, instead of ranges; it has to have a way out to the internet,
    such as Cloud NAT. Default: a new network."""
    existing_subnetwork: NotRequired[str]
    """Name of its subnetwork in the cluster's region. Default: none, for a new network."""
    pods_range: NotRequired[str]
    """Name of the subnetwork's secondary range for pods. Default: `pods`."""
    services_range: NotRequired[str]
    """Name of the subnetwork's secondary range for Kubernetes Services. Default: `services`."""


@strictly
class GkeNodePool(NodePool):
    """A node pool of a Standard cluster. Sizes count the nodes of all its zones together."""

    machine_type: NotRequired[str]
    """Machine type of the nodes. Default: `e2-standard-4`, 4 CPUs and 16 GiB."""
    disk_size_gb: NotRequired[int]
    """Size of each node's disk in GB, at least 10. Default: 100."""


@strictly
class GkeMaintenanceWindow(TypedDict):
    """When Google Cloud may upgrade a cluster. GKE asks for at least 48 hours in 32 days."""

    days: list[str]
    """Days of the week: `MO`, `TU`, `WE`, `TH`, `FR`, `SA`, `SU`."""
    start: str
    """When it begins on these days, in UTC and in quotes: `"02:00"`."""
    hours: int
    """How long it lasts: 4 to 24."""


@strictly
class GkeClusterSpec(ManagedCluster):
    """A cluster on Google Cloud: Google Kubernetes Engine.

    It runs in Autopilot mode, where Google Cloud provides nodes as pods need them, unless it has `nodePools`.
    """

    project: NotRequired[str]
    """The Google Cloud project, by its id. Default: the stack's `gcp:project`."""
    region: NotRequired[str]
    """The Google Cloud region. Default: the stack's `gcp:region`."""
    network: NotRequired[GkeNetwork]
    """Its network. Default: a new one with the default ranges."""
    node_pools: NotRequired[dict[str, GkeNodePool]]
    """Node pools by name, which make it a Standard cluster. Default: none, Autopilot."""
    release_channel: NotRequired[GkeReleaseChannel]
    """Which versions it is offered. Default: `REGULAR`."""
    maintenance_window: NotRequired[GkeMaintenanceWindow]
    """When it may be upgraded. Default: at any time."""
    endpoint: NotRequired[GkeEndpoint]
    """By what its Kubernetes API is reached. Default: `DNS`, or `IP` with `endpointAccess.publicCidrs`."""
    repository: NotRequired[str]
    """Name of an Artifact Registry repository to create in its region, for images that its nodes may pull.
    Default: none."""
    pull_from: NotRequired[list[str]]
    """Existing Artifact Registry repositories that its nodes may pull from:
    `projects/PROJECT/locations/LOCATION/repositories/NAME`. Default: none; public ones need no entry."""
