"""The PodDisruptionBudget of a service."""

from components.service.manifest import Manifest
from components.types import ServiceSpec


def disruption_budget(name: str, spec: ServiceSpec) -> Manifest | None:
    """How many pods may be missing at once; None for a service that does not say."""
    del name, spec
    return None
