"""How a service is watched: annotations of its pods, or a PodMonitor, and where people look."""

from components.service.manifest import Manifest, metadata, serving
from components.types import ServiceSpec


def pod_annotations(spec: ServiceSpec) -> dict[str, str]:
    """Annotations of the pods for who collects metrics and logs."""
    found: dict[str, str] = {}
    if "log_format" in spec:
        found["flotilla/log-format"] = spec["log_format"]
    metrics = spec.get("metrics")
    if metrics and not metrics.get("pod_monitor"):
        found["prometheus.io/scrape"] = "true"
        found["prometheus.io/port"] = str(metrics_port(spec))
        found["prometheus.io/path"] = metrics.get("path", "/metrics")
    return found


def metrics_port(spec: ServiceSpec) -> int:
    """The container port that serves metrics, be it of the service's own container or of another."""
    return metrics_ports(spec).get(spec.get("metrics", {}).get("port", ""), 0)


def metrics_ports(spec: ServiceSpec) -> dict[str, int]:
    """The ports of all containers of a pod, by name."""
    others = [*spec.get("containers", {}).values(), *spec.get("sidecars", {}).values()]
    declared = [spec.get("ports", {}), *(other.get("ports", {}) for other in others)]
    return {name: int(port) for ports in declared for name, port in ports.items()}


def pod_monitor(name: str, spec: ServiceSpec) -> Manifest | None:
    """The PodMonitor of a service; None if it wants none."""
    metrics = spec.get("metrics")
    if not metrics or not metrics.get("pod_monitor"):
        return None
    endpoint: Manifest = {"port": metrics["port"], "path": metrics.get("path", "/metrics")}
    if "interval_seconds" in metrics:
        endpoint["interval"] = f"{int(metrics['interval_seconds'])}s"
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": metadata(name, spec),
        "spec": {"selector": {"matchLabels": serving(name)}, "podMetricsEndpoints": [endpoint]},
    }
