"""The Helm release of a service that comes as a chart."""

from components.service.manifest import Manifest
from components.types import ServiceSpec


def chart_release(name: str, spec: ServiceSpec, secret_values: object = None) -> Manifest:
    """The inputs of a Helm release.

    Args:
        name: The service.
        spec: What it is.
        secret_values: Values of `secrets`, by variable.
    """
    del name, spec, secret_values
    return {}
