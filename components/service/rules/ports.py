"""What is impossible in the ports of a service."""

from collections.abc import Iterator, Mapping

from components.errors import Path, Problem, listing, nearest
from components.naming import is_port_name
from components.service.ports import protocol_of, service_ports
from components.types import ServiceSpec, ServiceType

MAX_PORT = 65535


def port_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of the ports of a service, and of how it is reached."""
    ports = spec.get("ports", {})
    yield from container_port_problems(ports, ("ports",))
    changed = spec.get("service_ports", {})
    for name in changed:
        if name not in ports:
            cure = f"Name one of ports: {listing(ports)}." if ports else "Declare it in ports."
            yield Problem(("servicePorts", name), "no port of this name", cure, nearest(name, ports))
    yield from _number_problems(changed, ("servicePorts",))
    if not _clashes(changed) and not _clashes(ports):
        for first, second, port in _clashes(service_ports(spec)):
            at = second if second in changed else first
            yield Problem(
                ("servicePorts", at),
                f"{first} and {second} are both port {port} of the Kubernetes Service",
                "Give each a port of its own.",
            )
    if spec.get("static_address") and spec.get("service_type") != ServiceType.LOAD_BALANCER:
        cure = "Add serviceType: LoadBalancer, or remove it."
        yield Problem(("staticAddress",), "needs a load balancer, which alone has such an address", cure)
    if spec.get("service_type") == ServiceType.LOAD_BALANCER and not ports:
        yield Problem(
            ("serviceType",),
            "a load balancer for a service without ports",
            "Declare its ports in the catalog.",
        )


def container_port_problems(ports: Mapping[str, int], path: Path) -> Iterator[Problem]:
    """Problems of the names and numbers of a container's ports.

    Args:
        ports: Its ports.
        path: Where they stand.
    """
    for name in ports:
        if not is_port_name(name):
            yield Problem(
                (*path, name),
                f'"{name}" cannot name a port',
                "Use at most 15 of a-z, 0-9 and -, with a letter, such as grpc or http-admin.",
            )
    yield from _number_problems(ports, path)


def _number_problems(ports: Mapping[str, int], path: Path) -> Iterator[Problem]:
    """Problems of the numbers of ports."""
    for name, port in ports.items():
        if not 0 < port <= MAX_PORT:
            yield Problem((*path, name), f"{port} is not a port", f"Choose one of 1 to {MAX_PORT}.")
    for first, second, port in _clashes(ports):
        yield Problem(
            (*path, second), f"{port} is already the port of {first}", "Give each a port of its own."
        )


def _clashes(ports: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Names that have the same port of the same protocol: the first, a later one, the port."""
    owners: dict[tuple[int, str], str] = {}
    return [
        (owners[port, protocol_of(name)], name, port)
        for name, port in ports.items()
        if owners.setdefault((port, protocol_of(name)), name) != name
    ]
