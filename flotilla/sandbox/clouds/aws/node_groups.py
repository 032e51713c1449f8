"""Managed node groups of EKS."""

import re
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.aws.clusters import (
    NODE_GROUP,
    items,
    may,
    minor_of,
    subnets_of,
    vpc_of_cluster,
    zones_of,
)
from flotilla.sandbox.clouds.aws.iam import ROLE
from flotilla.sandbox.clouds.aws.places import zones_of as zones_of_region
from flotilla.sandbox.clouds.aws.planes import CLOUD, belonging, cluster_of, plane_of
from flotilla.sandbox.clouds.aws.policies import trusts
from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.checking import Failure
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request, unique
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

ADDON: Final = "aws:eks/addon:Addon"

_ARM: Final = re.compile(r"a1\.|[a-z]+\d+g[a-z]*\.")
"""Instance types with AWS's own processors: `m7g.large`, `c6gn.xlarge`."""
_OLDEST: Final = 3
"""How many minor versions nodes may be behind their cluster."""
_POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy")
"""AWS's policies by either of which nodes join."""
_EFFECTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}


def _count(properties: Properties, name: str) -> int:
    value = value_at(properties, f"scalingConfig.{name}")
    return int(value) if isinstance(value, int | float) else 0


def _outputs(request: Request) -> Properties:
    name = request.outputs.get("nodeGroupName")
    version = request.text("version") or cluster_of(request).outputs.get("version")
    return {
        "amiType": "AL2023_x86_64_STANDARD",
        "capacityType": "ON_DEMAND",
        "diskSize": 20,
        "instanceTypes": ["t3.medium"],
        "nodeGroupNamePrefix": "",
        "releaseVersion": f"{version}.0-20261101",
        "resources": [
            {"autoscalingGroups": [{"name": f"eks-{name}-{unique()}"}], "remoteAccessSecurityGroupId": ""}
        ],
        "status": "ACTIVE",
        "updateConfig": {"maxUnavailable": 1},
        "version": version,
    }


def _refuse(request: Request) -> None:
    """What EKS refuses of a new node group, and nodes that never become ready."""
    _refuse_scaling(request)
    _refuse_version(request)
    for message in (*_instance_faults(request), *_network_faults(request)):
        request.refuse_with("InvalidParameterException", message)
    arn = request.value("nodeRoleArn")
    role = cast("Resource", request.referred(ROLE, arn))
    if not trusts(role.outputs.get("assumeRolePolicy"), "ec2.amazonaws.com"):
        request.refuse("roleTrust", arn=arn)
    if not may(request, role, *_POLICIES):
        request.refuse("nodesDidNotJoin", why="Instances failed to join the kubernetes cluster")
    cluster = cluster_of(request)
    bare = cluster.outputs.get("bootstrapSelfManagedAddons") is False
    addons = [each.outputs.get("addonName") for each in belonging(request, ADDON, cluster.id)]
    if bare and "vpc-cni" not in addons and _count(request.inputs, "desiredSize"):
        why = "Unhealthy nodes in the kubernetes cluster: cni plugin not initialized"
        request.refuse("nodesDidNotJoin", why=why)


def _refuse_scaling(request: Request) -> None:
    low, wanted, high = (_count(request.inputs, name) for name in ("minSize", "desiredSize", "maxSize"))
    if low > wanted:
        message = f"Minimum capacity {low} can't be greater than desired size {wanted}"
        request.refuse_with("InvalidParameterException", message)
    if wanted > high:
        request.refuse("badScaling", n=wanted, m=high)


def _refuse_version(request: Request) -> None:
    """Nodes are not newer than the cluster, nor older than it can serve; they never go back."""
    version, running = request.text("version"), cluster_of(request).outputs.get("version")
    if not version:
        return
    if minor_of(version) > minor_of(running):
        request.refuse("versionNotSupported")
    if minor_of(version) < minor_of(running) - _OLDEST:
        message = f"Nodegroup version {version} is more than {_OLDEST} minor versions behind {running}"
        request.refuse_with("InvalidParameterException", message)
    before = request.old.outputs.get("version") if request.old else None
    if before and minor_of(version) < minor_of(before):
        message = f"Nodegroup version cannot be downgraded from {before} to {version}"
        request.refuse_with("InvalidParameterException", message)


def _instance_faults(request: Request) -> Iterator[str]:
    """Images and machines have one architecture."""
    image = request.text("amiType", "AL2023_x86_64_STANDARD")
    if image == "CUSTOM" or image.startswith("WINDOWS"):
        return
    wrong = [
        str(each)
        for each in items(request.value("instanceTypes"))
        if bool(_ARM.match(str(each))) is not ("ARM_64" in image)
    ]
    if wrong:
        yield f"[{', '.join(wrong)}] is not a valid instance type for requested amiType {image}"


def _network_faults(request: Request) -> Iterator[str]:
    vpc = vpc_of_cluster(cluster_of(request).outputs)
    for subnet in subnets_of(request, request.value("subnetIds")):
        if vpc and subnet.outputs and subnet.outputs.get("vpcId") != vpc:
            yield f"Subnet {subnet.id} is not in the VPC of the cluster, {vpc}"


def _failures(request: Request) -> Iterator[Failure]:
    both = ("maxUnavailable", "maxUnavailablePercentage")
    if all(request.value(f"updateConfig.{name}") for name in both):
        message = f"only one of `{','.join(both)}` can be specified"
        yield Failure("updateConfig", f"Invalid combination of arguments: {message}")


def _refuse_change(request: Request) -> None:
    _refuse_scaling(request)
    _refuse_version(request)


def _place_nodes(request: Request) -> Properties:
    """Let the nodes be there that the group should have."""
    shown = request.outputs
    name = str(shown.get("nodeGroupName"))
    labels = cast("Properties", shown.get("labels") or {})
    taints = [cast("Properties", each) for each in items(shown.get("taints"))]
    zones = zones_of(subnets_of(request, shown.get("subnetIds"))) or zones_of_region(request.word("region"))
    control_planes.add_pool(
        request.account.directory,
        CLOUD,
        plane_of(request, shown.get("clusterName")),
        name,
        count=_count(shown, "desiredSize"),
        zones=zones,
        instance_type=str(items(shown.get("instanceTypes"))[0]),
        labels={key: str(value) for key, value in labels.items()},
        taints=[_taint(each) for each in taints],
    )
    return {}


def _taint(given: Properties) -> dict[str, str]:
    effect = _EFFECTS.get(str(given.get("effect")), "NoSchedule")
    value = {"value": str(given["value"])} if given.get("value") else {}
    return {"key": str(given.get("key")), **value, "effect": effect}


def _remove_nodes(request: Request) -> None:
    name, cluster = str(request.outputs.get("nodeGroupName")), request.outputs.get("clusterName")
    control_planes.remove_pool(request.account.directory, CLOUD, plane_of(request, cluster), name)


KINDS: Final = (
    Kind(
        NODE_GROUP,
        check=_failures,
        computed=_outputs,
        derived=all_tags,
        creating=_refuse,
        updating=_refuse_change,
        made=_place_nodes,
        changed=_place_nodes,
        removing=_remove_nodes,
    ),
)
"""What is special of node groups."""
