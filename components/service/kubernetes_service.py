"""The Kubernetes Service of a service: the name under which others reach its pods."""

from components.service.discovery import service_ports
from components.service.manifest import Manifest, metadata, selector
from components.types import ServiceSpec, ServiceType


def kubernetes_service(name: str, spec: ServiceSpec) -> Manifest:
    """A Kubernetes Service with a name for each port; a load balancer where the environment wants one."""
    kind = spec.get("service_type", ServiceType.CLUSTER_IP)
    # Its endpoints tell nothing that the Deployment does not, and waiting for them takes the provider 10 s.
    annotations = {} if kind == ServiceType.LOAD_BALANCER else {"skipAwait": "true"}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, spec, **annotations),
        "spec": {
            "type": str(kind),
            "selector": selector(name),
            "ports": [
                {"name": port, "port": number, "targetPort": port, "protocol": "TCP"}
                for port, number in sorted(service_ports(spec).items())
            ],
        },
    }
