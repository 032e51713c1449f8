"""The nodes of a cluster: the inputs of its pools."""

from collections.abc import Sequence

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.place import Place
from components.cluster.aks.pool_rules import SYSTEM, SYSTEM_SIZES, sizes_of
from components.types import AksNodePool, AksSystemPool, Taint, TaintEffect
from components.wiring import Nodes

SYSTEM_VM_SIZE, VM_SIZE = "Standard_D2s_v5", "Standard_D4s_v5"
OS_SKU = "AzureLinux3"
SPOT = "kubernetes.azure.com/scalesetpriority"
"""Label and taint that AKS gives the nodes of spot pools; they are said here too, or each preview would take
them away."""

NODES: Nodes = {
    "node_pool_label": "kubernetes.azure.com/agentpool",
    "spot_labels": {SPOT: "spot"},
    "spot_taints": [{"key": SPOT, "value": "spot", "effect": TaintEffect.NO_SCHEDULE}],
}
"""How nodes are told apart."""


def system_pool(
    pool: AksSystemPool, version: str, zones: Sequence[str], subnet_id: pulumi.Input[str]
) -> "azure.containerservice.ManagedClusterAgentPoolProfileArgsDict":
    """The pool of Kubernetes' own add-ons, which is part of the cluster's inputs."""
    least, most = sizes_of(pool, SYSTEM_SIZES)
    return {
        "name": SYSTEM,
        "mode": "System",
        "type": "VirtualMachineScaleSets",
        "vm_size": pool.get("vm_size", SYSTEM_VM_SIZE),
        "os_type": "Linux",
        "os_sku": OS_SKU,
        "orchestrator_version": version,
        "availability_zones": list(zones),
        "vnet_subnet_id": subnet_id,
        "count": least,
        "min_count": least,
        "max_count": most,
        "enable_auto_scaling": True,
        "node_taints": ["CriticalAddonsOnly=true:NoSchedule"],
    }


def node_pool(
    place: Place,
    cluster: "azure.containerservice.ManagedCluster",
    name: str,
    pool: AksNodePool,
    *,
    version: str,
    zones: Sequence[str],
    subnet_id: pulumi.Input[str],
) -> "azure.containerservice.AgentPool":
    """A pool for services: a resource of its own, as the cluster's inputs take no pools later on."""
    least, most = sizes_of(pool)
    spot = pool.get("spot", False)
    disk = pool.get("os_disk_size_gb")
    return azure.containerservice.AgentPool(
        place.child(f"pool-{name}"),
        resource_group_name=place.group,
        resource_name_=cluster.name,
        agent_pool_name=name,
        mode="User",
        type="VirtualMachineScaleSets",
        vm_size=pool.get("vm_size", VM_SIZE),
        os_type="Linux",
        os_sku=OS_SKU,
        os_disk_size_gb=None if disk is None else int(disk),
        orchestrator_version=version,
        availability_zones=list(zones),
        vnet_subnet_id=subnet_id,
        count=least,
        min_count=least,
        max_count=most,
        enable_auto_scaling=True,
        node_labels=_labels(pool),
        node_taints=[*map(_taint, pool.get("taints", [])), *([f"{SPOT}=spot:NoSchedule"] if spot else [])],
        scale_set_priority="Spot" if spot else "Regular",
        scale_set_eviction_policy="Delete" if spot else None,
        spot_max_price=-1 if spot else None,
        tags=place.tags,
        # The autoscaler changes the count; a refresh must not have it set back.
        # A pool of the same name cannot stand beside the old one, whose machines another size replaces.
        opts=place.options(ignore_changes=["count"], delete_before_replace=None),
    )


def _labels(pool: AksNodePool) -> dict[str, str]:
    return {**pool.get("labels", {}), **({SPOT: "spot"} if pool.get("spot", False) else {})}


def _taint(taint: Taint) -> str:
    return f"{taint['key']}={taint.get('value', '')}:{taint['effect']}"
