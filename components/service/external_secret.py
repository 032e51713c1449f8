"""The ExternalSecret of a service: what the External Secrets operator brings in."""

from components.naming import derived_name
from components.service.manifest import Manifest, metadata
from components.types import ExternalSecret, ServiceSpec

REFRESH_SECONDS = 3600


def external_secret(name: str, spec: ServiceSpec) -> Manifest | None:
    """An ExternalSecret that fills one Secret; None for a service without external secrets.

    Pulumi waits until the operator has filled it, so that no pod starts before.
    """
    wanted = spec.get("external_secrets")
    if not wanted:
        return None
    seconds = min(int(each.get("refresh_seconds", REFRESH_SECONDS)) for each in wanted.values())
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": metadata(name, spec, waitFor="condition=Ready"),
        "spec": {
            "refreshInterval": f"{seconds}s",
            "target": {"name": filled_secret(name)},
            "data": [_entry(variable, source) for variable, source in sorted(wanted.items())],
        },
    }


def filled_secret(name: str) -> str:
    """The name of the Secret that it fills."""
    return derived_name(name, "external")


def _entry(variable: str, source: ExternalSecret) -> Manifest:
    remote: Manifest = {"key": source["key"]}
    if "property" in source:
        remote["property"] = source["property"]
    store: Manifest = {"kind": "ClusterSecretStore", "name": source["store"]}
    return {"secretKey": variable, "remoteRef": remote, "sourceRef": {"storeRef": store}}
