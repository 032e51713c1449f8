"""Roles on AWS: who may take them, and what they allow."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cluster.eks.children import Children
from components.cluster.eks.offered import policy_arn
from components.types import AwsStatement

_VERSION = "2012-10-17"
"""The current version of the language of IAM policies."""
CLUSTER, NODES, PODS = "eks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com"
"""The services that take the roles of a cluster, of its nodes, and of pods by Pod Identity."""

CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)
AUTO_MODE_POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
"""What the cluster's role needs for Auto Mode, besides."""
AUTO_MODE_NODE_POLICIES = ("AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly")
NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryPullOnly",
)
STORAGE_POLICIES = ("service-role/AmazonEBSCSIDriverPolicy",)


@dataclass(frozen=True, slots=True)
class Role:
    """A role, and the policies that belong to it."""

    arn: pulumi.Output[str]
    policies: Sequence[pulumi.Resource]
    """What has to be there before the role is of use, and as long as it is used."""


def trust(service: str) -> str:
    """A policy that lets a service of AWS take a role."""
    actions = ["sts:AssumeRole"] if service == NODES else ["sts:AssumeRole", "sts:TagSession"]
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": actions}
    return json.dumps({"Version": _VERSION, "Statement": [statement]})


def allowing(statements: Sequence[AwsStatement]) -> str:
    """A policy that allows what the statements say."""
    return json.dumps(
        {
            "Version": _VERSION,
            "Statement": [
                {"Effect": "Allow", "Action": each["actions"], "Resource": each["resources"]}
                for each in statements
            ],
        }
    )


def role(
    children: Children,
    word: str,
    service: str,
    policy_arns: Sequence[str],
    statements: Sequence[AwsStatement] = (),
) -> Role:
    """Create a role that a service of AWS takes.

    Args:
        children: What the component's children have in common.
        word: What it is to the component, part of its Pulumi name.
        service: Who takes it.
        policy_arns: ARNs of the policies it has.
        statements: What it allows besides.
    """
    made = aws.iam.Role(
        children.named(word),
        assume_role_policy=trust(service),
        permissions_boundary=children.boundary,
        tags=children.tags(word),
        opts=children.options(),
    )
    policies: list[pulumi.Resource] = [
        aws.iam.RolePolicyAttachment(
            children.named(f"{word}-{arn.rpartition('/')[2]}"),
            role=made.name,
            policy_arn=arn,
            opts=children.options(),
        )
        for arn in policy_arns
    ]
    if statements:
        policies.append(
            aws.iam.RolePolicy(
                children.named(f"{word}-policy"),
                role=made.name,
                policy=allowing(statements),
                opts=children.options(),
            )
        )
    return Role(made.arn, policies)


def managed(children: Children, policies: Sequence[str]) -> list[str]:
    """ARNs of policies that AWS manages."""
    return [policy_arn(children.region, policy) for policy in policies]


def of_cluster(children: Children, *, auto_mode: bool) -> Role:
    """Create the role by which EKS makes what the cluster needs."""
    policies = (*CLUSTER_POLICIES, *(AUTO_MODE_POLICIES if auto_mode else ()))
    return role(children, "cluster-role", CLUSTER, managed(children, policies))


def of_nodes(children: Children, *, auto_mode: bool) -> Role:
    """Create the role of the nodes, which may pull from all repositories of the account."""
    policies = AUTO_MODE_NODE_POLICIES if auto_mode else NODE_POLICIES
    return role(children, "node-role", NODES, managed(children, policies))
