"""The StatefulSet of a service that holds data, and the claims of its pods."""

from components.service.manifest import Manifest
from components.types import ServiceSpec


def stateful_set(name: str, spec: ServiceSpec, template: Manifest, storage_class: object = None) -> Manifest:
    """A StatefulSet that replaces its pods one at a time.

    Args:
        name: The service.
        spec: What it is.
        template: What each pod is.
        storage_class: The cluster's storage class; None for its default one.
    """
    del name, spec, template, storage_class
    return {}


def claims(name: str, spec: ServiceSpec, storage_class: object = None) -> dict[str, Manifest]:
    """The PersistentVolumeClaims of its pods, by the name under which the StatefulSet looks for each."""
    del name, spec, storage_class
    return {}


def governing_service(name: str, spec: ServiceSpec) -> Manifest:
    """The headless Kubernetes Service that gives each pod a name."""
    del name, spec
    return {}
