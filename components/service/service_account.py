"""The service account of a service: who its pods are."""

from components.service.manifest import Manifest, metadata
from components.types import ServiceSpec


def service_account(name: str, spec: ServiceSpec) -> Manifest:
    """A service account of the service's own, without a token for the Kubernetes API unless asked for."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(name, spec),
        "automountServiceAccountToken": spec.get("security", {}).get("service_account_token", False),
    }
