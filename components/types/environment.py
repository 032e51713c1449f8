"""What can be said of an environment and of the project it belongs to."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


class Tier(StrEnum):
    """How much an environment matters; defaults depend on it (`components/tiers.py`)."""

    PRODUCTION = "production"
    """Users depend on it."""
    STAGING = "staging"
    """The last stop before production."""
    DEVELOPMENT = "development"
    """For trying things out."""
    REVIEW = "review"
    """Lives as long as a pull request."""


class PodSecurity(StrEnum):
    """The Pod Security Standard that a namespace enforces."""

    RESTRICTED = "restricted"
    """Hardened pods only."""
    BASELINE = "baseline"
    """No known privilege escalation; root is allowed."""
    PRIVILEGED = "privileged"
    """Anything."""


@strictly
class ProjectSpec(TypedDict):
    """Whose services these are: one for all stacks, in `Pulumi.yaml`."""

    name: str
    """Name of the project, a label of every object."""
    source: str
    """Where its repositories are: host and organization or group, `github.com/acme`."""
    registry: str
    """Registry of its images: `ghcr.io/acme`."""
    allowed_registries: NotRequired[list[str]]
    """Where images may come from besides, as host or host and path: `docker.io/library`. Default:
    anywhere."""


@strictly
class EnvironmentSpec(TypedDict):
    """An environment: a place where chosen services run at chosen releases."""

    tier: Tier
    """How much it matters; defaults depend on it."""
    domain: NotRequired[str]
    """Domain under which its services are found. Default: none."""
    namespace: NotRequired[str]
    """Kubernetes namespace. Default: the stack's name."""
    labels: NotRequired[dict[str, str]]
    """Labels for all its objects, such as a cost centre. Default: none."""
    rollout_timeout_seconds: NotRequired[int]
    """Seconds a rollout may take before it counts as failed. Default: by tier."""
    pod_security: NotRequired[PodSecurity]
    """Pod Security Standard that the namespace enforces. Default: `restricted`."""
    network_policies: NotRequired[bool]
    """Whether each service has a NetworkPolicy that denies what nobody said. Default: true."""
    require_digests: NotRequired[bool]
    """Whether every release has to say its digest, so that a moved tag changes nothing. Default: false."""
