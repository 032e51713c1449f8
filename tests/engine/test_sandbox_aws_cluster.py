"""The life of a cluster on the sandbox's AWS: a program with the real SDK, the engine, a control plane."""

import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest
from cloud_stacks import CloudStack

from flotilla.controlplane import Binaries, ControlPlane, find
from flotilla.engine import Engine
from flotilla.sandbox.clouds.store import remaining
from flotilla.sandbox.programs import place_credentials

pytestmark = pytest.mark.engine

PROGRAM = """
import json, pulumi, pulumi_aws as aws
wanted = json.load(open("wanted.json"))
there = pulumi.ResourceOptions(provider=aws.Provider("cloud", region="eu-west-1"))

def role(name, service, policy):
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    made = aws.iam.Role(name, assume_role_policy=json.dumps({"Statement": [trust]}), opts=there)
    managed = "arn:aws:iam::aws:policy/" + policy
    attached = aws.iam.RolePolicyAttachment(name, role=made.name, policy_arn=managed, opts=there)
    return made, pulumi.ResourceOptions(provider=there.provider, depends_on=attached)

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", opts=there)
subnets = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.0.{n}.0/24", availability_zone="eu-west-1" + zone,
                   opts=there)
    for n, zone in enumerate("ab")
]
in_charge, after = role("cluster", "eks.amazonaws.com", "AmazonEKSClusterPolicy")

shop = aws.eks.Cluster(
    "shop", name="shop", version=wanted.get("version", "1.35"), role_arn=in_charge.arn,
    access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
    vpc_config={"subnet_ids": [subnet.id for subnet in subnets]},
    deletion_protection=wanted.get("protected", False), opts=after)

nodes, after = role("nodes", "ec2.amazonaws.com", "AmazonEKSWorkerNodePolicy")
aws.eks.NodeGroup("apps", cluster_name=shop.name, node_role_arn=nodes.arn, opts=after,
                  subnet_ids=[subnet.id for subnet in subnets],
                  scaling_config={"min_size": 1, "desired_size": wanted.get("nodes", 1), "max_size": 3})
principal = "arn:aws:iam::123456789012:role/platform"
if wanted.get("admitted"):
    entry = aws.eks.AccessEntry("platform", cluster_name=shop.name, principal_arn=principal, opts=there)
    aws.eks.AccessPolicyAssociation(
        "platform", cluster_name=shop.name, principal_arn=entry.principal_arn,
        access_scope={"type": "cluster"},
        policy_arn="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", opts=there)
command = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "aws", "interactiveMode": "Never",
           "args": ["eks", "get-token", "--cluster-name", "shop", "--region", "eu-west-1"]}
pulumi.export("kubeconfig", pulumi.Output.json_dumps({
    "apiVersion": "v1", "kind": "Config", "current-context": "shop",
    "clusters": [{"name": "shop", "cluster": {
        "server": shop.endpoint, "certificate-authority-data": shop.certificate_authority.data}}],
    "users": [{"name": "shop", "user": {"exec": command}}],
    "contexts": [{"name": "shop", "context": {"cluster": "shop", "user": "shop"}}]}))
pulumi.export("version", shop.version)
"""


@pytest.fixture
def stack(engine: Engine, binaries: Binaries, tmp_path: Path) -> Generator[CloudStack]:
    """An empty stack of the program; its control planes end with the test."""
    made = CloudStack.init(engine, tmp_path, PROGRAM)
    place_credentials(tmp_path / "bin", tmp_path)
    yield made
    for name in find(tmp_path / "clusters"):
        ControlPlane(tmp_path / "clusters", name, binaries).delete()


def kubectl(stack: CloudStack, binaries: Binaries, *words: str) -> str:
    """What the caller of the cloud is told by the cluster."""
    file = stack.workspace / "kubeconfig"
    file.write_text(stack.outputs()["kubeconfig"], encoding="utf-8")
    done = subprocess.run(
        [binaries.kubectl, f"--kubeconfig={file}", f"--cache-dir={file.parent / 'cache'}", *words],
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_a_cluster_lives_with_its_nodes_access_and_leftovers_as_on_aws(
    stack: CloudStack, binaries: Binaries
) -> None:
    stack.up()
    assert 'nodes is forbidden: User "rehearsal"' in kubectl(stack, binaries, "get", "nodes")
    stack.up(admitted=True)
    assert len(kubectl(stack, binaries, "get", "nodes", "--output=name").split()) == 1
    assert stack.operations("up", admitted=True, nodes=3) == {"apps": ["update"]}
    assert len(kubectl(stack, binaries, "get", "nodes", "--output=name").split()) == 3
    assert stack.operations("up", admitted=True, nodes=3) == {}
    leap = stack.up(admitted=True, nodes=3, version="1.34", fails=True)
    assert "Unsupported Kubernetes minor version update from 1.35 to 1.34" in leap
    wanted = {"admitted": True, "nodes": 3, "version": "1.36"}
    assert stack.operations("up", **wanted, protected=True) == {"shop": ["update"]}
    assert stack.outputs()["version"] == "1.36"
    kept = stack.pulumi("destroy", "--yes", "--skip-preview", fails=True)
    assert "InvalidRequestException: Cluster shop cannot be deleted" in kept
    stack.up(admitted=True, nodes=3, version="1.36")

    kubectl(stack, binaries, "create", "service", "loadbalancer", "web", "--tcp=80")
    address = "jsonpath={.status.loadBalancer.ingress}"
    kubectl(stack, binaries, "wait", "service/web", f"--for={address}", "--timeout=30s")
    left = stack.pulumi("destroy", "--yes", "--skip-preview", fails=True)
    assert "api error DependencyViolation: The subnet" in left
    interfaces = [each for each in remaining(stack.workspace) if each.type.endswith(":NetworkInterface")]
    assert len(interfaces) == 2
    for path in (stack.workspace / "clouds/aws/ec2/NetworkInterface").rglob("*.json"):
        path.unlink()
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}
