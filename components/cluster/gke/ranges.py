"""The ranges of a cluster's network, and what can be wrong with them."""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from components.errors import Problem
from components.types import GkeNetwork

EXISTING = ("existing_network", "existing_subnetwork")
CREATED = ("cidr", "pods_cidr", "services_cidr", "egress_addresses")
MOST_EGRESS_ADDRESSES = 100

_KEYS = {
    "cidr": "cidr",
    "pods_cidr": "podsCidr",
    "services_cidr": "servicesCidr",
    "egress_addresses": "egressAddresses",
    "existing_network": "existingNetwork",
    "existing_subnetwork": "existingSubnetwork",
    "pods_range": "podsRange",
    "services_range": "servicesRange",
}
_RESERVED = (
    (ipaddress.IPv4Network("127.0.0.0/8"), "for a computer's talk to itself"),
    (ipaddress.IPv4Network("169.254.0.0/16"), "for links"),
    (ipaddress.IPv4Network("172.17.0.0/16"), "by the container runtime of nodes"),
    (ipaddress.IPv4Network("224.0.0.0/4"), "for multicast"),
)
"""Ranges that a subnetwork cannot have. Source: Google Cloud's "Subnets", prohibited IPv4 ranges, and GKE's
"VPC-native clusters" for the container runtime's."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """The ranges of a new network, in CIDR notation."""

    nodes: str
    pods: str
    services: str


@dataclass(frozen=True, slots=True)
class _Range:
    key: str
    what: str
    default: str
    shortest: int
    longest: int


_RANGES = (
    _Range("cidr", "nodes", "10.10.0.0/20", 8, 29),
    _Range("pods_cidr", "pods", "10.16.0.0/14", 9, 21),
    _Range("services_cidr", "Kubernetes Services", "10.11.0.0/20", 16, 27),
)
"""Their limits. Source: GKE's "VPC-native clusters", range sizes."""


def is_existing(network: GkeNetwork) -> bool:
    """Whether a network is there already."""
    return any(key in network for key in EXISTING)


def ranges_of(network: GkeNetwork) -> Ranges:
    """The ranges of a new network."""
    return Ranges(*(_text(network, each) for each in _RANGES))


def network_problems(network: GkeNetwork) -> Iterator[Problem]:
    """What is impossible in a network; paths are relative to it."""
    if is_existing(network):
        yield from _existing_problems(network)
        return
    for key in ("pods_range", "services_range"):
        if key in network:
            cure = "Remove it, or add existingNetwork and existingSubnetwork."
            yield Problem((_KEYS[key],), "belongs to a network that is there already", cure)
    if not 0 <= network.get("egress_addresses", 0) <= MOST_EGRESS_ADDRESSES:
        cure = f"Give 0 to {MOST_EGRESS_ADDRESSES}."
        yield Problem(("egressAddresses",), f"cannot be {network.get('egress_addresses')}", cure)
    yield from _range_problems(network)


def _existing_problems(network: GkeNetwork) -> Iterator[Problem]:
    for key in EXISTING:
        if not network.get(key):
            cure = "Name network and subnetwork, or remove the other for a new network."
            yield Problem((_KEYS[key],), "is missing for a network that is there already", cure)
    for key in CREATED:
        if key in network:
            cure = "Remove it, or existingNetwork and existingSubnetwork for a new network."
            yield Problem((_KEYS[key],), "belongs to a new network, and this one is there already", cure)


def _range_problems(network: GkeNetwork) -> Iterator[Problem]:
    parsed: list[tuple[_Range, ipaddress.IPv4Network]] = []
    for each in _RANGES:
        text = _text(network, each)
        try:
            block = ipaddress.IPv4Network(text)
        except ValueError:
            yield Problem((_KEYS[each.key],), f'"{text}" is not a CIDR block', _cidr_cure(text, each))
            continue
        parsed.append((each, block))
        if not each.shortest <= block.prefixlen <= each.longest:
            cure = f"Give /{each.shortest} to /{each.longest}."
            yield Problem((_KEYS[each.key],), f"/{block.prefixlen} is no size for {each.what}", cure)
        for reserved, why in _RESERVED:
            if block.overlaps(reserved):
                cure = "Choose one of 10.0.0.0/8, 172.16.0.0/12 (but 172.17.0.0/16) or 192.168.0.0/16."
                yield Problem((_KEYS[each.key],), f"{block} meets {reserved}, which is kept {why}", cure)
    for (one, block), (other, second) in combinations(parsed, 2):
        if block.overlaps(second):
            cure = "Ranges of nodes, pods and Kubernetes Services have to be apart."
            what = f"{second} for {other.what} overlaps {block} for {one.what}"
            yield Problem((_KEYS[_said(network, one, other)],), what, cure)


def _said(network: GkeNetwork, one: _Range, other: _Range) -> str:
    """Which of two ranges the user gave, to point at that and not at a default."""
    return other.key if other.key in network or one.key not in network else one.key


def _cidr_cure(text: str, each: _Range) -> str:
    try:
        return f"Its first address is {ipaddress.IPv4Network(text, strict=False)}."
    except ValueError:
        return f"Write it like {each.default}."


def _text(network: GkeNetwork, each: _Range) -> str:
    return str(network.get(each.key, each.default))
