"""Ways out of a VPC: internet gateways, NAT gateways and their addresses."""

import ipaddress
import secrets
from collections.abc import Iterator
from typing import Final

from flotilla.sandbox.clouds.aws.networks import INTERFACE, SUBNET, VPC, vpc_of
from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.checking import Failure
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import network
from flotilla.sandbox.clouds.paths import values_at
from flotilla.sandbox.clouds.request import Request, hexadecimal
from flotilla.sandbox.plugin.protocol import Properties

GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
NAT: Final = "aws:ec2/natGateway:NatGateway"
ADDRESS: Final = "aws:ec2/eip:Eip"

_ADDRESSES: Final = tuple(map(ipaddress.IPv4Network, ("203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24")))
"""Networks of which documentation may take addresses, and nobody else."""

_ALLOCATIONS: Final = (
    "allocationId",
    "secondaryAllocationIds[]",
    "availabilityZoneAddresses[].allocationIds[]",
)
"""Where a NAT gateway names addresses."""


def _refuse_second_gateway(request: Request) -> None:
    """A VPC has one internet gateway."""
    vpc = request.text("vpcId")
    if vpc and any(other.outputs.get("vpcId") == vpc for other in request.all(GATEWAY)):
        request.refuse("secondGateway", vpc=vpc)


def _refuse_mapped_addresses(request: Request) -> None:
    """A gateway stays as long as something behind it has a public address."""
    vpc = request.outputs.get("vpcId")
    public = (
        other
        for other in request.store.all(NAT)
        if other.outputs.get("vpcId") == vpc and other.outputs.get("connectivityType") == "public"
    )
    balancers = (other for other in request.store.all(INTERFACE) if other.outputs.get("vpcId") == vpc)
    if vpc and (next(public, None) or next(balancers, None)):
        request.refuse("inUseOnDelete", vpc=vpc)


def _address_outputs(request: Request) -> Properties:
    """An address that no other resource of the cloud has."""
    taken = {str(other.outputs.get("publicIp")) for other in request.store.all(ADDRESS)}
    free = [str(host) for block in _ADDRESSES for host in block.hosts() if str(host) not in taken]
    address = secrets.choice(free) if free else ""
    return {
        "allocationId": request.identity,
        "publicIp": address,
        "publicDns": f"ec2-{address.replace('.', '-')}.{request.word('region')}.compute.amazonaws.com",
        "domain": "vpc",
        "publicIpv4Pool": "amazon",
        "networkBorderGroup": request.word("region"),
        **dict.fromkeys(("associationId", "carrierIp", "customerOwnedIp", "privateIp", "ptrRecord"), ""),
    }


def _failures(request: Request) -> Iterator[Failure]:
    private = request.value("connectivityType") == "private"
    if private and request.value("allocationId") is not None:
        _, message = request.facts.errors["privateWithAllocation"]
        yield Failure("allocationId", message)


def _allocations(properties: Properties) -> list[object]:
    return [value for path in _ALLOCATIONS for _, value in values_at(properties, path)]


def _vpc(request: Request) -> object:
    return vpc_of(request, request.value("subnetId")) or request.value("vpcId")


def _is_regional(request: Request) -> bool:
    return request.value("availabilityMode") == "regional"


def _refuse_nat(request: Request) -> None:
    """A NAT gateway is in a subnet, or in all zones of a VPC; a public one needs addresses and a way out."""
    needed = "vpcId" if _is_regional(request) else "subnetId"
    excluded = ("subnetId", "allocationId") if _is_regional(request) else ("availabilityZoneAddresses",)
    if not request.value(needed):
        name = f"{needed[:1].upper()}{needed[1:]}"
        request.refuse_with("MissingParameter", f"The request must contain the parameter {name}")
    for name in excluded:
        if request.value(name):
            mode = "regional" if _is_regional(request) else "zonal"
            message = f"{name[:1].upper()}{name[1:]} cannot be given for a {mode} NAT gateway."
            request.refuse_with("InvalidParameterCombination", message)
    if request.text("connectivityType", "public") == "private":
        return
    if not _is_regional(request) and not request.value("allocationId"):
        message = "The request must include the AllocationId parameter. Add the required parameter."
        request.refuse_with("MissingParameter", message)
    vpc = _vpc(request)
    known = request.referred(VPC, vpc) if vpc else None
    if (
        known
        and known.outputs
        and not any(gateway.outputs.get("vpcId") == vpc for gateway in request.store.all(GATEWAY))
    ):
        request.refuse("noInternetGateway", vpc=vpc)
    _refuse_taken_addresses(request)


def _refuse_taken_addresses(request: Request) -> None:
    """An address serves one gateway."""
    taken = {value for other in request.all(NAT) for value in _allocations(other.outputs)}
    for value in _allocations(request.inputs):
        if value in taken:
            request.refuse("addressInUse", id=value)


def _nat_outputs(request: Request) -> Properties:
    shared: Properties = {"connectivityType": "public", "vpcId": _vpc(request)}
    if _is_regional(request):
        return {
            **shared,
            "autoProvisionZones": "disabled" if request.value("availabilityZoneAddresses") else "enabled",
            "autoScalingIps": "disabled" if request.value("availabilityZoneAddresses") else "enabled",
            "regionalNatGatewayAutoMode": (
                "disabled" if request.value("availabilityZoneAddresses") else "enabled"
            ),
            "regionalNatGatewayAddresses": [],
            "routeTableId": f"rtb-{hexadecimal(17)}",
        }
    address = request.referred(ADDRESS, request.value("allocationId"))
    subnet = request.referred(SUBNET, request.value("subnetId"))
    block = network(subnet.outputs.get("cidrBlock")) if subnet else None
    return {
        **shared,
        "availabilityMode": "zonal",
        "publicIp": address.outputs.get("publicIp", "") if address else "",
        "privateIp": str(block[4 + secrets.randbelow(block.num_addresses - 5)]) if block else "",
    }


KINDS: Final = (
    Kind(
        GATEWAY,
        derived=all_tags,
        creating=_refuse_second_gateway,
        updating=_refuse_second_gateway,
        deleting=_refuse_mapped_addresses,
    ),
    Kind(ADDRESS, computed=_address_outputs, derived=all_tags),
    Kind(
        NAT,
        check=_failures,
        computed=_nat_outputs,
        derived=all_tags,
        creating=_refuse_nat,
        updating=_refuse_taken_addresses,
    ),
)
"""What is special of gateways and addresses."""
