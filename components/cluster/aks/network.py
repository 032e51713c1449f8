"""The network of a cluster: virtual network, subnet, NAT gateway, and the address of what is reached."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.addresses import Addresses
from components.cluster.aks.adopted import adopted_subnet
from components.cluster.aks.locations import WITH_ZONES, ZONES
from components.cluster.aks.place import Place
from components.types import AksClusterSpec, AksOutbound


@dataclass(frozen=True, slots=True)
class Network:
    """What a cluster's nodes are in."""

    subnet_id: pulumi.Input[str]
    """Id of the subnet of the nodes."""
    egress: Sequence[pulumi.Output[str]]
    """Addresses by which the nodes reach the internet, as far as they are the cluster's own."""
    resources: Sequence[pulumi.Resource]
    """What has to stay while the cluster does."""


def zones_of(spec: AksClusterSpec) -> list[str]:
    """The zones of a cluster's nodes and addresses."""
    every: list[str] = [*ZONES] if spec.get("location", "") in WITH_ZONES else []
    return spec.get("availability_zones", every)


def network(
    place: Place, addresses: Addresses, zones: Sequence[str], group: Sequence[pulumi.Resource]
) -> Network:
    """The network that a cluster's nodes are in: a new one, or the subnet that is given.

    Args:
        place: Where it is made.
        addresses: Its addresses.
        zones: Zones of its NAT gateway's address.
        group: The resource group, where it is the cluster's own.
    """
    if addresses.subnet_id:
        return Network(adopted_subnet(place, addresses.subnet_id), (), ())
    virtual = azure.network.VirtualNetwork(
        place.child("network"),
        resource_group_name=place.group,
        virtual_network_name=place.called("network"),
        location=place.location,
        address_space={"address_prefixes": [addresses.cidr]},
        tags=place.tags,
        opts=place.options(protect=True, depends_on=group),
    )
    address = (
        public_address(place, "nat-address", zones, group)
        if addresses.outbound == AksOutbound.NAT_GATEWAY
        else None
    )
    gateway = _nat_gateway(place, address) if address else None
    subnet = azure.network.Subnet(
        place.child("subnet"),
        resource_group_name=place.group,
        virtual_network_name=virtual.name,
        subnet_name="nodes",
        address_prefix=addresses.subnet_cidr,
        default_outbound_access=False,
        nat_gateway={"id": gateway.id} if gateway else None,
        opts=place.options(protect=True),
    )
    resources = [each for each in (virtual, address, gateway, subnet) if each is not None]
    return Network(subnet.id, [ip_of(address)] if address else [], resources)


def public_address(
    place: Place, role: str, zones: Sequence[str], group: Sequence[pulumi.Resource]
) -> "azure.network.PublicIPAddress":
    """A public address that stays."""
    return azure.network.PublicIPAddress(
        place.child(role),
        resource_group_name=place.group,
        public_ip_address_name=place.called(role),
        location=place.location,
        sku={"name": "Standard", "tier": "Regional"},
        public_ip_allocation_method="Static",
        public_ip_address_version="IPv4",
        zones=list(zones),
        tags=place.tags,
        opts=place.options(protect=True, depends_on=group),
    )


def ip_of(address: "azure.network.PublicIPAddress") -> pulumi.Output[str]:
    """The address itself; a static one has it from the beginning."""
    return address.ip_address.apply(lambda found: found or "")


def _nat_gateway(place: Place, address: "azure.network.PublicIPAddress") -> "azure.network.NatGateway":
    return azure.network.NatGateway(
        place.child("nat"),
        resource_group_name=place.group,
        nat_gateway_name=place.called("nat"),
        location=place.location,
        sku={"name": "Standard"},
        public_ip_addresses=[{"id": address.id}],
        tags=place.tags,
        # The provider takes another location for an update, which Azure refuses.
        opts=place.options(replace_on_changes=["location"]),
    )
