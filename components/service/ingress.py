"""The Ingress of a service."""

from collections.abc import Mapping
from typing import cast

from components.service.manifest import Manifest, metadata
from components.service.ports import service_ports
from components.types import ServiceSpec


def ingress(name: str, spec: ServiceSpec) -> Manifest | None:
    """A name under which an ingress controller leads requests to it; None if it has none."""
    if "ingress" not in spec:
        return None
    wanted = spec["ingress"]
    port = wanted.get("port", next(iter(service_ports(spec)), ""))
    backend: Manifest = {"service": {"name": name, "port": {"name": port}}}
    path: Manifest = {"path": wanted.get("path", "/"), "pathType": "Prefix", "backend": backend}
    described: Manifest = {"rules": [{"host": wanted["host"], "http": {"paths": [path]}}]}
    if "class_name" in wanted:
        described["ingressClassName"] = wanted["class_name"]
    if "tls_secret" in wanted:
        described["tls"] = [{"hosts": [wanted["host"]], "secretName": wanted["tls_secret"]}]
    own = metadata(name, spec)
    annotations = {**wanted.get("annotations", {}), **cast("Mapping[str, str]", own["annotations"])}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {**own, "annotations": annotations},
        "spec": described,
    }
