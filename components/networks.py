"""IP addresses, and ranges of them."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def network_of(cidr: str) -> IPv4Network | IPv6Network | None:
    """The range that a text stands for, `10.0.0.0/8`; None if it stands for none."""
    try:
        return ip_network(cidr) if "/" in cidr else None
    except ValueError:
        return None


def is_inside(inner: str, outer: str) -> bool:
    """Whether a range is a part of another one."""
    small, large = network_of(inner), network_of(outer)
    if isinstance(small, IPv4Network) and isinstance(large, IPv4Network):
        return small.subnet_of(large)
    if isinstance(small, IPv6Network) and isinstance(large, IPv6Network):
        return small.subnet_of(large)
    return False
