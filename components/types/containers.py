"""What can be said of a container: what it runs, how its health is asked, and what it may take and do."""

from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


@strictly
class HttpGet(TypedDict):
    """An HTTP request that has to be answered with a status of 200 to 399."""

    path: str
    """Path of the request, from `/`."""
    port: int
    """Container port: one of the container's `ports`."""
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
    """The questions Kubernetes asks a container."""

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
class Lifecycle(TypedDict):
    """Commands inside the container at the ends of its life."""

    post_start: NotRequired[list[str]]
    """Command that runs right after the start; if it fails, the container is started anew. Default: none."""
    pre_stop: NotRequired[list[str]]
    """Command that runs before the container is asked to stop, in place of `preStopSeconds`; the grace period
    counts from its start. Default: none."""


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
    """Image repository; one without a registry's host is looked for in the project's registry.
    Default: the service's name."""
    command: NotRequired[list[str]]
    """Entry point, in place of the image's. Default: the image's."""
    args: NotRequired[list[str]]
    """Arguments of the entry point. Default: the image's."""
    working_dir: NotRequired[str]
    """Directory it starts in, from `/`. Default: the image's."""


@strictly
class InitContainer(Container):
    """A container that has to end with 0 before the service's own starts.

    It sees the same volumes, secrets and addresses. `image` has its tag or digest; left out, it is the
    service's own image.
    """


@strictly
class PodContainer(Container):
    """A container beside the service's own, in the same pod: they reach each other on `localhost`.

    It sees the addresses of the services that are used, and the secrets and volumes that name it. `image` has
    its tag or digest; left out, it is the service's own image.
    """

    ports: NotRequired[dict[str, int]]
    """Container ports by name, as the service's own; no two containers of a pod share a port. The Kubernetes
    Service has them too. Default: none."""
    secrets: NotRequired[list[str]]
    """Which of the service's secrets it gets as environment variables. Default: none."""
    probes: NotRequired[Probes]
    """Health. Default: none, so that it counts as ready once it runs."""
    lifecycle: NotRequired[Lifecycle]
    """Commands at the ends of its life. Default: none."""
    security: NotRequired[Security]
    """Its relaxations of the restricted defaults. Default: the service's own."""
