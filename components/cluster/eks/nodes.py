"""Nodes and add-ons of a cluster on AWS."""

from collections.abc import Iterable, Sequence

import pulumi
import pulumi_aws as aws

from components.cluster.eks import roles
from components.cluster.eks.children import Children
from components.cluster.eks.network import Network
from components.cluster.eks.network_policies import ADDON_CONFIGURATION
from components.cluster.eks.node_rules import architecture_of, largest, smallest
from components.cluster.eks.offered import ADDONS, ADDONS_AFTER_NODES, ADDONS_BEFORE_NODES
from components.types import EksClusterSpec, EksNodePool, NodeArchitecture, NodeImage, Taint, TaintEffect
from components.wiring import Nodes

_IMAGES = {
    (NodeImage.AMAZON_LINUX, NodeArchitecture.X86_64): "AL2023_x86_64_STANDARD",
    (NodeImage.AMAZON_LINUX, NodeArchitecture.ARM64): "AL2023_ARM_64_STANDARD",
    (NodeImage.BOTTLEROCKET, NodeArchitecture.X86_64): "BOTTLEROCKET_x86_64",
    (NodeImage.BOTTLEROCKET, NodeArchitecture.ARM64): "BOTTLEROCKET_ARM_64",
}
_EFFECTS = {
    TaintEffect.NO_SCHEDULE: "NO_SCHEDULE",
    TaintEffect.PREFER_NO_SCHEDULE: "PREFER_NO_SCHEDULE",
    TaintEffect.NO_EXECUTE: "NO_EXECUTE",
}
_DISK = 50
_UNAVAILABLE_PERCENTAGE = 33
"""How much of a pool may be replaced at once."""
POOL_LABEL = "flotilla/node-pool"
"""The label with a pool's name; the name that AWS gives its group ends differently each time."""
STORAGE_ACCOUNT = "ebs-csi-controller-sa"
"""The service account that the add-on for volumes acts as."""


def nodes(
    children: Children,
    spec: EksClusterSpec,
    cluster: "aws.eks.Cluster",
    node_role: roles.Role,
    place: Network,
) -> list[pulumi.Resource]:
    """Create what runs pods, and what pods need; return what has to be there before services are."""
    pools = spec.get("node_pools")
    if not pools:
        _addons(children, spec, cluster, ADDONS, ())
        return []
    first = _addons(children, spec, cluster, ADDONS_BEFORE_NODES, ())
    groups: list[pulumi.Resource] = [
        aws.eks.NodeGroup(
            children.named(f"pool-{name}"),
            cluster_name=cluster.name,
            node_role_arn=node_role.arn,
            subnet_ids=list(place.private.values()),
            version=spec["kubernetes_version"],
            instance_types=pool["instance_types"],
            ami_type=_IMAGES[pool.get("image", NodeImage.AMAZON_LINUX), architecture_of(pool)],
            capacity_type="SPOT" if pool.get("spot") else "ON_DEMAND",
            disk_size=int(pool.get("disk_size", _DISK)),
            scaling_config=_scaling(pool),
            update_config={"max_unavailable_percentage": _UNAVAILABLE_PERCENTAGE},
            node_repair_config={"enabled": True},
            labels={**pool.get("labels", {}), POOL_LABEL: name},
            taints=_taints(pool.get("taints", [])),
            region=children.region,
            tags=children.tags(f"pool-{name}"),
            # Whatever scales the pool owns the number of its nodes.
            opts=children.options(
                depends_on=[*first, *node_role.policies, *place.ready],
                ignore_changes=["scalingConfig.desiredSize"],
            ),
        )
        for name, pool in pools.items()
    ]
    last = _addons(children, spec, cluster, ADDONS_AFTER_NODES, groups)
    _addons(children, spec, cluster, ADDONS, groups)
    return [*first, *groups, *last]


def told_apart(*, auto_mode: bool) -> Nodes:
    """How nodes are told apart: those of Auto Mode are Karpenter's."""
    if auto_mode:
        spot = {"karpenter.sh/capacity-type": "spot"}
        return {"node_pool_label": "karpenter.sh/nodepool", "spot_labels": spot}
    return {"node_pool_label": POOL_LABEL, "spot_labels": {"eks.amazonaws.com/capacityType": "SPOT"}}


def _scaling(pool: EksNodePool) -> "aws.eks.NodeGroupScalingConfigArgsDict":
    low = smallest(pool)
    return {"min_size": low, "max_size": largest(pool), "desired_size": low}


def _taints(taints: Sequence[Taint]) -> "list[aws.eks.NodeGroupTaintArgsDict]":
    return [
        {"key": taint["key"], "value": taint.get("value", ""), "effect": _EFFECTS[taint["effect"]]}
        for taint in taints
    ]


def _addons(
    children: Children,
    spec: EksClusterSpec,
    cluster: "aws.eks.Cluster",
    names: Iterable[str],
    depends_on: Sequence[pulumi.Resource],
) -> list[pulumi.Resource]:
    return [_addon(children, spec, cluster, name, depends_on) for name in names]


def _addon(
    children: Children,
    spec: EksClusterSpec,
    cluster: "aws.eks.Cluster",
    name: str,
    depends_on: Sequence[pulumi.Resource],
) -> pulumi.Resource:
    identity = None
    if name == "aws-ebs-csi-driver":
        policies = roles.managed(children, roles.STORAGE_POLICIES)
        identity = roles.role(children, "storage-role", roles.PODS, policies)
    return aws.eks.Addon(
        children.named(name),
        cluster_name=cluster.name,
        addon_name=name,
        addon_version=spec.get("addon_versions", {}).get(name),
        configuration_values=ADDON_CONFIGURATION.get(name),
        pod_identity_associations=(
            [{"role_arn": identity.arn, "service_account": STORAGE_ACCOUNT}] if identity else None
        ),
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="PRESERVE",
        region=children.region,
        tags=children.tags(name),
        opts=children.options(depends_on=[*depends_on, *(identity.policies if identity else ())]),
    )
