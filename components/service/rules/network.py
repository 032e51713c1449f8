"""What is impossible in how a service is reached, and in what it may reach."""

import re
from collections.abc import Iterator

from components.errors import Path, Problem, listing, nearest
from components.naming import is_dns_label, is_label_key, is_label_value, is_object_name
from components.networks import is_inside, network_of
from components.service.ports import protocol_of
from components.service.rules.numbers import range_problems
from components.service.rules.ports import MAX_PORT
from components.types import Ingress, Peers, Protocol, ServiceSpec, ServiceType

NODE_PORTS = (30000, 32767)
"""Kubernetes' default range of ports of nodes."""
DAY = 24 * 60 * 60
"""Seconds: the longest session affinity (Kubernetes' validation)."""

_HOST = re.compile(
    r"(\*\.)?(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
)
_NAME_CURE = "Use a-z, 0-9, - and ., from a letter or digit to one."


def network_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of how a service is reached, and of its network policy."""
    yield from _node_ports(spec)
    yield from _type(spec)
    if "ingress" in spec:
        yield from _ingress(spec["ingress"], spec, ("ingress",))
    policy = spec.get("network_policy", {})
    for key, rules in (("ingress", policy.get("ingress", {})), ("egress", policy.get("egress", {}))):
        for name, peers in rules.items():
            yield from _peers(peers, ("networkPolicy", key, name))


def _type(spec: ServiceSpec) -> Iterator[Problem]:
    kind, ports = spec.get("service_type"), spec.get("ports", {})
    if kind in {ServiceType.HEADLESS, ServiceType.NODE_PORT} and not ports:
        yield Problem(
            ("serviceType",), f"{kind} for a service without ports", "Declare its ports in the catalog."
        )
    if kind == ServiceType.HEADLESS:
        for name, port in spec.get("service_ports", {}).items():
            if port != ports.get(name, port):
                cure = "Headless leads to the pods themselves: remove it, or choose ClusterIP."
                yield Problem(("servicePorts", name), f"{port} is not the port of the pods", cure)
    if "session_affinity_seconds" in spec:
        seconds = {"sessionAffinitySeconds": spec["session_affinity_seconds"]}
        yield from range_problems(seconds, (), 1, DAY)
        if kind == ServiceType.HEADLESS or not ports:
            cure = "Remove it, or choose another serviceType." if ports else "Remove it, or declare ports."
            yield Problem(("sessionAffinitySeconds",), "no address that could keep clients to a pod", cure)
    protocols = {protocol_of(name) for name in ports}
    if kind == ServiceType.LOAD_BALANCER and len(protocols) > 1:
        cure = "Most clouds' load balancers serve one protocol: make a service of each."
        yield Problem(("serviceType",), "a load balancer for TCP and UDP at once", cure)


def _node_ports(spec: ServiceSpec) -> Iterator[Problem]:
    chosen, ports = spec.get("node_ports", {}), spec.get("ports", {})
    if chosen and spec.get("service_type") != ServiceType.NODE_PORT:
        yield Problem(
            ("nodePorts",), "only serviceType: NodePort has ports of nodes", "Add it, or remove these."
        )
    yield from range_problems({**chosen}, ("nodePorts",), *NODE_PORTS)
    owners: dict[int, str] = {}
    for name, port in chosen.items():
        if name not in ports:
            cure = f"Name one of ports: {listing(ports)}." if ports else "Declare it in ports."
            yield Problem(("nodePorts", name), "no port of this name", cure, nearest(name, ports))
        if owners.setdefault(port, name) != name:
            what = f"{port} is already the port of {owners[port]}"
            yield Problem(("nodePorts", name), what, "Give each a port of its own.")


def _ingress(ingress: Ingress, spec: ServiceSpec, path: Path) -> Iterator[Problem]:
    ports = spec.get("ports", {})
    port = ingress.get("port", next(iter(ports), ""))
    if not ports:
        yield Problem(path, "leads to a service without ports", "Declare its ports in the catalog.")
    elif port not in ports:
        cure = f"Name one of ports: {listing(ports)}."
        yield Problem((*path, "port"), f"{port} is no port of the service", cure, nearest(port, ports))
    elif protocol_of(port) == Protocol.UDP:
        yield Problem((*path, "port"), f"{port} is UDP; an Ingress leads HTTP", "Name another port.")
    if not _HOST.fullmatch(ingress["host"]):
        cure = "Write the whole name in small letters, such as www.shop.example.com or *.shop.example.com."
        yield Problem((*path, "host"), f'"{ingress["host"]}" is not a host name', cure)
    if not ingress.get("path", "/").startswith("/"):
        yield Problem((*path, "path"), "does not start with /", f"Write /{ingress.get('path')}.")
    for key, name in (("className", ingress.get("class_name")), ("tlsSecret", ingress.get("tls_secret"))):
        if name is not None and not is_object_name(name):
            yield Problem((*path, key), f'"{name}" is not a name in Kubernetes', _NAME_CURE)


def _peers(peers: Peers, path: Path) -> Iterator[Problem]:
    cidrs, pods = peers.get("cidrs", []), "namespace" in peers or "pod_labels" in peers
    if not cidrs and not pods:
        cure = "Give cidrs, namespace or podLabels; cidrs: [0.0.0.0/0] for everywhere."
        yield Problem(path, "does not say who", cure)
    if cidrs and pods:
        yield Problem(path, "is addresses and pods at once", "Make two entries of it.")
    yield from _addresses(peers, path)
    namespace = peers.get("namespace", "any")
    if not is_dns_label(namespace):
        yield Problem((*path, "namespace"), f'"{namespace}" is no name of a namespace', "Use a-z, 0-9 and -.")
    for key, value in peers.get("pod_labels", {}).items():
        if not is_label_key(key) or not is_label_value(value):
            cure = "Use letters, digits, -, _ and ., at most 63."
            yield Problem((*path, "podLabels", key), f'"{key}: {value}" is no label', cure)
    for index, port in enumerate(peers.get("ports", [])):
        if not 0 < port <= MAX_PORT:
            yield Problem((*path, "ports", index), f"{port} is not a port", f"Choose one of 1 to {MAX_PORT}.")


def _addresses(peers: Peers, path: Path) -> Iterator[Problem]:
    cidrs, excepted = peers.get("cidrs", []), peers.get("except_cidrs", [])
    for key, blocks in (("cidrs", cidrs), ("exceptCidrs", excepted)):
        for index, cidr in enumerate(blocks):
            if network_of(cidr) is None:
                cure = "Write address and length, with zeros after it: 10.20.0.0/16."
                yield Problem((*path, key, index), f'"{cidr}" is not a range of addresses', cure)
    for index, cidr in enumerate(excepted):
        if network_of(cidr) and not any(is_inside(cidr, outer) for outer in cidrs):
            yield Problem((*path, "exceptCidrs", index), f"{cidr} is in none of cidrs", "Remove it.")
