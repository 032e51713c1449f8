"""The ExternalSecret of a service: what the External Secrets operator brings in."""

from components.service.manifest import Manifest
from components.types import ServiceSpec


def external_secret(name: str, spec: ServiceSpec) -> Manifest | None:
    """An ExternalSecret that fills one Secret; None for a service without external secrets."""
    del name, spec
    return None


def filled_secret(name: str) -> str:
    """The name of the Secret that it fills."""
    return name
