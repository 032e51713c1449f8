"""Mistakes that only AWS finds, made by small programs with the real SDK and engine against the sandbox."""

from pathlib import Path

import pytest
from cloud_stacks import CloudStack

from flotilla.engine import Engine

pytestmark = pytest.mark.engine

PROGRAM = """
import json, pulumi, pulumi_aws as aws
wanted = json.load(open("wanted.json"))
there = pulumi.ResourceOptions(provider=aws.Provider("cloud", region="eu-west-1"))

def role(name, service):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": ["sts:AssumeRole"]}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = aws.iam.Role(name, assume_role_policy=trust, opts=there)
    policy = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    return made, aws.iam.RolePolicyAttachment(name, role=made.name, policy_arn=policy, opts=there)

vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=there)
subnets = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=block, availability_zone=f"eu-west-1{zone}", opts=there)
    for zone, block in wanted["subnets"].items()
]
if wanted.get("clusters"):
    taken, attachment = role("cluster", wanted.get("service", "eks.amazonaws.com"))
    before = None
    for name in wanted["clusters"]:
        before = aws.eks.Cluster(
            name, name="shop", role_arn=taken.arn, version="1.36",
            vpc_config={"subnet_ids": [subnet.id for subnet in subnets]},
            opts=pulumi.ResourceOptions(
                provider=there.provider, depends_on=[attachment, *([before] if before else [])]),
        )
"""
ZONES = {"a": "10.0.0.0/24", "b": "10.0.1.0/24"}


@pytest.fixture(scope="module")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> CloudStack:
    """One stack for all mistakes, as each leaves what it made before it was found."""
    return CloudStack.init(engine, tmp_path_factory.mktemp("aws"), PROGRAM)


def test_a_subnet_outside_its_vpc_is_refused_as_aws_does(stack: CloudStack) -> None:
    said = stack.up(fails=True, subnets={"a": "10.9.0.0/24"})
    assert "InvalidSubnet.Range: The CIDR '10.9.0.0/24' is invalid." in said


def test_a_role_that_eks_may_not_take_is_refused_as_aws_does(stack: CloudStack) -> None:
    said = stack.up(fails=True, subnets=ZONES, clusters=["one"], service="ec2.amazonaws.com")
    assert "InvalidParameterException: Role could not be assumed because the trusted entity" in said


def test_a_second_cluster_of_the_same_name_is_refused_as_aws_does_and_all_can_go(stack: CloudStack) -> None:
    said = stack.up(fails=True, subnets=ZONES, clusters=["one", "two"])
    assert "ResourceInUseException: Cluster already exists with name: shop" in said
    assert "one" in stack.held()
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}
    assert not list(Path(stack.workspace / "clusters").glob("*/kubeconfig"))
