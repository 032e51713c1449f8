"""The ports of a service: their protocols, and the ports of its Kubernetes Service."""

from components.types import CatalogService, Protocol

GRPC = "kubernetes.io/h2c"
"""How a Kubernetes Service tells that a port speaks HTTP/2 without TLS, as gRPC does (KEP-3726)."""


def protocol_of(port: str) -> Protocol:
    """The transport protocol of a port, by the first word of its name.

    Example:
        protocol_of("udp-dns") == Protocol.UDP
        protocol_of("redis") == Protocol.TCP
    """
    return Protocol.UDP if port.split("-", 1)[0] == "udp" else Protocol.TCP


def is_grpc(port: str) -> bool:
    """Whether a port speaks gRPC, by the first word of its name."""
    return port.split("-", 1)[0] == "grpc"


def service_ports(service: CatalogService) -> dict[str, int]:
    """The ports of a service's Kubernetes Service, by name, in the order of its `ports`."""
    ports = service.get("ports", {})
    changed = {name: port for name, port in service.get("service_ports", {}).items() if name in ports}
    return {name: int(port) for name, port in {**ports, **changed}.items()}


def first_tcp_port(service: CatalogService) -> int | None:
    """The first container port that accepts connections; None if there is none."""
    found = [port for name, port in service.get("ports", {}).items() if protocol_of(name) == Protocol.TCP]
    return int(found[0]) if found else None
