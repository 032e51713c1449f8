"""Permissions of services on AWS: EKS Pod Identity."""

from collections.abc import Callable, Mapping

import pulumi
import pulumi_aws as aws

from components.cluster.eks import roles
from components.cluster.eks.children import Children
from components.types import AwsPermissions, Permissions
from components.wiring import ServiceIdentity

Grant = Callable[[str, str, str, Permissions], ServiceIdentity | None]
"""What `Cluster.grant` does: service, namespace, service account and permissions to an identity."""


def grant(
    children: Children,
    cluster_name: pulumi.Input[str],
    subject: Mapping[str, str],
    permissions: Permissions,
) -> ServiceIdentity | None:
    """Let the pods of a service act on AWS.

    Pods that start before the association is there get no credentials until they are started again: hence
    what is returned waits for it.

    Args:
        children: What the component's children have in common.
        cluster_name: Name of the cluster on AWS.
        subject: The `service`, its `namespace` and its `account`.
        permissions: What it may do.

    Returns:
        What its service account needs; None without permissions on AWS.
    """
    wanted = permissions.get("aws", AwsPermissions())
    policies, statements = wanted.get("policy_arns", []), wanted.get("statements", [])
    if not policies and not statements:
        return None
    word = f"{subject['service']}-identity"
    role = roles.role(children, word, roles.PODS, policies, statements)
    association = aws.eks.PodIdentityAssociation(
        children.named(word),
        cluster_name=cluster_name,
        namespace=subject["namespace"],
        service_account=subject["account"],
        role_arn=role.arn,
        tags=children.tags(word),
        opts=children.options(depends_on=role.policies),
    )
    # By way of the URN, which every preview knows, so that previews of the service are complete.
    annotations: pulumi.Output[dict[str, pulumi.Input[str]]] = association.urn.apply(lambda _: {})
    return {"service_account_annotations": annotations}
