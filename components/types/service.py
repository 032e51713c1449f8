"""What can be said of a service: in the catalog, by an environment, and both merged."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.permissions import Permissions
from components.types.strictly import strictly


class ServiceType(StrEnum):
    """How a service is reached."""

    CLUSTER_IP = "ClusterIP"
    """From inside the cluster."""
    LOAD_BALANCER = "LoadBalancer"
    """From outside too, by an address of its own."""


@strictly
class HttpGet(TypedDict):
    """An HTTP request that has to be answered with a status of 200 to 399."""

    path: str
    """Path of the request, from `/`."""
    port: int
    """Container port: one of the service's `ports`."""
    headers: NotRequired[dict[str, str]]
    """Headers of the request, by name. Default: none."""


@strictly
class Probe(TypedDict):
    """How Kubernetes asks a container for its health: exactly one of `grpc`, `http`, `tcp` and `exec`."""

    grpc: NotRequired[int]
    """Container port that serves the gRPC health protocol."""
    http: NotRequired[HttpGet]
    """HTTP request."""
    tcp: NotRequired[int]
    """Container port that has to accept a connection."""
    exec: NotRequired[list[str]]
    """Command inside the container that has to end with 0."""
    initial_delay_seconds: NotRequired[int]
    """Seconds from the container's start to the first probe. Default: 0."""
    period_seconds: NotRequired[int]
    """Seconds between two probes. Default: 10."""
    timeout_seconds: NotRequired[int]
    """Seconds a probe may take. Default: 1."""
    success_threshold: NotRequired[int]
    """Successes in a row after a failure to count as healthy. Default: 1."""
    failure_threshold: NotRequired[int]
    """Failures in a row to count as unhealthy. Default: 3."""


@strictly
class Probes(TypedDict):
    """The questions Kubernetes asks a service's container."""

    startup: NotRequired[Probe]
    """Has it started? Until then the other two wait. Default: none."""
    readiness: NotRequired[Probe]
    """May it get requests? A rollout waits for it. Default: none."""
    liveness: NotRequired[Probe]
    """Is it alive? If not, it is started anew. Default: none."""


@strictly
class Resources(TypedDict):
    """Compute resources of a container, as Kubernetes quantities: `100m`, `64Mi`, `"1"` (in quotes)."""

    requests: NotRequired[dict[str, str]]
    """What the container is given for sure: `cpu`, `memory`, `ephemeral-storage`. Default: the limits."""
    limits: NotRequired[dict[str, str]]
    """What it may not exceed: `cpu`, `memory`, `ephemeral-storage`. Default: none."""


@strictly
class EmptyDir(TypedDict):
    """Scratch space that lives as long as the pod."""

    size_limit: NotRequired[str]
    """Most bytes it may hold, as a quantity: `512Mi`. Default: no limit of its own."""
    medium: NotRequired[str]
    """`Memory` for a RAM disk, which counts as the container's memory. Default: the node's disk."""


@strictly
class Volume(TypedDict):
    """A directory for every container of the pod."""

    mount_path: str
    """Where the containers see it, from `/`."""
    empty_dir: NotRequired[EmptyDir]
    """Scratch space that lives as long as the pod."""


@strictly
class Security(TypedDict):
    """Relaxations of the restricted defaults, each by name."""

    run_as_user: NotRequired[int]
    """User id of the processes; 0, root, needs `podSecurity: baseline` in the environment. Default: 1000."""
    run_as_group: NotRequired[int]
    """Group id of the processes, and of the files in volumes. Default: 1000."""
    writable_root_filesystem: NotRequired[bool]
    """Whether processes may write outside of volumes. Default: false."""
    allow_privilege_escalation: NotRequired[bool]
    """Whether a process may gain more rights than its parent, as by setuid; needs `podSecurity: baseline`.
    Default: false."""
    capabilities: NotRequired[list[str]]
    """Linux capabilities to keep; others than `NET_BIND_SERVICE` need `podSecurity: baseline` or
    `privileged`. Default: none."""
    service_account_token: NotRequired[bool]
    """Whether pods get a token for the Kubernetes API. Default: false."""


@strictly
class Overridable(TypedDict):
    """What a container has that an environment may change."""

    env: NotRequired[dict[str, str]]
    """Environment variables; `$(NAME)` stands for another one's value, in whatever order. Default: none."""
    resources: NotRequired[Resources]
    """Compute resources. Default: none are asked for and none are limited."""


@strictly
class Container(Overridable):
    """A container: its image and what it runs."""

    image: NotRequired[str]
    """Image repository; one without a registry's host is looked for in the project's registry."""
    command: NotRequired[list[str]]
    """Entry point, in place of the image's. Default: the image's."""
    args: NotRequired[list[str]]
    """Arguments of the entry point. Default: the image's."""


@strictly
class InitContainer(Container):
    """A container that has to end with 0 before the service's own starts.

    It sees the same volumes and the addresses of the same services. `image` has its tag or digest; left out,
    it is the service's own image.
    """


@strictly
class CatalogService(Container):
    """A service, with nothing of any environment in it: a file of the catalog, `services/NAME.yaml`."""

    owner: str
    """The team that answers for the service."""
    repository: NotRequired[str]
    """Source repository, in the project's source host or as a whole. Default: the service's name."""
    ports: NotRequired[dict[str, int]]
    """Container ports by name. The first one is where other services find this one. Default: none."""
    service_ports: NotRequired[dict[str, int]]
    """Ports of the Kubernetes Service by name, where they differ from the container's. Default: `ports`."""
    uses: NotRequired[list[str]]
    """Services this one calls. For each the containers get `NAME_ADDR`, its host and first port, and, if it
    has several ports, `NAME_PORT_ADDR` for each. Default: none."""
    files: NotRequired[dict[str, str]]
    """Files by absolute path, with their content; read-only. Default: none."""
    secrets: NotRequired[list[str]]
    """Environment variables whose values environments keep encrypted in `flotilla:secrets`. Default: none."""
    probes: NotRequired[Probes]
    """Health. Default: no probes, so that a running container counts as ready."""
    init_containers: NotRequired[dict[str, InitContainer]]
    """Containers that run before the service's own, by name, in the order of their names. Default: none."""
    volumes: NotRequired[dict[str, Volume]]
    """Directories for the containers, by name. Default: none."""
    termination_grace_period_seconds: NotRequired[int]
    """Seconds between the request to stop and the end by force. Default: 30."""
    security: NotRequired[Security]
    """Relaxations of the restricted defaults. Default: none."""
    permissions: NotRequired[Permissions]
    """What its pods may do in the cloud. Default: nothing."""


@strictly
class Deployed(TypedDict):
    """What an environment says of a service it runs."""

    release: str
    """Release to run: a tag of the image."""
    digest: NotRequired[str]
    """What the release stands for, `sha256:…`, even if somebody moves the tag. Default: what the tag says."""
    replicas: NotRequired[int]
    """Number of pods. Default: 1."""
    service_type: NotRequired[ServiceType]
    """How the service is reached. Default: `ClusterIP`."""
    static_address: NotRequired[bool]
    """Whether its load balancer takes the addresses that the cluster has reserved, and, where the cluster has
    a `dnsZone`, the environment's domain leads there: `CLUSTER.DOMAIN` on other clusters than `main`. One
    service of a cluster can. Default: false."""
    clusters: NotRequired[list[str]]
    """Clusters of the environment that it runs on. Default: all."""


@strictly
class EnvironmentService(Overridable, Deployed):
    """A service as a stack file names it: its release, and what differs from the catalog."""

    permissions: NotRequired[Permissions]
    """What its pods may do in the cloud: for each cloud named here, in place of the catalog's. Default: the
    catalog's."""


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
    """Seconds a rollout may take before it counts as failed. Default: 600."""
