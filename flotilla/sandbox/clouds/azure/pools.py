"""Pools of nodes: those among a cluster's inputs, and those that are resources of their own."""

from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.azure.package import CLOUD, plane_of
from flotilla.sandbox.clouds.azure.resources import MANAGED_CLUSTER, plain
from flotilla.sandbox.clouds.azure.versions import minor, newest, offered, running
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

POOL: Final = "azure-native:containerservice:AgentPool"
DEFAULT_VM_SIZE: Final = "Standard_D4s_v5"
IMAGE: Final = "AKSAzureLinux-V3gen2-202611.03.0"
OLDEST_POOL: Final = 2
"""How many minor versions a pool may be behind its control plane."""


def pool_outputs(pool: Properties, cluster_version: str) -> Properties:
    """What AKS shows of a pool besides its inputs."""
    before = str(pool.get("currentOrchestratorVersion", ""))
    wanted = str(pool.get("orchestratorVersion") or "")
    if not wanted:
        version = before or cluster_version
    elif before:
        version = running(wanted, before)
    else:
        version = cluster_version if minor(wanted) == minor(cluster_version) else newest(wanted)
    return {
        "currentOrchestratorVersion": version,
        "nodeImageVersion": IMAGE,
        "provisioningState": "Succeeded",
        "powerState": {"code": "Running"},
    }


def node_count(pool: Properties) -> int:
    """How many nodes a pool has. Nobody plays the autoscaler, so that a pool that may have a node has one."""
    count = _whole(pool.get("count"), 1)
    if pool.get("enableAutoScaling") is not True:
        return count
    return min(max(count, _whole(pool.get("minCount"), 1), 1), _whole(pool.get("maxCount"), count))


def set_nodes(request: Request, cluster_id: str, name: str, pool: Properties) -> None:
    """Give the control plane the nodes of a pool."""
    cluster = request.store.find(MANAGED_CLUSTER, cluster_id)
    location = plain(str(cluster.outputs.get("location"))) if cluster else ""
    zones = cast("list[str]", pool.get("availabilityZones") or [])
    labels = cast("dict[str, str]", pool.get("nodeLabels") or {})
    own = {
        "agentpool": name,
        "kubernetes.azure.com/agentpool": name,
        "kubernetes.azure.com/mode": str(pool.get("mode", "User")).lower(),
    }
    control_planes.add_pool(
        request.account.directory,
        CLOUD,
        plane_of(cluster_id),
        name,
        count=node_count(pool),
        zones=[f"{location}-{zone}" for zone in zones],
        instance_type=str(pool.get("vmSize", DEFAULT_VM_SIZE)),
        labels={**labels, **own},
        taints=[_taint(each) for each in cast("list[str]", pool.get("nodeTaints") or [])],
    )


def _taint(text: str) -> dict[str, str]:
    """`key=value:effect` in parts."""
    pair, _, effect = text.rpartition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "value": value, "effect": effect}


def _whole(value: object, default: int) -> int:
    return int(value) if isinstance(value, int | float) else default


def _cluster_of(request: Request) -> Resource | None:
    return request.referred(MANAGED_CLUSTER, request.value("resourceName"))


def _derived(request: Request) -> Properties:
    cluster = _cluster_of(request)
    version = str(cluster.outputs.get("currentKubernetesVersion", "")) if cluster else ""
    return pool_outputs(request.outputs, version)


def _refuse_version(request: Request) -> None:
    cluster, wanted = _cluster_of(request), request.text("orchestratorVersion")
    if cluster is None or not wanted:
        return
    if not offered(wanted):
        request.refuse("versionNotSupported", v=wanted)
    control = str(cluster.outputs.get("currentKubernetesVersion", ""))
    (_, pool), (_, plane) = minor(wanted), minor(control)
    if pool > plane or plane - pool > OLDEST_POOL:
        request.refuse("newerThanControlPlane", v=wanted, w=control)
    before = str(request.outputs.get("currentOrchestratorVersion", ""))
    if before and pool > minor(before)[1] + 1:
        request.refuse("skipMinor", v=before, w=wanted)


def _refuse_sizes(request: Request) -> None:
    if request.value("enableAutoScaling") is not True:
        return
    least, most = request.value("minCount"), request.value("maxCount")
    if not isinstance(least, int | float) or not isinstance(most, int | float) or least > most:
        request.refuse_with(
            "InvalidParameter",
            f"The value of parameter agentPoolProfile.minCount {least} is not valid: give minCount and "
            "maxCount, and the first no larger than the second.",
        )


def _refuse_pool(request: Request) -> None:
    cluster, name = _cluster_of(request), request.text("agentPoolName")
    inline = cast("list[Properties]", cluster.outputs.get("agentPoolProfiles") or []) if cluster else []
    if any(pool.get("name") == name for pool in inline):
        request.refuse("duplicate")
    _refuse_version(request)
    _refuse_sizes(request)


def _refuse_changed_pool(request: Request) -> None:
    _refuse_version(request)
    _refuse_sizes(request)


def _refuse_last_system_pool(request: Request) -> None:
    cluster = _cluster_of(request)
    if cluster is None or request.outputs.get("mode") != "System":
        return
    inline = cast("list[Properties]", cluster.outputs.get("agentPoolProfiles") or [])
    others = [each.outputs for each in request.all(POOL) if each.id.startswith(f"{cluster.id}/")]
    if not any(pool.get("mode") == "System" for pool in [*inline, *others]):
        request.refuse_with("OperationNotAllowed", "There has to be at least one system agent pool.")


def _set(request: Request) -> Properties:
    cluster = _cluster_of(request)
    if cluster:
        set_nodes(request, cluster.id, request.text("agentPoolName"), request.inputs)
    return {}


def _drain(request: Request) -> None:
    cluster, _, name = request.identity.partition("/agentPools/")
    if control_planes.is_there(request.account.directory, CLOUD, plane_of(cluster)):
        control_planes.remove_pool(request.account.directory, CLOUD, plane_of(cluster), name)


KINDS: Final = (
    Kind(
        POOL,
        derived=_derived,
        creating=_refuse_pool,
        updating=_refuse_changed_pool,
        deleting=_refuse_last_system_pool,
        made=_set,
        changed=_set,
        removing=_drain,
    ),
)
"""What is special of pools."""
