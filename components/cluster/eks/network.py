"""The network of a cluster on AWS: created, or somebody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cluster.eks.children import Children
from components.cluster.eks.subnets import subnet_plan
from components.types import EksClusterSpec, EksNetwork, ExistingVpc, Nat


@dataclass(frozen=True, slots=True)
class Network:
    """Where a cluster lives."""

    defined_by: str
    """What makes it this network and no other: its block, or its id."""
    private: Mapping[str, pulumi.Input[str]]
    """Ids of the subnets for nodes, by zone or number."""
    public: Mapping[str, pulumi.Input[str]]
    """Ids of the subnets for load balancers."""
    ready: Sequence[pulumi.Resource] = ()
    """What nodes need to reach the internet."""
    gateway: Sequence[pulumi.Resource] = ()
    """What public addresses need."""


def network(children: Children, spec: EksClusterSpec) -> Network:
    """The network of a completed cluster."""
    if "existing_vpc" in spec:
        return _existing(spec["existing_vpc"])
    return _created(children, spec.get("network", EksNetwork()))


def _existing(vpc: ExistingVpc) -> Network:
    return Network(
        defined_by=vpc["vpc_id"],
        private={str(place): subnet for place, subnet in enumerate(vpc["private_subnet_ids"], 1)},
        public={str(place): subnet for place, subnet in enumerate(vpc.get("public_subnet_ids", []), 1)},
    )


def _created(children: Children, spec: EksNetwork) -> Network:
    cidr, nat = spec.get("cidr", ""), spec.get("nat", Nat.ZONAL)
    vpc = aws.ec2.Vpc(
        children.named("vpc"),
        cidr_block=cidr,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        region=children.region,
        tags=children.tags("vpc"),
        opts=children.options(protected=True),
    )
    plan = {
        zone.zone.removeprefix(children.region): zone for zone in subnet_plan(cidr, spec.get("zones", []))
    }
    public = {
        letter: _subnet(children, vpc, f"public-{letter}", zone=zone.zone, cidr=zone.public, balancers="elb")
        for letter, zone in plan.items()
    }
    private = {
        letter: _subnet(
            children, vpc, f"private-{letter}", zone=zone.zone, cidr=zone.private, balancers="internal-elb"
        )
        for letter, zone in plan.items()
    }
    gateway = _internet_gateway(children, vpc)
    outside = _route_table(children, vpc, "public", gateway_id=gateway.id)
    joined = _associations(children, "public", public, dict.fromkeys(public, outside.table))
    nats = _nat_gateways(children, nat, vpc, public, [gateway, outside.route, *joined])
    inside = {
        letter: _route_table(children, vpc, _role("private", letter), nat_gateway_id=gateway_.id)
        for letter, gateway_ in nats.items()
    }
    by_zone = {letter: (inside.get(letter) or inside[""]).table for letter in private}
    routed = _associations(children, "private", private, by_zone)
    _s3_endpoint(children, vpc, [outside.table, *(each.table for each in inside.values())])
    return Network(
        defined_by=cidr,
        private={letter: subnet.id for letter, subnet in private.items()},
        public={letter: subnet.id for letter, subnet in public.items()},
        ready=[outside.route, *joined, *(each.route for each in inside.values()), *routed],
        gateway=[gateway],
    )


def _role(word: str, letter: str) -> str:
    return f"{word}-{letter}" if letter else word


def _subnet(
    children: Children, vpc: "aws.ec2.Vpc", role: str, *, zone: str, cidr: str, balancers: str
) -> "aws.ec2.Subnet":
    return aws.ec2.Subnet(
        children.named(role),
        vpc_id=vpc.id,
        availability_zone=zone,
        cidr_block=cidr,
        region=children.region,
        tags={**children.tags(role), f"kubernetes.io/role/{balancers}": "1"},
        opts=children.options(protected=True),
    )


def _internet_gateway(children: Children, vpc: "aws.ec2.Vpc") -> "aws.ec2.InternetGateway":
    return aws.ec2.InternetGateway(
        children.named("internet-gateway"),
        vpc_id=vpc.id,
        region=children.region,
        tags=children.tags("internet-gateway"),
        # AWS would take it from the old network while that still has public addresses, and refuses.
        opts=children.options(replace_on_changes=["vpcId"]),
    )


@dataclass(frozen=True, slots=True)
class _RouteTable:
    table: "aws.ec2.RouteTable"
    route: "aws.ec2.Route"
    """Its way to the internet."""


def _route_table(
    children: Children,
    vpc: "aws.ec2.Vpc",
    role: str,
    *,
    gateway_id: pulumi.Input[str] | None = None,
    nat_gateway_id: pulumi.Input[str] | None = None,
) -> _RouteTable:
    table = aws.ec2.RouteTable(
        children.named(f"{role}-routes"),
        vpc_id=vpc.id,
        region=children.region,
        tags=children.tags(role),
        opts=children.options(),
    )
    route = aws.ec2.Route(
        children.named(f"{role}-default-route"),
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        gateway_id=gateway_id,
        nat_gateway_id=nat_gateway_id,
        region=children.region,
        opts=children.options(),
    )
    return _RouteTable(table, route)


def _associations(
    children: Children,
    word: str,
    subnets: "Mapping[str, aws.ec2.Subnet]",
    tables: "Mapping[str, aws.ec2.RouteTable]",
) -> "list[aws.ec2.RouteTableAssociation]":
    return [
        aws.ec2.RouteTableAssociation(
            children.named(f"{word}-{letter}-association"),
            subnet_id=subnet.id,
            route_table_id=tables[letter].id,
            region=children.region,
            opts=children.options(),
        )
        for letter, subnet in subnets.items()
    ]


def _nat_gateways(
    children: Children,
    nat: Nat,
    vpc: "aws.ec2.Vpc",
    public: "Mapping[str, aws.ec2.Subnet]",
    depends_on: Sequence[pulumi.Resource],
) -> "dict[str, aws.ec2.NatGateway]":
    """The NAT gateways by zone; the one for all zones has an empty key."""
    if nat == Nat.REGIONAL:
        gateway = aws.ec2.NatGateway(
            children.named("nat"),
            availability_mode="regional",
            connectivity_type="public",
            vpc_id=vpc.id,
            region=children.region,
            tags=children.tags("nat"),
            opts=children.options(depends_on=depends_on),
        )
        return {"": gateway}
    placed = public if nat == Nat.ZONAL else {"": next(iter(public.values()))}
    return {
        letter: _nat_gateway(children, _role("nat", letter), subnet, depends_on)
        for letter, subnet in placed.items()
    }


def _nat_gateway(
    children: Children, role: str, subnet: "aws.ec2.Subnet", depends_on: Sequence[pulumi.Resource]
) -> "aws.ec2.NatGateway":
    address = aws.ec2.Eip(
        children.named(f"{role}-address"),
        domain="vpc",
        region=children.region,
        tags=children.tags(role),
        opts=children.options(protected=True),
    )
    return aws.ec2.NatGateway(
        children.named(role),
        subnet_id=subnet.id,
        allocation_id=address.allocation_id,
        region=children.region,
        tags=children.tags(role),
        # Two gateways cannot have one address, not even while one takes the place of the other.
        opts=children.options(depends_on=depends_on, delete_before_replace=True),
    )


def _s3_endpoint(children: Children, vpc: "aws.ec2.Vpc", tables: "Sequence[aws.ec2.RouteTable]") -> None:
    """Images' layers come from S3: this way they cost no NAT traffic."""
    aws.ec2.VpcEndpoint(
        children.named("s3"),
        vpc_id=vpc.id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{children.region}.s3",
        route_table_ids=[table.id for table in tables],
        region=children.region,
        tags=children.tags("s3"),
        opts=children.options(),
    )
