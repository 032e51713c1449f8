"""What is reached from outside: settings of load balancers, and names that point at the reserved address."""

import pulumi_azure_native as azure

from components.cluster.aks.adopted import adopted_zone
from components.cluster.aks.network import ip_of
from components.cluster.aks.place import Place
from components.wiring import LoadBalancer

TTL_SECONDS = 300
_PREFIX = "service.beta.kubernetes.io/azure-load-balancer"


def load_balancer() -> LoadBalancer:
    """What any service of type LoadBalancer needs.

    Clients keep their addresses, and probes ask for a connection alone, as not every service answers `/`.
    """
    return {
        "annotations": {f"{_PREFIX}-health-probe-protocol": "tcp"},
        "external_traffic_policy": "Local",
    }


def entrance(place: Place, address: "azure.network.PublicIPAddress | None") -> LoadBalancer:
    """The same for the one that takes the reserved address, which is outside the nodes' resource group."""
    if address is None:
        return load_balancer()
    return {
        "annotations": {
            f"{_PREFIX}-health-probe-protocol": "tcp",
            f"{_PREFIX}-ipv4": ip_of(address),
            f"{_PREFIX}-resource-group": place.group,
        },
        "external_traffic_policy": "Local",
    }


def record(
    place: Place, zone: str, group: str, host: str, address: "azure.network.PublicIPAddress"
) -> "azure.dns.RecordSet":
    """A record of a host, in an existing zone.

    Raises:
        ValueError: the host is not in the zone.
    """
    relative = relative_name(host, zone)
    label = "wildcard" if relative == "*" else relative.replace("*", "wildcard").replace("@", "apex")
    return azure.dns.RecordSet(
        place.child(f"record-{label}"),
        resource_group_name=group,
        zone_name=adopted_zone(place, group, zone),
        record_type="A",
        relative_record_set_name=relative,
        ttl=TTL_SECONDS,
        a_records=[{"ipv4_address": ip_of(address)}],
        opts=place.options(),
    )


def relative_name(host: str, zone: str) -> str:
    """The name of a host within a zone; `@` is the zone's own.

    Raises:
        ValueError: the host is not in the zone.

    Example:
        relative_name("www.shop.example.com", "example.com") == "www.shop"
    """
    if host in {"*", zone}:
        return "*" if host == "*" else "@"
    if not host.endswith(f".{zone}"):
        raise ValueError(
            f"{host} is not in the DNS zone {zone}. Choose a host below {zone}, or the zone of {host}."
        )
    return host.removesuffix(f".{zone}")
