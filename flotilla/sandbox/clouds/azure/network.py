"""Virtual networks, subnets, NAT gateways and public addresses."""

import hashlib
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Final, cast

from components.cluster.aks.locations import WITH_ZONES
from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.azure.given import found_or_given
from flotilla.sandbox.clouds.azure.package import CLOUD, plane_of
from flotilla.sandbox.clouds.azure.resources import (
    MANAGED_CLUSTER,
    in_a_location,
    located,
    location_of,
    plain,
)
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import network, overlap, within
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.refusing import holder_of
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

VIRTUAL_NETWORK: Final = "azure-native:network:VirtualNetwork"
SUBNET: Final = "azure-native:network:Subnet"
NAT_GATEWAY: Final = "azure-native:network:NatGateway"
ADDRESS: Final = "azure-native:network:PublicIPAddress"

SMALLEST_SUBNET: Final = 29
"""Azure keeps five addresses of each subnet."""
BLOCKS: Final = (IPv4Address("198.51.100.0"), IPv4Address("203.0.113.0"))
"""Where public addresses come from: blocks for documentation (RFC 5737), so that nobody's is meant."""
_IN_BLOCK: Final = 254


def prefixes_of(found: Properties) -> list[str]:
    """The address prefixes of a virtual network."""
    return [str(each) for each in cast("list[object]", value_at(found, "addressSpace.addressPrefixes") or [])]


def ranges_of(found: Properties) -> list[str]:
    """The address prefixes of a subnet."""
    every = [found.get("addressPrefix"), *cast("list[object]", found.get("addressPrefixes") or [])]
    return [str(each) for each in every if each]


def _subnets_in(request: Request, network_id: str) -> Iterator[Resource]:
    inside = f"{network_id.casefold()}/subnets/"
    return (found for found in request.all(SUBNET) if found.id.casefold().startswith(inside))


def _refuse_bad_prefixes(request: Request) -> None:
    prefixes = cast("list[object]", request.value("addressSpace.addressPrefixes") or [])
    for index, prefix in enumerate(prefixes):
        if network(prefix) is None and ":" not in str(prefix):
            request.refuse("invalidCidr", v=prefix)
        if any(overlap(prefix, other) for other in prefixes[:index]):
            request.refuse("overlap", v=prefix)


def _refuse_new_network(request: Request) -> None:
    in_a_location(request)
    _refuse_bad_prefixes(request)


def _refuse_changed_network(request: Request) -> None:
    _refuse_bad_prefixes(request)
    for subnet in _subnets_in(request, request.identity):
        for cidr in ranges_of(subnet.outputs):
            if not any(within(cidr, prefix) for prefix in prefixes_of(request.inputs)):
                name, mine = subnet.outputs.get("name"), request.outputs.get("name")
                message = f"Subnet '{name}' is not valid in virtual network '{mine}'."
                request.refuse_with("NetcfgInvalidSubnet", message)


def _refuse_used_network(request: Request) -> None:
    """Unused subnets go with their network; a used one stands against it."""
    for subnet in _subnets_in(request, request.identity):
        user = holder_of(request, subnet)
        if user:
            message = (
                f"Subnet {subnet.outputs.get('name')} is in use by {user.id} and cannot be deleted. In order "
                "to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet."
            )
            request.refuse_with("InUseSubnetCannotBeDeleted", message)


def _take_subnets(request: Request) -> None:
    for subnet in list(_subnets_in(request, request.identity)):
        request.store.remove(subnet)


def _refuse_subnet(request: Request) -> None:
    found = request.referred(VIRTUAL_NETWORK, request.value("virtualNetworkName"))
    if found is None:
        return  # the table has refused that
    for cidr in ranges_of(request.inputs):
        block = network(cidr)
        if block is None or str(block) != cidr:
            request.refuse("invalidCidr", v=cidr, w=block or "a network in CIDR notation")
        outside = not found.given and not any(within(cidr, prefix) for prefix in prefixes_of(found.outputs))
        if outside or block.prefixlen > SMALLEST_SUBNET:
            request.refuse("outsideVnet")
        for other in _subnets_in(request, found.id):
            if any(overlap(cidr, taken) for taken in ranges_of(other.outputs)):
                request.refuse("overlap")
    _refuse_gateway_elsewhere(request, found)


def _refuse_gateway_elsewhere(request: Request, around: Resource) -> None:
    gateway = request.referred(NAT_GATEWAY, request.value("natGateway.id"))
    if gateway is None or around.given:
        return
    here, there = str(around.outputs.get("location")), str(gateway.outputs.get("location"))
    if plain(here) != plain(there):
        request.refuse_with(
            "InvalidResourceReference",
            f"Resource {gateway.id} referenced by resource {request.identity} was not found. Please make "
            "sure that the referenced resource exists, and that both resources are in the same region.",
        )


def _refuse_changed_subnet(request: Request) -> None:
    before = cast("Resource", request.old)
    gone = [cidr for cidr in ranges_of(before.outputs) if cidr not in ranges_of(request.inputs)]
    if gone and holder_of(request, before):
        request.refuse("inUseOnChange", cidr=gone[0])
    _refuse_subnet(request)


def _refuse_gateway(request: Request) -> None:
    in_a_location(request)
    for given in cast("list[Properties]", request.value("publicIpAddresses") or []):
        address = request.referred(ADDRESS, given.get("id"))
        if address is None:
            continue
        if plain(str(address.outputs.get("location"))) != plain(location_of(request)):
            request.refuse("missingReference", **{"id": address.id, "user id": request.identity})
        for other in request.all(NAT_GATEWAY):
            theirs = cast("list[Properties]", other.outputs.get("publicIpAddresses") or [])
            if any(str(each.get("id")).casefold() == address.id.casefold() for each in theirs):
                message = (
                    f"Resource {request.identity} is referencing public IP address {address.id} that is "
                    f"already allocated to resource {other.id}."
                )
                request.refuse_with("PublicIPAddressInUse", message)


def _refuse_address(request: Request) -> None:
    in_a_location(request)
    if request.text("sku.name", "Basic") != "Standard":
        request.refuse_with(
            "IPv4BasicSkuPublicIpCountLimitReached",
            "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this "
            "region.",
        )
    if request.text("publicIPAllocationMethod", "Dynamic") != "Static":
        request.refuse("standardDynamic")
    zones = cast("list[object]", request.value("zones") or [])
    if zones and plain(location_of(request)) not in WITH_ZONES:
        named = ", ".join(f"'{zone}'" for zone in zones)
        request.refuse_with(
            "AvailabilityZoneNotSupported",
            f"The zone(s) {named} for resource '{request.text('publicIpAddressName')}' is not supported. "
            f"The supported zones for location '{location_of(request)}' are ''.",
        )


def _address_outputs(request: Request) -> Properties:
    taken = {str(other.outputs.get("ipAddress")) for other in request.all(ADDRESS)}
    first = int.from_bytes(hashlib.sha256(request.identity.casefold().encode()).digest()[:4], "big")
    every = len(BLOCKS) * _IN_BLOCK
    numbers = ((first + step) % every for step in range(every))
    possible = (str(BLOCKS[number // _IN_BLOCK] + 1 + number % _IN_BLOCK) for number in numbers)
    address = next((found for found in possible if found not in taken), "")
    if not address:
        request.refuse("quota", n=every)
    return {**located(request), "ipAddress": address}


def _refuse_used_address(request: Request) -> None:
    """A load balancer of a cluster holds the address that its Kubernetes Service asks for."""
    address = str(request.outputs.get("ipAddress"))
    for cluster in request.store.all(MANAGED_CLUSTER):
        plane = plane_of(cluster.id)
        if not control_planes.is_there(request.account.directory, CLOUD, plane):
            continue
        holder = control_planes.load_balancers(request.account.directory, CLOUD, plane).get(address)
        if holder:
            balancer = (
                f"/subscriptions/{request.account.words['sub']}/resourceGroups/"
                f"{cluster.outputs.get('nodeResourceGroup')}/providers/Microsoft.Network/loadBalancers/kubernetes"
                f"/frontendIPConfigurations/{hashlib.sha256(holder.encode()).hexdigest()[:32]}"
            )
            request.refuse("inUseOnDelete", **{"user id": balancer})


def _get_subnet(account: Account, arguments: Properties) -> Properties:
    names = {key: str(value) for key, value in arguments.items()}
    identity = (
        f"/subscriptions/{account.words['sub']}/resourceGroups/{names['resourceGroupName']}"
        f"/providers/Microsoft.Network/virtualNetworks/{names['virtualNetworkName']}"
        f"/subnets/{names['subnetName']}"
    )
    return found_or_given(account, SUBNET, identity, {"name": names["subnetName"]})


KINDS: Final = (
    Kind(
        VIRTUAL_NETWORK,
        computed=located,
        creating=_refuse_new_network,
        updating=_refuse_changed_network,
        deleting=_refuse_used_network,
        removing=_take_subnets,
    ),
    Kind(SUBNET, creating=_refuse_subnet, updating=_refuse_changed_subnet),
    Kind(NAT_GATEWAY, computed=located, creating=_refuse_gateway, updating=_refuse_gateway),
    Kind(ADDRESS, computed=_address_outputs, creating=_refuse_address, deleting=_refuse_used_address),
)
"""What is special of Azure's networks."""
INVOKES: Final = {"azure-native:network:getSubnet": _get_subnet}
