"""The service account of a service: who its pods are."""

from components.service.annotations import with_annotations
from components.service.manifest import Manifest, metadata
from components.types import ServiceSpec
from components.wiring import ServiceIdentity


def service_account(name: str, spec: ServiceSpec, identity: ServiceIdentity | None = None) -> Manifest:
    """A service account of the service's own, without a token for the Kubernetes API unless asked for.

    Args:
        name: The service.
        spec: What it is.
        identity: How its pods act in the cluster's cloud; None if they do not.
    """
    annotations = identity["service_account_annotations"] if identity else None
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": with_annotations(metadata(name, spec), annotations),
        "automountServiceAccountToken": spec.get("security", {}).get("service_account_token", False),
    }
