"""Managed node groups and add-ons of EKS."""

import uuid
from datetime import UTC, datetime
from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.aws.clusters import (
    CLOUD,
    NODE_GROUP,
    attached,
    cluster_of,
    is_trusting,
    minor,
    plane_of,
    vpc_id,
)
from flotilla.sandbox.clouds.aws.iam import ROLE
from flotilla.sandbox.clouds.aws.networks import SUBNET
from flotilla.sandbox.clouds.aws.places import zones_of
from flotilla.sandbox.clouds.aws.tagging import all_tags, now
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

ADDON: Final = "aws:eks/addon:Addon"

DEFAULT_MACHINE: Final = "t3.medium"
ADDONS: Final = frozenset(
    {
        *("adot", "amazon-cloudwatch-observability", "amazon-guardduty", "aws-ebs-csi-driver"),
        *("aws-efs-csi-driver", "aws-mountpoint-s3-csi-driver", "aws-network-flow-monitoring-agent"),
        *("cert-manager", "coredns", "eks-node-monitoring-agent", "eks-pod-identity-agent", "external-dns"),
        *("fluent-bit", "kube-proxy", "kube-state-metrics", "metrics-server", "prometheus-node-exporter"),
        *("snapshot-controller", "vpc-cni"),
    }
)
"""Add-ons that EKS offers (its documentation, November 2026); those of the AWS Marketplace have a `_`."""

_TAINTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
_WORKER_POLICIES: Final = frozenset({"AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy"})
_VERSION: Final = "v1.0.0-eksbuild.1"


def _subnets(request: Request) -> list[Resource]:
    ids = request.value("subnetIds")
    found = [
        request.referred(SUBNET, value)
        for value in (cast("list[object]", ids) if isinstance(ids, list) else [])
    ]
    return [subnet for subnet in found if subnet and subnet.outputs]


def _refuse_group(request: Request) -> None:
    """Nodes need a role for EC2, subnets of the cluster's VPC, and a network plugin to become ready."""
    cluster = cluster_of(request)
    if cluster is None:
        request.refuse("missingReference", name=request.text("clusterName"))
    _refuse_role(request)
    vpc = vpc_id(cluster.outputs)
    for subnet in _subnets(request):
        if vpc and subnet.outputs.get("vpcId") != vpc:
            message = f"Subnet {subnet.id} is not in the VPC of the cluster ({vpc})."
            request.refuse_with("InvalidParameterException", message)
    _refuse_sizes(request)
    _refuse_newer(request, cluster)
    if cluster.outputs.get("bootstrapSelfManagedAddons") is False and "vpc-cni" not in _addons(request):
        request.refuse("nodesDidNotJoin")


def _refuse_role(request: Request) -> None:
    role = request.referred(ROLE, request.value("nodeRoleArn"))
    if role is None or not role.outputs:
        return
    if not is_trusting(role, "ec2.amazonaws.com", "sts:AssumeRole"):
        message = f"Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole {request.text('nodeRoleArn')}"  # noqa: E501
        request.refuse_with("InvalidParameterException", message)
    if not attached(request, role) & _WORKER_POLICIES:
        request.refuse("nodesDidNotJoin")


def _refuse_sizes(request: Request) -> None:
    sizes = cast("Properties", request.value("scalingConfig") or {})
    low, wanted, high = (_whole(sizes.get(name)) for name in ("minSize", "desiredSize", "maxSize"))
    if wanted > high:
        request.refuse("badScaling", n=wanted, m=high)
    if low > wanted:
        message = f"minimum capacity {low} can't be greater than desired size {wanted}"
        request.refuse_with("InvalidParameterException", message)


def _refuse_newer(request: Request, cluster: Resource) -> None:
    wanted, there = minor(request.text("version")), minor(str(cluster.outputs.get("version")))
    if wanted and there and wanted > there:
        request.refuse("versionNotSupported")


def _refuse_update(request: Request) -> None:
    cluster = cluster_of(request)
    _refuse_sizes(request)
    if cluster:
        _refuse_newer(request, cluster)


def _addons(request: Request) -> set[str]:
    cluster, region = request.text("clusterName"), request.word("region")
    return {
        str(found.outputs.get("addonName"))
        for found in request.store.all(ADDON)
        if found.outputs.get("clusterName") == cluster and found.scope == region
    }


def _group_outputs(request: Request) -> Properties:
    cluster = cluster_of(request)
    version = request.text("version") or str(cluster.outputs.get("version") if cluster else "")
    name = f"eks-{request.text('nodeGroupName')}-{uuid.uuid4()}"
    return {
        "amiType": "AL2023_x86_64_STANDARD",
        "capacityType": "ON_DEMAND",
        "diskSize": 20,
        "instanceTypes": [DEFAULT_MACHINE],
        "releaseVersion": f"{version}.0-{datetime.now(UTC):%Y%m%d}",
        "resources": [{"autoscalingGroups": [{"name": name}], "remoteAccessSecurityGroupId": ""}],
        "status": "ACTIVE",
        "version": version,
    }


def _set_pool(request: Request) -> Properties:
    """Give the control plane the group's nodes."""
    zones = sorted({str(found.outputs.get("availabilityZone")) for found in _subnets(request)})
    machines = cast("list[str]", request.value("instanceTypes") or [DEFAULT_MACHINE])
    taints = cast("list[Properties]", request.value("taints") or [])
    control_planes.add_pool(
        request.account.directory,
        CLOUD,
        plane_of(request, request.text("clusterName")),
        request.identity.rpartition(":")[2],
        count=_whole(value_at(request.outputs, "scalingConfig.desiredSize")),
        zones=zones or zones_of(request.word("region"))[:1],
        instance_type=machines[0],
        labels=cast("dict[str, str]", request.value("labels") or {}),
        taints=[
            {
                "key": str(taint.get("key")),
                "value": str(taint.get("value", "")),
                "effect": _TAINTS.get(str(taint.get("effect")), "NoSchedule"),
            }
            for taint in taints
        ],
    )
    return {}


def _drain_pool(request: Request) -> None:
    cluster, _, pool = request.identity.rpartition(":")
    control_planes.remove_pool(request.account.directory, CLOUD, plane_of(request, cluster), pool)


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _refuse_addon(request: Request) -> None:
    """An add-on is one that EKS offers, for a cluster that is there."""
    cluster = cluster_of(request)
    if cluster is None:
        request.refuse("missingReference", name=request.text("clusterName"))
    name = request.text("addonName")
    if name not in ADDONS and "_" not in name:
        version = str(cluster.outputs.get("version"))
        request.refuse("unknownAddon", name=name, **{"k8s version": version})
    version = request.text("addonVersion")
    if version and not version.startswith("v"):
        request.refuse("versionNotSupported")
    associations = cast("list[Properties]", request.value("podIdentityAssociations") or [])
    for each in associations:
        role = request.referred(ROLE, each.get("roleArn"))
        if role and not is_trusting(role, "pods.eks.amazonaws.com", "sts:AssumeRole"):
            message = "Role could not be assumed because the trusted entity is not correct"
            request.refuse_with("InvalidParameterException", message)


def _addon_outputs(_request: Request) -> Properties:
    return {
        "addonVersion": _VERSION,
        "configurationValues": "",
        "createdAt": now(),
        "modifiedAt": now(),
        "status": "ACTIVE",
    }


KINDS: Final = (
    Kind(
        NODE_GROUP,
        computed=_group_outputs,
        derived=all_tags,
        creating=_refuse_group,
        updating=_refuse_update,
        made=_set_pool,
        changed=_set_pool,
        removing=_drain_pool,
    ),
    Kind(ADDON, computed=_addon_outputs, derived=all_tags, creating=_refuse_addon),
)
"""What is special of node groups and add-ons."""
