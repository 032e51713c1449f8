"""Questions about networks in CIDR notation that every cloud asks."""

import ipaddress


def network(cidr: object) -> ipaddress.IPv4Network | None:
    """The network that a text names; None where it names none."""
    try:
        return ipaddress.IPv4Network(str(cidr), strict=False)
    except ValueError:
        return None


def overlap(one: object, other: object) -> bool:
    """Whether two networks share an address."""
    first, second = network(one), network(other)
    return first is not None and second is not None and first.overlaps(second)


def within(inner: object, outer: object) -> bool:
    """Whether all of a network lies in another."""
    inside, around = network(inner), network(outer)
    return inside is not None and around is not None and inside.subnet_of(around)


def first_host(cidr: object) -> str:
    """The first address that a network gives to a machine: its gateway; empty for what is no network."""
    found = network(cidr)
    return str(found[1]) if found is not None else ""
