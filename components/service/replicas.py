"""How many pods a service has."""

from components.types import ServiceSpec


def replicas_of(spec: ServiceSpec) -> int:
    """The number of pods that a workload is created with; an autoscaler owns it from then on."""
    if "autoscaling" in spec:
        return int(spec["autoscaling"].get("min_replicas", 1))
    return int(spec.get("replicas", 1))


def is_autoscaled(spec: ServiceSpec) -> bool:
    """Whether something else than the program owns the number of pods."""
    return "autoscaling" in spec
