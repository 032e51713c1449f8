"""Who may do what in a cluster on AWS."""

import pulumi
import pulumi_aws as aws

from components.cluster.eks.children import Children
from components.cluster.eks.offered import partition
from components.types import EksClusterSpec

ADMIN, VIEWER = "AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"
"""EKS's access policies: everything, and to look at everything but secrets."""


def principals(spec: EksClusterSpec) -> dict[str, tuple[str, str]]:
    """Who gets access, by what they are to the cluster: ARN and policy.

    Example:
        principals({"admins": ["arn:aws:iam::111122223333:role/platform"], …}) == {
            "admin-role-platform": ("arn:aws:iam::111122223333:role/platform", "AmazonEKSClusterAdminPolicy")
        }
    """
    deployer = spec.get("deployer_role_arn")
    found = {"deployer": (deployer, ADMIN)} if deployer else {}
    for word, arns, policy in (
        ("admin", spec.get("admins", []), ADMIN),
        ("viewer", spec.get("viewers", []), VIEWER),
    ):
        for arn in arns:
            *_, account, name = arn.split(":", 5)
            foreign = "" if account == spec["account_id"] else f"-{account}"
            found[f"{word}{foreign}-{name.replace('/', '-')}"] = (arn, policy)
    return found


def access(children: Children, spec: EksClusterSpec, cluster: "aws.eks.Cluster") -> list[pulumi.Resource]:
    """Create the access entries; nobody else gets in, not even who created the cluster."""
    made: list[pulumi.Resource] = []
    policies = f"arn:{partition(children.region)}:eks::aws:cluster-access-policy"
    for word, (arn, policy) in principals(spec).items():
        entry = aws.eks.AccessEntry(
            children.named(word),
            cluster_name=cluster.name,
            principal_arn=arn,
            type="STANDARD",
            region=children.region,
            tags=children.tags(word),
            opts=children.options(),
        )
        association = aws.eks.AccessPolicyAssociation(
            children.named(f"{word}-policy"),
            cluster_name=cluster.name,
            principal_arn=entry.principal_arn,
            policy_arn=f"{policies}/{policy}",
            access_scope={"type": "cluster"},
            region=children.region,
            opts=children.options(),
        )
        made += [entry, association]
    return made
