"""EC2 as the sandbox plays it: what networks, gateways, routes and security groups refuse and show."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.store import Resource, Store

TOKENS = {
    name: f"aws:ec2/{name[:1].lower()}{name[1:]}:{name}"
    for name in (
        *("Vpc", "Subnet", "InternetGateway", "NatGateway", "Eip", "RouteTable", "Route"),
        *("RouteTableAssociation", "VpcEndpoint", "SecurityGroup"),
    )
}
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
OUT = "0.0.0.0/0"


class Region:
    """A region of an account, where resources are named by their last word."""

    def __init__(self, directory: Path, region: str = "eu-west-1") -> None:
        self.asked, self.store = Asked("aws", directory, region=region), Store(directory, "aws")
        self.made = 0

    def make(self, type_name: str, **inputs: object) -> Made:
        self.made += 1
        return self.asked.create(TOKENS[type_name], f"{type_name.lower()}-{self.made}", inputs)

    def refuses(self, what: str, type_name: str, **inputs: object) -> None:
        with pytest.raises(RefusedError, match=re.escape(what)):
            self.make(type_name, **inputs)

    def keeps(self, what: str, made: Made) -> None:
        with pytest.raises(RefusedError, match=re.escape(what)):
            self.asked.delete(made)

    def failures(self, type_name: str, **inputs: object) -> str:
        return "\n".join(reason for _, reason in self.asked.check(TOKENS[type_name], "it", inputs)[1])

    def leave_interface(self, **outputs: object) -> None:
        self.store.put(Resource(INTERFACE, "eni-1", "eu-west-1", "", {}, dict(outputs)))


@pytest.fixture
def ireland(tmp_path: Path) -> Region:
    return Region(tmp_path)


@pytest.fixture
def vpc(ireland: Region) -> Made:
    return ireland.make("Vpc", cidrBlock="10.0.0.0/16")


@pytest.fixture
def subnet(ireland: Region, vpc: Made) -> Made:
    return ireland.make("Subnet", vpcId=vpc.id, cidrBlock="10.0.1.0/24", availabilityZone="eu-west-1b")


@pytest.fixture
def gateway(ireland: Region, vpc: Made) -> Made:
    return ireland.make("InternetGateway", vpcId=vpc.id)


@pytest.fixture
def table(ireland: Region, vpc: Made) -> Made:
    return ireland.make("RouteTable", vpcId=vpc.id)


@pytest.fixture
def other(ireland: Region) -> Made:
    return ireland.make("Vpc", cidrBlock="10.9.0.0/16")


def test_a_subnet_lies_in_its_vpc_beside_the_others_and_in_a_zone_of_the_region(
    ireland: Region, vpc: Made, subnet: Made
) -> None:
    assert subnet.outputs["availabilityZoneId"] == "euw1-az2"
    ireland.refuses("api error InvalidSubnet.Range", "Subnet", vpcId=vpc.id, cidrBlock="10.9.0.0/24")
    ireland.refuses("api error InvalidSubnet.Conflict", "Subnet", vpcId=vpc.id, cidrBlock="10.0.1.128/25")
    ireland.refuses(
        "Subnets can currently only be created in the following availability zones: eu-west-1a, eu-west-1b,",
        "Subnet",
        vpcId=vpc.id,
        cidrBlock="10.0.2.0/24",
        availabilityZone="eu-west-1d",
    )


def test_resources_of_another_region_are_not_there(ireland: Region, vpc: Made, tmp_path: Path) -> None:
    Region(tmp_path, "us-east-1").refuses(
        f"The vpc ID '{vpc.id}' does not exist", "Subnet", vpcId=vpc.id, cidrBlock="10.0.1.0/24"
    )
    ireland.make("Subnet", vpcId=vpc.id, cidrBlock="10.0.1.0/24")


def test_what_the_account_has_already_is_taken_for_granted_and_what_was_made_here_has_to_be_there(
    ireland: Region, vpc: Made
) -> None:
    ireland.make("Subnet", vpcId="vpc-0123456789abcdef0", cidrBlock="172.31.0.0/24")
    ireland.asked.delete(vpc)
    ireland.refuses("api error InvalidVpcID.NotFound", "Subnet", vpcId=vpc.id, cidrBlock="10.0.0.0/24")
    ireland.refuses("api error InvalidVpcID.NotFound", "Subnet", vpcId="vpc-main", cidrBlock="10.0.0.0/24")


def test_a_vpc_has_one_internet_gateway_which_stays_while_something_behind_it_is_public(
    ireland: Region, vpc: Made, subnet: Made, gateway: Made
) -> None:
    ireland.refuses("already has an internet gateway attached", "InternetGateway", vpcId=vpc.id)
    address = ireland.make("Eip", domain="vpc")
    nat = ireland.make("NatGateway", subnetId=subnet.id, allocationId=address.id)
    ireland.keeps("has some mapped public address(es)", gateway)
    ireland.asked.delete(nat)
    ireland.asked.delete(gateway)
    ireland.keeps(f"The vpc '{vpc.id}' has dependencies and cannot be deleted", vpc)


def test_a_nat_gateway_needs_a_way_out_and_an_address_that_nobody_else_has(
    ireland: Region, vpc: Made, subnet: Made
) -> None:
    address = ireland.make("Eip")
    wanted = {"subnetId": subnet.id, "allocationId": address.outputs["allocationId"]}
    ireland.refuses(f"Network {vpc.id} has no Internet gateway attached", "NatGateway", **wanted)
    ireland.make("InternetGateway", vpcId=vpc.id)
    nat = ireland.make("NatGateway", **wanted)
    assert nat.outputs["publicIp"] == address.outputs["publicIp"]
    assert str(nat.outputs["privateIp"]).startswith("10.0.1.")
    ireland.refuses("api error Resource.AlreadyAssociated", "NatGateway", **wanted)
    ireland.keeps(f"Address {address.outputs['publicIp']} is in use.", address)
    ireland.keeps(f"The subnet '{subnet.id}' has dependencies", subnet)
    ireland.refuses("must include the AllocationId parameter", "NatGateway", subnetId=subnet.id)
    ireland.refuses("api error InvalidSubnetID.NotFound", "NatGateway", subnetId="subnet-gone")


def test_a_regional_nat_gateway_is_of_a_vpc_and_finds_its_addresses(
    ireland: Region, vpc: Made, subnet: Made, gateway: Made
) -> None:
    nat = ireland.make("NatGateway", vpcId=vpc.id, availabilityMode="regional")
    assert "publicIp" not in nat.outputs
    assert nat.outputs["autoProvisionZones"] == "enabled"
    ireland.refuses("must contain the parameter VpcId", "NatGateway", availabilityMode="regional")
    ireland.refuses(
        "SubnetId cannot be given for a regional NAT gateway",
        "NatGateway",
        vpcId=vpc.id,
        subnetId=subnet.id,
        availabilityMode="regional",
    )
    ireland.keeps("has some mapped public address(es)", gateway)


def test_addresses_differ_and_are_none_of_the_internet(ireland: Region) -> None:
    found = {str(ireland.make("Eip").outputs["publicIp"]) for _ in range(20)}
    assert len(found) == 20
    assert all(address.startswith(("203.0.113.", "198.51.100.", "192.0.2.")) for address in found)


def test_a_route_has_a_target_of_its_own_vpc_and_a_destination_that_no_other_has(
    ireland: Region, vpc: Made, gateway: Made, table: Made, other: Made
) -> None:
    route = ireland.make("Route", routeTableId=table.id, destinationCidrBlock=OUT, gatewayId=gateway.id)
    assert re.fullmatch(rf"r-{table.id}\d+", route.id)
    assert route.outputs["state"] == "active"
    again: Mapping[str, object] = route.inputs
    ireland.refuses(f"RouteAlreadyExists: The route identified by {OUT} already exists", "Route", **again)
    ireland.refuses(
        "RouteAlreadyExists", "Route", **{**again, "destinationCidrBlock": vpc.inputs["cidrBlock"]}
    )
    foreign = ireland.make("RouteTable", vpcId=other.id)
    ireland.refuses("belong to different networks", "Route", **{**again, "routeTableId": foreign.id})
    ireland.refuses("InvalidGatewayID.NotFound", "Route", **{**again, "gatewayId": "igw-gone"})
    none = ireland.failures("Route", routeTableId=table.id, destinationCidrBlock=OUT)
    assert "Missing required argument: one of" in none
    both = ireland.failures(
        "Route", routeTableId=table.id, destinationCidrBlock=OUT, gatewayId="a", natGatewayId="b"
    )
    assert "Invalid combination of arguments" in both


def test_a_subnet_has_one_route_table_of_its_own_vpc(
    ireland: Region, vpc: Made, subnet: Made, table: Made, other: Made
) -> None:
    association = ireland.make("RouteTableAssociation", subnetId=subnet.id, routeTableId=table.id)
    second = ireland.make("RouteTable", vpcId=vpc.id)
    ireland.refuses(
        "Resource.AlreadyAssociated", "RouteTableAssociation", subnetId=subnet.id, routeTableId=second.id
    )
    moved = ireland.asked.update(association, {"subnetId": subnet.id, "routeTableId": second.id})
    assert moved.outputs["routeTableId"] == second.id
    ireland.keeps("has dependencies and cannot be deleted", second)
    ireland.asked.delete(association)
    foreign = ireland.make("RouteTable", vpcId=other.id)
    ireland.refuses(
        "belong to different networks", "RouteTableAssociation", subnetId=subnet.id, routeTableId=foreign.id
    )


def test_a_gateway_endpoint_is_of_a_service_of_the_region_and_once_in_a_route_table(
    ireland: Region, vpc: Made, subnet: Made, table: Made
) -> None:
    wanted = {"vpcId": vpc.id, "serviceName": "com.amazonaws.eu-west-1.s3", "routeTableIds": [table.id]}
    endpoint = ireland.make("VpcEndpoint", **wanted)
    assert str(endpoint.outputs["prefixListId"]).startswith("pl-")
    assert endpoint.outputs["vpcEndpointType"] == "Gateway"
    ireland.refuses("RouteAlreadyExists", "VpcEndpoint", **wanted)
    abroad = {**wanted, "serviceName": "com.amazonaws.us-east-1.s3"}
    ireland.refuses(
        "The Vpc Endpoint Service 'com.amazonaws.us-east-1.s3' does not exist", "VpcEndpoint", **abroad
    )
    ireland.refuses("not supported for Gateway endpoints", "VpcEndpoint", **wanted, subnetIds=[subnet.id])


def test_a_security_group_lets_nothing_out_by_itself_and_has_a_name_of_its_own_in_its_vpc(
    ireland: Region, vpc: Made, other: Made
) -> None:
    group = ireland.make("SecurityGroup", name="web", vpcId=vpc.id)
    assert group.outputs["egress"] == []
    assert group.outputs["description"] == "Managed by Pulumi"
    ireland.refuses(
        f"The security group 'web' already exists for VPC '{vpc.id}'",
        "SecurityGroup",
        name="web",
        vpcId=vpc.id,
    )
    ireland.make("SecurityGroup", name="web", vpcId=other.id)
    ireland.refuses("No default VPC for this user", "SecurityGroup", name="web")
    rule = {"protocol": "tcp", "fromPort": 80, "toPort": 80}
    user = ireland.make("SecurityGroup", vpcId=vpc.id, ingress=[{**rule, "securityGroups": [group.id]}])
    ireland.keeps(f"resource {group.id} has a dependent object", group)
    ireland.asked.delete(user)
    twice = [{**rule, "cidrBlocks": [OUT]}, {**rule, "cidrBlocks": [OUT]}]
    ireland.refuses("InvalidPermission.Duplicate", "SecurityGroup", vpcId=vpc.id, ingress=twice)
    backwards = [{**rule, "fromPort": 90, "cidrBlocks": [OUT]}]
    ireland.refuses("Invalid TCP port range: 90-80", "SecurityGroup", vpcId=vpc.id, ingress=backwards)
    everything = {"protocol": "-1", "fromPort": 0, "toPort": 80}
    assert "must both be 0" in ireland.failures("SecurityGroup", vpcId=vpc.id, ingress=[everything])


def test_network_interfaces_that_a_cluster_left_keep_subnet_vpc_gateway_and_group(
    ireland: Region, vpc: Made, subnet: Made, gateway: Made
) -> None:
    group = ireland.make("SecurityGroup", vpcId=vpc.id)
    ireland.leave_interface(vpcId=vpc.id, subnetId=subnet.id, securityGroupId=group.id)
    for made in (subnet, gateway, group):
        ireland.keeps("DependencyViolation", made)
