"""What can be said of how many pods a service has, and how big they are."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


@strictly
class ScalingPolicy(TypedDict):
    """How fast the number of pods may change in one direction."""

    stabilization_window_seconds: NotRequired[int]
    """Seconds whose most careful wish counts, against to and fro. Default: 0 up, 300 down."""
    max_pods: NotRequired[int]
    """Most pods in one period. Default: 4 up unless `maxPercent` is given; no limit down."""
    max_percent: NotRequired[int]
    """Most percent of the pods in one period; the larger of the two counts. Default: 100."""
    period_seconds: NotRequired[int]
    """Seconds of a period. Default: 15."""


@strictly
class ExternalMetric(TypedDict):
    """A metric from outside the cluster, by the external metrics API: exactly one of the two values."""

    selector: NotRequired[dict[str, str]]
    """Labels that choose among the metrics of this name. Default: all of them."""
    value: NotRequired[str]
    """Wanted value, as a quantity."""
    average_value: NotRequired[str]
    """Wanted value for each pod, as a quantity."""


@strictly
class KedaTrigger(TypedDict):
    """What KEDA asks for the load: a queue, a stream, a schedule, a query."""

    type: str
    """KEDA's name of the scaler: `rabbitmq`, `cron`, `prometheus`, …"""
    metadata: dict[str, str]
    """The scaler's settings, in KEDA's words. Nothing secret: that belongs in `authentication`."""
    authentication: NotRequired[str]
    """Name of a TriggerAuthentication in the namespace. Default: none."""


@strictly
class Keda(TypedDict):
    """Scaling by KEDA, which the cluster has to have: a ScaledObject in the autoscaler's place."""

    triggers: dict[str, KedaTrigger]
    """What KEDA asks, by name."""
    polling_interval_seconds: NotRequired[int]
    """Seconds between two questions. Default: 30."""
    cooldown_seconds: NotRequired[int]
    """Seconds without load until the last pod goes, with `minReplicas: 0`. Default: 300."""


@strictly
class Autoscaling(TypedDict):
    """A number of pods that follows the load: a HorizontalPodAutoscaler.

    It owns the number of pods: `replicas` has no place beside it.
    """

    min_replicas: NotRequired[int]
    """Fewest pods; 0 with `keda` only. Default: 1."""
    max_replicas: int
    """Most pods."""
    target_cpu_utilization: NotRequired[int]
    """Percent of the requested CPU that pods should use on average. Default: 80 where no other metric is
    given, else none."""
    target_memory_utilization: NotRequired[int]
    """Percent of the requested memory that pods should use on average. Default: none."""
    pod_metrics: NotRequired[dict[str, str]]
    """Wanted average per pod of metrics of the custom metrics API, by name, as quantities. Default: none."""
    external_metrics: NotRequired[dict[str, ExternalMetric]]
    """Metrics of the external metrics API, by name. Default: none."""
    scale_up: NotRequired[ScalingPolicy]
    """How fast pods may come. Default: Kubernetes' own."""
    scale_down: NotRequired[ScalingPolicy]
    """How fast pods may go. Default: Kubernetes' own."""
    keda: NotRequired[Keda]
    """Scale by KEDA's triggers too. Default: not."""


class VerticalScalingMode(StrEnum):
    """What a VerticalPodAutoscaler does with what it recommends."""

    OFF = "Off"
    """Nothing: its status tells."""
    INITIAL = "Initial"
    """New pods get it."""
    RECREATE = "Recreate"
    """Pods that are far from it are replaced."""
    IN_PLACE_OR_RECREATE = "InPlaceOrRecreate"
    """Pods are resized as they run, and replaced where that is not possible."""


@strictly
class VerticalScaling(TypedDict):
    """Requests that follow the use: a VerticalPodAutoscaler, whose controller the cluster has to have."""

    mode: NotRequired[VerticalScalingMode]
    """What is done with the recommendation. Default: `Off`."""
    resources: NotRequired[list[str]]
    """What it sizes: `cpu`, `memory`. Default: both."""
    min_allowed: NotRequired[dict[str, str]]
    """Least requests, by resource. Default: no bound."""
    max_allowed: NotRequired[dict[str, str]]
    """Largest requests, by resource. Default: no bound."""
