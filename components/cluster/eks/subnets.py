"""Which subnets a network is cut into; without the SDK."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

LARGEST, SMALLEST = 16, 20
"""Prefix lengths that a cluster's network may have: AWS allows no shorter, and pods need no less."""
MAX_ZONES = 6
_EIGHTHS = 3
_PUBLIC, _SMALLEST_PUBLIC = 8, 27
"""A load balancer wants a /27 at least (AWS: subnets for your load balancer)."""


@dataclass(frozen=True, slots=True)
class ZoneSubnets:
    """The subnets of one zone."""

    zone: str
    public: str
    """Block of load balancers and NAT gateways."""
    private: str
    """Block of nodes and pods."""


def subnet_plan(cidr: str, zones: Sequence[str]) -> list[ZoneSubnets]:
    """The subnets of a network, by zone.

    Each zone has an eighth of the network for nodes and pods; the last eighth holds the public subnets; the
    seventh stays free. A zone's blocks depend on its place in the list only, so that a further zone changes
    nothing of the others.

    Args:
        cidr: The network's block, /16 to /20.
        zones: Names of at most six zones.

    Raises:
        ValueError: the block or the number of zones is not possible.

    Example:
        subnet_plan("10.0.0.0/16", ["eu-west-1a"]) == [
            ZoneSubnets("eu-west-1a", public="10.0.224.0/24", private="10.0.0.0/19")
        ]
    """
    network = IPv4Network(cidr)
    if not LARGEST <= network.prefixlen <= SMALLEST or len(zones) > MAX_ZONES:
        raise ValueError(f"{cidr} cannot be cut for {len(zones)} zones.")
    eighths = list(network.subnets(_EIGHTHS))
    public = eighths[-1].subnets(new_prefix=min(network.prefixlen + _PUBLIC, _SMALLEST_PUBLIC))
    return [
        ZoneSubnets(zone, str(outside), str(inside))
        for zone, outside, inside in zip(zones, public, eighths, strict=False)
    ]
