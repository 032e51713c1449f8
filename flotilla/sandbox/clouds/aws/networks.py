"""VPCs and subnets, and the network interfaces that clusters leave in them."""

from collections.abc import Iterator
from typing import Final

from flotilla.sandbox.clouds.aws.places import zone_id, zones_of
from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import overlap, within
from flotilla.sandbox.clouds.request import Request, hexadecimal
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

VPC: Final = "aws:ec2/vpc:Vpc"
SUBNET: Final = "aws:ec2/subnet:Subnet"
INTERFACE: Final = "aws:ec2/networkInterface:NetworkInterface"


def vpc_of(request: Request, subnet: object) -> object:
    """The id of the VPC that a subnet is in; None where only the real account knows."""
    found = request.referred(SUBNET, subnet) if subnet else None
    return found.outputs.get("vpcId") if found else None


def interfaces(request: Request, name: str) -> Iterator[Resource]:
    """The network interfaces whose output of a name is this resource."""
    return (
        found
        for found in request.store.all(INTERFACE)
        if found.scope == request.word("region") and found.outputs.get(name) == request.identity
    )


def _vpc_outputs(_request: Request) -> Properties:
    return {
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
        "instanceTenancy": "default",
        "defaultRouteTableId": (table := f"rtb-{hexadecimal(17)}"),
        "mainRouteTableId": table,
        "ipv6AssociationId": "",
    }


def _refuse_cidr(request: Request) -> None:
    if not any(request.value(name) for name in ("cidrBlock", "ipv4IpamPoolId")):
        request.refuse_with("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.")


def _refuse_vpc_in_use(request: Request) -> None:
    if any(interfaces(request, "vpcId")):
        request.refuse("inUseOnDelete")


def _subnet_outputs(request: Request) -> Properties:
    zone = request.text("availabilityZone") or zones_of(request.word("region"))[0]
    return {
        "availabilityZone": zone,
        "availabilityZoneId": zone_id(zone),
        "mapPublicIpOnLaunch": False,
        "assignIpv6AddressOnCreation": False,
        "enableDns64": False,
        "enableResourceNameDnsARecordOnLaunch": False,
        "enableResourceNameDnsAaaaRecordOnLaunch": False,
        "ipv6CidrBlockAssociationId": "",
        "ipv6Native": False,
        "privateDnsHostnameTypeOnLaunch": "ip-name",
    }


def _refuse_misplaced(request: Request) -> None:
    """A subnet lies in its VPC, in a zone of the region, and beside the other subnets."""
    cidr, vpc = request.value("cidrBlock"), request.referred(VPC, request.value("vpcId"))
    if vpc and vpc.outputs and cidr and not within(cidr, vpc.outputs.get("cidrBlock")):
        request.refuse("outsideVpc", cidr=cidr)
    zones = zones_of(request.word("region"))
    zone, number = request.text("availabilityZone"), request.text("availabilityZoneId")
    if zone and zone not in zones:
        request.refuse("badZone", az=zone, list=", ".join(zones))
    if number and number not in map(zone_id, zones):
        request.refuse_with(
            "InvalidParameterValue", f"Value ({number}) for parameter availabilityZoneId is invalid."
        )
    for other in request.all(SUBNET):
        if other.outputs.get("vpcId") == request.value("vpcId") and overlap(
            cidr, other.outputs.get("cidrBlock")
        ):
            request.refuse("overlap", cidr=cidr)


def _refuse_subnet_in_use(request: Request) -> None:
    if any(interfaces(request, "subnetId")):
        request.refuse("inUseOnDelete")


KINDS: Final = (
    Kind(VPC, computed=_vpc_outputs, derived=all_tags, creating=_refuse_cidr, deleting=_refuse_vpc_in_use),
    Kind(
        SUBNET,
        computed=_subnet_outputs,
        derived=all_tags,
        creating=_refuse_misplaced,
        deleting=_refuse_subnet_in_use,
    ),
)
"""What is special of networks."""
