"""The autoscalers of a service."""

from components.service.manifest import Manifest
from components.types import ServiceSpec


def autoscaler(name: str, spec: ServiceSpec, target: Manifest) -> Manifest | None:
    """The HorizontalPodAutoscaler, or KEDA's ScaledObject; None for a service with a fixed number of pods.

    Args:
        name: The service.
        spec: What it is.
        target: What is scaled: `apiVersion`, `kind`, `name`.
    """
    del name, spec, target
    return None


def vertical_autoscaler(name: str, spec: ServiceSpec, target: Manifest) -> Manifest | None:
    """The VerticalPodAutoscaler; None for a service without one.

    Args:
        name: The service.
        spec: What it is.
        target: What is scaled: `apiVersion`, `kind`, `name`.
    """
    del name, spec, target
    return None
