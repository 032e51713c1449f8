"""Mistakes that only a cloud would find: a rehearsal tells them in the cloud's words, and leaves nothing."""

from collections.abc import Generator

import pytest
from processes import command_lines
from rehearsing import Project

from flotilla.engine import Engine

pytestmark = pytest.mark.engine

STACK = """\
config:
  aws:region: eu-west-1
  gcp:project: shop-lab
  gcp:region: europe-west1
  azure-native:subscriptionId: 00000000-0000-4000-8000-000000000001
  azure-native:location: westeurope
  flotilla:environment: {tier: development}
  flotilla:clusters:
    main:
      type: eks
      accountId: "111122223333"
      kubernetesVersion: "1.36"
      deployerRoleArn: arn:aws:iam::111122223333:role/deployer
  flotilla:services:
    adservice: {release: v0.10.5}
"""

AWS = """\
import json

import pulumi
import pulumi_aws as aws

here = pulumi.ResourceOptions(provider=aws.Provider("here", region="eu-west-1"))
vpc = aws.ec2.Vpc("office", cidr_block="10.9.0.0/16", opts=here)


def role(service: str) -> aws.iam.Role:
    allowed = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    return aws.iam.Role("cluster", assume_role_policy=trust, opts=here)


subnets = [
    aws.ec2.Subnet(
        zone, vpc_id=vpc.id, cidr_block=cidr, availability_zone=f"eu-west-1{zone}", opts=here
    ).id
    for zone, cidr in {"a": "10.9.1.0/24", "b": "10.9.2.0/24"}.items()
]


def cluster(name: str, role: aws.iam.Role, *after: pulumi.Resource) -> aws.eks.Cluster:
    managed = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    allowed = aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=managed, opts=here)
    return aws.eks.Cluster(
        name, name="shop", role_arn=role.arn, vpc_config={"subnet_ids": subnets},
        access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
        opts=pulumi.ResourceOptions.merge(here, pulumi.ResourceOptions(depends_on=[allowed, *after])),
    )


"""

MISTAKES = {
    "a subnet outside of its network on AWS": (
        AWS + 'aws.ec2.Subnet("desk", vpc_id=vpc.id, cidr_block="10.8.1.0/24", opts=here)\n',
        "Subnet desk",
        "InvalidSubnet.Range: The CIDR '10.8.1.0/24' is invalid.",
    ),
    "a role that EKS cannot take": (
        AWS + 'cluster("shop", role("ec2.amazonaws.com"))\n',
        "Cluster shop",
        "InvalidParameterException: Role could not be assumed because the trusted entity is not correct",
    ),
    "a second cluster of the same name": (
        AWS + 'own = role("eks.amazonaws.com")\ncluster("again", own, cluster("shop", own))\n',
        "Cluster again",
        "ResourceInUseException: Cluster already exists with name: shop",
    ),
    "a cluster that lets nobody in": (
        AWS
        + """\
import pulumi_kubernetes as kubernetes
from components.cluster.eks.kubeconfig import kubeconfig

shop = cluster("shop", role("eks.amazonaws.com"))
inside = kubernetes.Provider(
    "inside", kubeconfig=kubeconfig(shop, "shop", "eu-west-1", None), cluster_identifier="shop"
)
kubernetes.core.v1.Namespace(
    "till", metadata={"name": "till"}, opts=pulumi.ResourceOptions(provider=inside)
)
""",
        "Namespace till",
        "orbidden",
    ),
    "a network on Google Cloud that is not there": (
        """\
import pulumi
import pulumi_gcp as gcp

here = pulumi.ResourceOptions(provider=gcp.Provider("here", project="shop-lab", region="europe-west1"))
gcp.compute.Subnetwork(
    "desk", network="projects/shop-lab/global/networks/office", ip_cidr_range="10.8.1.0/24", opts=here
)
""",
        "Subnetwork desk",
        "Error 404: The resource 'projects/shop-lab/global/networks/office' was not found, notFound",
    ),
    "a subnet outside of its network on Azure": (
        """\
import pulumi
import pulumi_azure_native as azure

provider = azure.Provider("here", subscription_id="00000000-0000-4000-8000-000000000001")
here = pulumi.ResourceOptions(provider=provider)
group = azure.resources.ResourceGroup("office", location="westeurope", opts=here)
network = azure.network.VirtualNetwork(
    "floor", location="westeurope", resource_group_name=group.name, opts=here,
    address_space={"address_prefixes": ["10.9.0.0/16"]},
)
azure.network.Subnet(
    "desk", resource_group_name=group.name, virtual_network_name=network.name, opts=here,
    address_prefix="10.8.1.0/24",
)
""",
        "Subnet desk",
        'Code="NetcfgInvalidSubnet"',
    ),
}  # fmt: skip
"""Programs, the resource that the cloud refuses, and what it says."""


@pytest.fixture(scope="module")
def project(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[Project]:
    made = Project.copy(tmp_path_factory.mktemp("mistakes"))
    made.write("Pulumi.mistake.yaml", STACK)
    yield made
    made.flotilla("down")


@pytest.mark.parametrize(("program", "resource", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_the_clouds_words_with_its_resource_and_leaves_nothing(
    project: Project, program: str, resource: str, said: str
) -> None:
    project.write("__main__.py", program)
    report = project.rehearse("mistake", expected=1)
    assert report["verdict"] == "failed"
    assert report["failures"] == ["up failed."]
    (error,) = report["steps"][-1]["errors"]
    assert error["resource"] == resource
    assert said in error["message"]
    assert project.rehearsals() == []
    assert command_lines(project.home / "rehearsals") == []


def test_a_program_that_does_not_make_the_cluster_of_its_stack_is_told_so(project: Project) -> None:
    project.write("__main__.py", "")
    report = project.rehearse("mistake", expected=1)
    (failure,) = report["failures"]
    assert failure == "The stack has a cluster main, and the program made none of its name in the cloud."
    assert project.rehearsals() == []
