"""The cluster's addresses: what its specification comes to, and what can be wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

from components.errors import Path, Problem
from components.types import AksClusterSpec, AksNetwork, AksOutbound

CIDR, POD_CIDR, SERVICE_CIDR = "10.224.0.0/16", "10.244.0.0/16", "10.0.0.0/16"
"""AKS' own defaults for a network that it makes itself (learn.microsoft.com/azure/aks/concepts-network)."""

SUBNET_PREFIX = 20
LARGEST_PREFIX, SMALLEST_PREFIX = 8, 29
"""Azure's limits for networks and subnets; it keeps five addresses of each subnet."""
POD_PREFIX_OF_NODE = 24
"""What each node takes of the pods' addresses in an overlay."""
SERVICE_PREFIXES = range(13, 29)
"""The addresses of Kubernetes Services: fewer than a /12 has (AKS), and with a tenth one for DNS."""
RESERVED = tuple(
    IPv4Network(each) for each in ("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")
)
"""Addresses that AKS clusters may not use (learn.microsoft.com/azure/aks/azure-cni-overlay)."""
PRIVATE = tuple(IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""Addresses that no packet from the internet comes from (RFC 1918)."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of a cluster, defaults filled in."""

    subnet_id: str
    """The existing subnet of the nodes; empty where the cluster has a network of its own."""
    cidr: str
    subnet_cidr: str
    pod_cidr: str
    service_cidr: str
    dns_service_ip: str
    outbound: AksOutbound


def addresses_of(spec: AksClusterSpec) -> Addresses:
    """The addresses of a cluster; what cannot be derived from a mistake stays empty."""
    network: AksNetwork = spec.get("network", {})
    cidr = network.get("cidr", CIDR)
    services = network.get("service_cidr", SERVICE_CIDR)
    return Addresses(
        subnet_id=network.get("subnet_id", ""),
        cidr=cidr,
        subnet_cidr=network.get("subnet_cidr", _first(cidr)),
        pod_cidr=network.get("pod_cidr", POD_CIDR),
        service_cidr=services,
        dns_service_ip=network.get("dns_service_ip", _tenth(services)),
        outbound=network.get("outbound", AksOutbound.NAT_GATEWAY),
    )


def address_problems(spec: AksClusterSpec) -> Iterator[Problem]:
    """What is impossible in a cluster's addresses; paths are relative to the cluster."""
    addresses, network = addresses_of(spec), spec.get("network", {})
    texts = {"podCidr": addresses.pod_cidr, "serviceCidr": addresses.service_cidr}
    if not addresses.subnet_id:
        texts = {"cidr": addresses.cidr, **texts}
        if "subnet_cidr" in network:
            texts["subnetCidr"] = network["subnet_cidr"]
    blocks: dict[str, IPv4Network] = {}
    for key, text in texts.items():
        block = block_of(text)
        if isinstance(block, str):
            yield Problem(("network", key), f'"{text}" is not a CIDR block', block)
        else:
            blocks[key] = block
    yield from _of_sizes(blocks)
    yield from _overlaps(blocks)
    yield from _of_subnet(spec, addresses, blocks)
    if "dns_service_ip" in network:
        yield from _of_dns(network["dns_service_ip"], blocks.get("serviceCidr"))


def block_of(text: str) -> IPv4Network | str:
    """A CIDR block; of a wrong one, the cure."""
    if "/" not in text:
        return "Write it like 10.20.0.0/16."
    try:
        return IPv4Network(text)
    except ValueError:
        pass
    try:
        return f"Its network starts earlier: {IPv4Network(text, strict=False)}."
    except ValueError:
        return "Write it like 10.20.0.0/16."


def public_cidr_problems(path: Path, cidrs: list[str]) -> Iterator[Problem]:
    """What is impossible in the blocks that the Kubernetes API is reached from."""
    for index, text in enumerate(cidrs):
        block = block_of(text)
        if isinstance(block, str):
            yield Problem((*path, index), f'"{text}" is not a CIDR block', block)
        elif any(block.overlaps(private) for private in PRIVATE):
            cure = "Give the address that it has in the internet: curl https://api.ipify.org."
            yield Problem((*path, index), f"{text} is not reached from the internet", cure)


def _of_sizes(blocks: dict[str, IPv4Network]) -> Iterator[Problem]:
    for key in ("cidr", "subnetCidr"):
        block = blocks.get(key)
        if block and not LARGEST_PREFIX <= block.prefixlen <= SMALLEST_PREFIX:
            yield Problem(
                ("network", key), f"{block} is no size that Azure takes", "Give a block from /8 to /29."
            )
    pods, services = blocks.get("podCidr"), blocks.get("serviceCidr")
    if pods and pods.prefixlen >= POD_PREFIX_OF_NODE:
        cure = "Each node takes a /24 of it: give at least a /23."
        yield Problem(("network", "podCidr"), f"{pods} is too small for two nodes", cure)
    if services and services.prefixlen not in SERVICE_PREFIXES:
        what = f"{services} is no size for Kubernetes Services"
        yield Problem(("network", "serviceCidr"), what, "Give a block from /13 to /28.")
    for key, block in blocks.items():
        for reserved in RESERVED:
            if block.overlaps(reserved):
                yield Problem(
                    ("network", key), f"{block} overlaps {reserved}, which AKS keeps", "Choose another block."
                )


def _overlaps(blocks: dict[str, IPv4Network]) -> Iterator[Problem]:
    for one, other in combinations((key for key in blocks if key != "subnetCidr"), 2):
        if blocks[one].overlaps(blocks[other]):
            yield Problem(
                ("network", other),
                f"{blocks[other]} overlaps {one}, {blocks[one]}",
                "Choose blocks that share no address.",
            )


def _of_subnet(
    spec: AksClusterSpec, addresses: Addresses, blocks: dict[str, IPv4Network]
) -> Iterator[Problem]:
    network: AksNetwork = spec.get("network", {})
    cidr, subnet = blocks.get("cidr"), blocks.get("subnetCidr")
    if cidr and subnet and not subnet.subnet_of(cidr):
        cure = f"Choose a part of the network, such as {_first(str(cidr))}."
        yield Problem(("network", "subnetCidr"), f"{subnet} is outside the network, {cidr}", cure)
    if addresses.subnet_id:
        for key in ("cidr", "subnet_cidr"):
            if key in network:
                where = ("network", "subnetCidr" if key == "subnet_cidr" else key)
                yield Problem(
                    where, "belongs to a network of its own, and subnetId names one", "Remove one of them."
                )
    elif addresses.outbound == AksOutbound.USER_DEFINED_ROUTING:
        cure = "Name the subnet that has the routes by subnetId, or choose another way."
        yield Problem(("network", "outbound"), "a network of its own has no routes", cure)


def _of_dns(text: str, services: IPv4Network | None) -> Iterator[Problem]:
    if services is None:
        return
    where = ("network", "dnsServiceIp")
    try:
        address = IPv4Address(text)
    except ValueError:
        yield Problem(where, f'"{text}" is not an address', f"Write it like {_tenth(str(services))}.")
        return
    if address not in services:
        yield Problem(where, f"{address} is outside serviceCidr, {services}", "Choose an address within it.")
    elif address in {services[0], services[1], services[-1]}:
        cure = f"Choose another one, such as {_tenth(str(services))}."
        yield Problem(where, f"{address} is Kubernetes' own", cure)


def _first(cidr: str) -> str:
    block = block_of(cidr)
    if isinstance(block, str):
        return cidr
    return str(next(block.subnets(new_prefix=SUBNET_PREFIX))) if block.prefixlen < SUBNET_PREFIX else cidr


def _tenth(cidr: str) -> str:
    block = block_of(cidr)
    return "" if isinstance(block, str) else str(block[min(10, block.num_addresses - 1)])
