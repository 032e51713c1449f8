"""EC2: VPCs and subnets."""

from typing import Final, cast

from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import overlap, within
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request, hexadecimal
from flotilla.sandbox.plugin.protocol import Properties

VPC: Final = "aws:ec2/vpc:Vpc"
SUBNET: Final = "aws:ec2/subnet:Subnet"


def _vpc_outputs(_request: Request) -> Properties:
    return {
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
        "instanceTenancy": "default",
        "defaultRouteTableId": (table := f"rtb-{hexadecimal(17)}"),
        "mainRouteTableId": table,
    }


def _subnet_outputs(request: Request) -> Properties:
    return {
        "availabilityZone": f"{request.word('region')}a",
        "mapPublicIpOnLaunch": False,
        "assignIpv6AddressOnCreation": False,
        "enableDns64": False,
        "privateDnsHostnameTypeOnLaunch": "ip-name",
    }


def all_tags(request: Request) -> Properties:
    """The tags of a resource with those that the provider gives to all."""
    shared = value_at(request.account.settings, "defaultTags.tags")
    return {
        "tagsAll": {**cast("Properties", shared or {}), **cast("Properties", request.value("tags") or {})}
    }


def _refuse_misplaced(request: Request) -> None:
    """A subnet lies in its VPC, in a zone of the region, and beside the other subnets."""
    cidr, vpc = request.value("cidrBlock"), request.referred(VPC, request.value("vpcId"))
    if vpc and cidr and not within(cidr, vpc.outputs.get("cidrBlock")):
        request.refuse("outsideVpc", cidr=cidr)
    zone, region = request.text("availabilityZone"), request.word("region")
    zones = [f"{region}{letter}" for letter in "abc"]
    if zone and zone not in zones:
        request.refuse("badZone", az=zone, list=", ".join(zones))
    for other in request.all(SUBNET):
        if other.outputs.get("vpcId") == request.value("vpcId") and overlap(
            cidr, other.outputs.get("cidrBlock")
        ):
            request.refuse("overlap", cidr=cidr)


KINDS: Final = (
    Kind(VPC, computed=_vpc_outputs, derived=all_tags),
    Kind(SUBNET, computed=_subnet_outputs, derived=all_tags, creating=_refuse_misplaced),
)
"""What is special of EC2's types."""
