"""The NetworkPolicy of a service: who may talk with it, and with whom it may talk."""

from components.service.manifest import Manifest
from components.types import ServiceSpec


def network_policy(name: str, spec: ServiceSpec) -> Manifest | None:
    """What is allowed, everything else being denied; None in an open network."""
    del name, spec
    return None
