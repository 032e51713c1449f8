"""What AWS offers: regions with their zones, Kubernetes versions, control-plane logs, retentions.

Sources: AWS's documentation of EKS (release calendar, logging, Auto Mode), of regions and zones, and of
CloudWatch Logs (`PutRetentionPolicy`), November 2026. Where AWS offers more by now, add it here.
"""

from collections.abc import Mapping

REGIONS: Mapping[str, str] = {
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-east-2": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-south-2": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "ap-southeast-3": "abc",
    "ap-southeast-4": "abc",
    "ap-southeast-5": "abc",
    "ap-southeast-6": "abc",
    "ap-southeast-7": "abc",
    "ca-central-1": "abd",
    "ca-west-1": "abc",
    "eu-central-1": "abc",
    "eu-central-2": "abc",
    "eu-north-1": "abc",
    "eu-south-1": "abc",
    "eu-south-2": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "il-central-1": "abc",
    "me-central-1": "abc",
    "me-south-1": "abc",
    "mx-central-1": "abc",
    "sa-east-1": "abc",
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-gov-east-1": "abc",
    "us-gov-west-1": "abc",
    "us-west-1": "abc",
    "us-west-2": "abcd",
}
"""The regions, each with the letters of its zones. An account has no more than these; which place a letter
stands for differs by account."""

STANDARD_VERSIONS = ("1.34", "1.35", "1.36")
"""Kubernetes versions in standard support."""
EXTENDED_VERSIONS = ("1.32", "1.33")
"""Kubernetes versions in extended support, which costs more."""

AUTO_MODE_POOLS = ("general-purpose", "system")
"""The node pools that Auto Mode brings."""

LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""Logs of the control plane."""
DEFAULT_LOGS = LOGS[:3]

RETENTIONS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Days that CloudWatch can keep a log."""

ADDONS_BEFORE_NODES = ("eks-pod-identity-agent", "kube-proxy", "vpc-cni")
"""Add-ons without which nodes of managed node groups never become ready; Auto Mode has them built in."""
ADDONS_AFTER_NODES = ("aws-ebs-csi-driver", "coredns")
"""Add-ons that run on nodes of managed node groups; Auto Mode has them built in."""
ADDONS = ("metrics-server",)
"""Add-ons of every cluster."""


def default_zones(region: str, count: int) -> list[str]:
    """The first zones of a region; fewer where it has fewer.

    Example:
        default_zones("ca-central-1", 3) == ["ca-central-1a", "ca-central-1b", "ca-central-1d"]
    """
    return [f"{region}{letter}" for letter in REGIONS.get(region, "")[:count]]


def partition(region: str) -> str:
    """The part of AWS that a region belongs to, as ARNs name it."""
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def registry(account: str, region: str) -> str:
    """The account's registry of images in a region."""
    return f"{account}.dkr.ecr.{region}.amazonaws.com"


def policy_arn(region: str, policy: str) -> str:
    """The ARN of a policy that AWS manages.

    Example:
        policy_arn("eu-west-1", "AmazonEKSClusterPolicy") == "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    """
    return f"arn:{partition(region)}:iam::aws:policy/{policy}"
