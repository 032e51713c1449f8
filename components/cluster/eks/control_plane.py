"""The cluster itself on AWS, and the log of its control plane."""

import pulumi
import pulumi_aws as aws

from components.cluster.eks.children import Children
from components.cluster.eks.network import Network
from components.cluster.eks.offered import AUTO_MODE_POOLS, DEFAULT_LOGS
from components.cluster.eks.roles import Role
from components.types import EksClusterSpec

_RETENTION_DAYS = 30


def log_group(children: Children, spec: EksClusterSpec) -> "aws.cloudwatch.LogGroup":
    """Create the log group before EKS does, which would keep it for ever."""
    return aws.cloudwatch.LogGroup(
        children.named("logs"),
        name=f"/aws/eks/{children.cloud_name}/cluster",
        retention_in_days=int(spec.get("log_retention_days", _RETENTION_DAYS)),
        region=children.region,
        tags=children.tags("logs"),
        opts=children.options(),
    )


def control_plane(
    children: Children,
    spec: EksClusterSpec,
    place: Network,
    *,
    cluster_role: Role,
    node_role: Role,
    logs: pulumi.Resource,
) -> "aws.eks.Cluster":
    """Create the cluster."""
    auto_mode = not spec.get("node_pools")
    return aws.eks.Cluster(
        children.name,
        name=children.cloud_name,
        version=spec["kubernetes_version"],
        role_arn=cluster_role.arn,
        # Explicit: by default AWS makes whoever creates the cluster its admin, for ever and unseen.
        access_config={
            "authentication_mode": "API",
            "bootstrap_cluster_creator_admin_permissions": False,
        },
        bootstrap_self_managed_addons=False,
        compute_config=_compute(spec, node_role),
        storage_config={"block_storage": {"enabled": auto_mode}},
        kubernetes_network_config={
            "elastic_load_balancing": {"enabled": auto_mode},
            "ip_family": "ipv4",
            "service_ipv4_cidr": spec.get("service_cidr"),
        },
        vpc_config=_vpc_config(spec, place),
        upgrade_policy={"support_type": "EXTENDED" if spec.get("extended_support") else "STANDARD"},
        zonal_shift_config={"enabled": True},
        enabled_cluster_log_types=spec.get("control_plane_logs", list(DEFAULT_LOGS)),
        deletion_protection=children.protect,
        region=children.region,
        tags=children.tags("cluster"),
        # A cluster cannot move to another network. The new one is there before the old one goes, because the
        # engine cannot delete first what runs on a cluster (pulumi/pulumi#14650): the name has to differ.
        opts=children.options(
            protected=True,
            depends_on=[*cluster_role.policies, *node_role.policies, logs],
            replacement_trigger=place.defined_by,
            delete_before_replace=False,
        ),
    )


def _compute(spec: EksClusterSpec, node_role: Role) -> "aws.eks.ClusterComputeConfigArgsDict":
    if spec.get("node_pools"):
        return {"enabled": False}
    return {
        "enabled": True,
        "node_pools": spec.get("auto_mode_pools", list(AUTO_MODE_POOLS)),
        "node_role_arn": node_role.arn,
    }


def _vpc_config(spec: EksClusterSpec, place: Network) -> "aws.eks.ClusterVpcConfigArgsDict":
    endpoint = spec.get("endpoint_access", {})
    config: aws.eks.ClusterVpcConfigArgsDict = {
        "subnet_ids": list(place.private.values()),
        "endpoint_private_access": True,
        "endpoint_public_access": endpoint.get("public", True),
    }
    if endpoint.get("public", True):
        config["public_access_cidrs"] = endpoint.get("public_cidrs", ["0.0.0.0/0"])
    return config
