"""Permissions of services on a cluster on AWS that another stack owns."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.cluster.eks.children import Children
from components.cluster.eks.identity import Grant, grant


def granting(component: pulumi.Resource, name: str, grantor: Mapping[str, pulumi.Input[str]]) -> Grant:
    """A way to grant on a cluster that is known by its grantor alone.

    Creates a provider for the cluster's account and region, which works as this stack's own AWS credentials.

    Args:
        component: The parent of all that is created.
        name: Its Pulumi name.
        grantor: What the cluster's stack exports of it: `account_id`, `region`, `cluster_name`.
    """
    provider = aws.Provider(
        name,
        region=grantor["region"],
        allowed_account_ids=[grantor["account_id"]],
        opts=pulumi.ResourceOptions(parent=component),
    )
    children = Children(name, name, "", component, provider, protect=False)
    return lambda service, namespace, account, permissions: grant(
        children,
        grantor["cluster_name"],
        {"service": service, "namespace": namespace, "account": account},
        permissions,
    )
