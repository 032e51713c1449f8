"""What can be said of a service: in the catalog, by an environment, and both merged."""

from typing import NotRequired

from typing_extensions import TypedDict

from components.types.chart import Chart
from components.types.containers import (
    Container,
    InitContainer,
    Lifecycle,
    Overridable,
    PodContainer,
    Probes,
    Security,
)
from components.types.jobs import Job
from components.types.monitoring import Metrics
from components.types.network import Ingress, NetworkPolicy, ServiceType
from components.types.permissions import Permissions
from components.types.rollout import Canary, Rollout
from components.types.scaling import Autoscaling, VerticalScaling
from components.types.scheduling import DisruptionBudget, Scheduling, SpreadOver
from components.types.secrets import ExistingSecret, ExternalSecret
from components.types.storage import Volume
from components.types.strictly import strictly


@strictly
class Adjustable(TypedDict):
    """What a service has that an environment may change, key by key."""

    permissions: NotRequired[Permissions]
    """What its pods may do in the cloud; an environment's word for a cloud takes the place of the catalog's.
    Default: nothing."""
    existing_secrets: NotRequired[dict[str, ExistingSecret]]
    """Secrets that are there already, by environment variable. Default: none."""
    external_secrets: NotRequired[dict[str, ExternalSecret]]
    """Secrets that the External Secrets operator brings in, by environment variable. Default: none."""
    rollout: NotRequired[Rollout]
    """How one release follows another. Default: one pod at a time, without loss."""
    autoscaling: NotRequired[Autoscaling]
    """A number of pods that follows the load. Default: `replicas`."""
    vertical_scaling: NotRequired[VerticalScaling]
    """Requests that follow the use. Default: `resources`."""
    disruption_budget: NotRequired[DisruptionBudget]
    """How many pods a drained node may take at once. Default: by tier, one in production and
    staging where there are two or more."""
    spread: NotRequired[SpreadOver]
    """How pods spread over zones and nodes. Default: by tier."""
    priority_class: NotRequired[str]
    """Name of a PriorityClass: who goes first where nodes are full. Default: the cluster's."""
    scheduling: NotRequired[Scheduling]
    """Which nodes pods run on. Default: any."""
    network_policy: NotRequired[NetworkPolicy]
    """Who may talk with it besides what `uses` says. Default: nobody."""


@strictly
class CatalogService(Container, Adjustable):
    """A service, with nothing of any environment in it: a file of the catalog, `services/NAME.yaml`."""

    owner: str
    """The team that answers for the service."""
    repository: NotRequired[str]
    """Source repository, in the project's source host or as a whole. Default: the service's name."""
    chart: NotRequired[Chart]
    """A Helm chart in place of containers. Default: none."""
    ports: NotRequired[dict[str, int]]
    """Container ports by name. The first word of a name tells the protocol: `http`, `grpc`, `udp`, or any
    other for TCP, as in `grpc-admin`. The first port is where other services find this one. Default: none."""
    service_ports: NotRequired[dict[str, int]]
    """Ports of the Kubernetes Service by name, where they differ from the container's. Default: `ports`."""
    uses: NotRequired[list[str]]
    """Services this one calls. For each the containers get `NAME_ADDR`, its host and first port, and, if it
    has several ports, `NAME_PORT_ADDR` for each. Default: none."""
    files: NotRequired[dict[str, str]]
    """Files by absolute path, with their content; read-only. Default: none."""
    secrets: NotRequired[list[str]]
    """Environment variables whose values environments keep encrypted in `flotilla:secrets`. Default: none."""
    secret_files: NotRequired[dict[str, str]]
    """Files by absolute path, each with the secret that is its content; that one is no environment variable
    then. Default: none."""
    pod_fields: NotRequired[dict[str, str]]
    """Environment variables that tell a pod of itself, each with its field: `metadata.name`,
    `metadata.namespace`, `metadata.uid`, `spec.nodeName`, `spec.serviceAccountName`, `status.hostIP` or
    `status.podIP`. Default: none."""
    probes: NotRequired[Probes]
    """Health. Default: ready as soon as the first TCP port accepts a connection; `{}` for no probes."""
    lifecycle: NotRequired[Lifecycle]
    """Commands at the ends of its life. Default: none."""
    pre_stop_seconds: NotRequired[int]
    """Seconds that a container goes on serving after it left the Kubernetes Service, as others learn of that
    with delay. Default: 5 with ports, at most half of the grace period; else 0."""
    termination_grace_period_seconds: NotRequired[int]
    """Seconds between the request to stop and the end by force. Default: 30."""
    init_containers: NotRequired[dict[str, InitContainer]]
    """Containers that run before the service's own, by name, in the order of their names. Default: none."""
    sidecars: NotRequired[dict[str, PodContainer]]
    """Containers that start before the init containers and stop after the service's own, by name: proxies,
    agents. Default: none."""
    containers: NotRequired[dict[str, PodContainer]]
    """Containers beside the service's own, by name: a database, a cache. Default: none."""
    volumes: NotRequired[dict[str, Volume]]
    """Directories for the containers, by name. Default: none."""
    host_aliases: NotRequired[dict[str, list[str]]]
    """Host names by address, for what no DNS knows. Default: none."""
    security: NotRequired[Security]
    """Relaxations of the restricted defaults. Default: none."""
    image_pull_secrets: NotRequired[list[str]]
    """Names of Secrets in the namespace with credentials of registries. Default: none."""
    session_affinity_seconds: NotRequired[int]
    """Seconds that requests of one client go to the same pod. Default: they go to any."""
    jobs: NotRequired[dict[str, Job]]
    """What it runs to an end, by name. Default: none."""
    metrics: NotRequired[Metrics]
    """Where Prometheus finds its metrics. Default: nowhere."""
    log_format: NotRequired[str]
    """How its log lines are written, for who collects them: `json`, `logfmt`. Default: not said."""
    links: NotRequired[dict[str, str]]
    """Addresses for people, by name: `dashboard`, `runbook`. Default: none."""


@strictly
class Deployed(TypedDict):
    """What an environment says of a service it runs."""

    release: str
    """Release to run: a tag of the image, or the version of the chart."""
    digest: NotRequired[str]
    """What the release stands for, `sha256:…`, even if somebody moves the tag. Default: what the tag says."""
    replicas: NotRequired[int]
    """Number of pods. Default: 1."""
    canary: NotRequired[Canary]
    """A second release beside the first, for a part of the requests. Default: none."""
    service_type: NotRequired[ServiceType]
    """How the service is reached. Default: `ClusterIP`."""
    node_ports: NotRequired[dict[str, int]]
    """With `serviceType: NodePort`: ports of the nodes, by the ports' names. Default: the cluster chooses."""
    static_address: NotRequired[bool]
    """Whether its load balancer takes the addresses that the cluster has reserved, and, where the cluster has
    a `dnsZone`, the environment's domain leads there: `CLUSTER.DOMAIN` on other clusters than `main`. One
    service of a cluster can. Default: false."""
    ingress: NotRequired[Ingress]
    """A name under which an ingress controller leads requests to it. Default: none."""
    volume_sizes: NotRequired[dict[str, str]]
    """Sizes of claims by the volume's name, in place of the catalog's. Default: the catalog's."""
    clusters: NotRequired[list[str]]
    """Clusters of the environment that it runs on. Default: all."""


@strictly
class EnvironmentService(Overridable, Adjustable, Deployed):
    """A service as a stack file names it: its release, and what differs from the catalog."""


@strictly
class ServiceSpec(CatalogService, Deployed):
    """A service in an environment, catalog and stack merged."""

    name: NotRequired[str]
    """Name of the Kubernetes objects. Default: the component's name."""
    project: NotRequired[str]
    """What the service is a part of. Default: not said."""
    labels: NotRequired[dict[str, str]]
    """Labels for every object but the pods, whose change would restart them. Default: none."""
    addresses: NotRequired[dict[str, str]]
    """Addresses of the services it uses, by environment variable: `CART_ADDR: cart:7070`. Default: none."""
    rollout_timeout_seconds: NotRequired[int]
    """Seconds a rollout may take before it counts as failed, unless `rollout` says it. Default: 600."""
    deletion_protection: NotRequired[bool]
    """Whether Pulumi refuses to delete what holds data. Default: false."""
    open_network: NotRequired[bool]
    """Whether everybody may talk with it, so that it has no NetworkPolicy. Default: false."""
