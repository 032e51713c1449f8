"""Node pools of Kubernetes Engine: nodes of their cluster's control plane."""

import hashlib
import re
from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.gcp.clusters import location_of
from flotilla.sandbox.clouds.gcp.package import link
from flotilla.sandbox.clouds.gcp.places import zones_of
from flotilla.sandbox.clouds.gcp.planes import CLOUD, DEFAULT_MACHINE, plane_of, whole
from flotilla.sandbox.clouds.gcp.projects import CLUSTER
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

_TAINTS: Final = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
_POOL_NAME: Final = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


def _cluster_of(request: Request) -> Resource | None:
    return request.referred(CLUSTER, request.value("cluster"))


def pool_id(request: Request) -> str:
    """The id of a node pool."""
    cluster = request.text("cluster")
    if "/" in cluster:
        return f"{cluster}/nodePools/{request.text('name')}"
    place = f"projects/{request.word('project')}/locations/{location_of(request)}"
    return f"{place}/clusters/{cluster}/nodePools/{request.text('name')}"


def pool_outputs(request: Request) -> Properties:
    """What GKE finds for a new node pool."""
    cluster = _cluster_of(request)
    version = cluster.outputs.get("masterVersion") if cluster else ""
    zones = _pool_zones(request)
    groups = [
        link(f"projects/{request.word('project')}/zones/{zone}/instanceGroupManagers/{_group(request, zone)}")
        for zone in zones
    ]
    return {
        "location": location_of(request),
        "version": version,
        "nodeLocations": zones,
        "instanceGroupUrls": groups,
        "managedInstanceGroupUrls": [each.replace("Managers", "s") for each in groups],
        "maxPodsPerNode": 110,
        "operation": "",
    }


def _group(request: Request, zone: str) -> str:
    cluster = request.text("cluster").rpartition("/")[2]
    digest = hashlib.sha256(f"{request.identity}/{zone}".encode()).hexdigest()[:8]
    return f"gke-{cluster}-{request.text('name')[:22]}-{digest}-grp"


def _pool_zones(request: Request) -> list[str]:
    return cast("list[str]", request.value("nodeLocations")) or zones_of(location_of(request))


def refuse_pool(request: Request) -> None:
    """A node pool belongs to a cluster that is there, and is not of Autopilot."""
    cluster = _cluster_of(request)
    if cluster is None or not request.identity.startswith(f"{cluster.id}/"):
        path = request.identity.rpartition("/nodePools/")[0]
        request.refuse_with("404 notFound", f"Not found: {path}.")
    if cluster.outputs.get("enableAutopilot") is True:
        request.refuse("autopilot")
    if not _POOL_NAME.fullmatch(request.text("name")):
        request.refuse_with(
            "400 badRequest", f'Invalid value for field "node_pool.name": "{request.text("name")}".'
        )


def _size(request: Request) -> int:
    """How many nodes a pool has: as it starts, within what the autoscaler is told.

    Nobody plays the autoscaler, so a pool that may have a node has one.
    """
    zones = len(_pool_zones(request))
    wanted = request.value("nodeCount")
    count = whole(wanted if wanted is not None else request.value("initialNodeCount")) * zones
    limits = cast("Properties", request.value("autoscaling") or {})
    if not limits:
        return count
    least = whole(limits.get("totalMinNodeCount")) or whole(limits.get("minNodeCount")) * zones
    most = whole(limits.get("totalMaxNodeCount")) or whole(limits.get("maxNodeCount")) * zones
    return min(max(count, least, 1), most)


def set_pool(request: Request) -> Properties:
    """Give the control plane the pool's nodes."""
    cluster = _cluster_of(request)
    if cluster is None:
        return {}
    taints = cast("list[Properties]", request.value("nodeConfig.taints") or [])
    control_planes.add_pool(
        request.account.directory,
        CLOUD,
        plane_of(cluster.id),
        request.text("name"),
        count=_size(request),
        zones=_pool_zones(request),
        instance_type=request.text("nodeConfig.machineType", DEFAULT_MACHINE),
        labels=cast("dict[str, str]", request.value("nodeConfig.labels") or {}),
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


def drain_pool(request: Request) -> None:
    """Take the pool's nodes out of the control plane."""
    cluster, _, pool = request.identity.partition("/nodePools/")
    control_planes.remove_pool(request.account.directory, CLOUD, plane_of(cluster), pool)
