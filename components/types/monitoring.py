"""What can be said of how a service is watched."""

from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


@strictly
class Metrics(TypedDict):
    """Where Prometheus finds the metrics of each pod."""

    port: str
    """Name of the port."""
    path: NotRequired[str]
    """Path, from `/`. Default: `/metrics`."""
    pod_monitor: NotRequired[bool]
    """Whether to say it by a PodMonitor, for a cluster with the Prometheus operator, and not by annotations
    of the pods. Default: false."""
    interval_seconds: NotRequired[int]
    """Seconds between two scrapes, with `podMonitor`. Default: Prometheus' own."""
