"""What can be said of how one release follows another."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


class RolloutStrategy(StrEnum):
    """How the pods of a new release take the place of the old ones."""

    ROLLING_UPDATE = "RollingUpdate"
    """One after the other, each only after its successor is ready."""
    RECREATE = "Recreate"
    """All old ones go before the first new one comes: for what must never run twice. The first time, the
    Deployment is made anew."""
    BLUE_GREEN = "BlueGreen"
    """All new ones come beside the old ones; when all are ready, requests go to them, and the old ones go.
    With an autoscaler the new ones begin with `minReplicas`."""


@strictly
class CanaryStep(TypedDict):
    """A step of a rollout by Argo Rollouts."""

    weight: int
    """Percent of the pods that are of the new release, more than in the step before."""
    pause_seconds: NotRequired[int]
    """Seconds until the next step. Default: until somebody promotes it, which Pulumi does not wait for."""


@strictly
class ArgoRollout(TypedDict):
    """A rollout by Argo Rollouts, whose controller the cluster has to have.

    A Rollout takes the Deployment's place. With `strategy: BlueGreen` its controller switches all requests at
    once, and owns the selector of the Kubernetes Service; otherwise it takes `steps`.
    """

    steps: NotRequired[list[CanaryStep]]
    """Steps, in their order. Default: none, which is a rolling update."""


@strictly
class Rollout(TypedDict):
    """How one release follows another."""

    strategy: NotRequired[RolloutStrategy]
    """How new pods take the place of old ones. Default: `RollingUpdate`."""
    max_surge: NotRequired[str]
    """Most pods above the wanted number while rolling, as a number or percentage in quotes. Default:
    `"1"`."""
    max_unavailable: NotRequired[str]
    """Most pods below the wanted number while rolling, as a number or percentage in quotes. Default: `"0"`;
    for a StatefulSet, which replaces pods in place, always 1."""
    min_ready_seconds: NotRequired[int]
    """Seconds a new pod has to be ready without a crash before it counts. Default: 0."""
    timeout_seconds: NotRequired[int]
    """Seconds without progress, or for Pulumi in all, after which the rollout has failed and the old pods go
    on serving. Default: the environment's `rolloutTimeoutSeconds`."""
    argo: NotRequired[ArgoRollout]
    """Roll out by Argo Rollouts. Default: plain Kubernetes objects."""


@strictly
class Canary(TypedDict):
    """A second release beside the first, for a part of the requests: a Deployment of its own.

    The Kubernetes Service leads to the pods of both, so the part is that of the pods. To promote it, make it
    the service's `release` and remove it here; to abort, remove it.
    """

    release: str
    """Release to try: a tag of the image."""
    digest: NotRequired[str]
    """What it stands for, `sha256:…`. Default: what the tag says."""
    replicas: NotRequired[int]
    """Number of its pods. Default: 1."""
