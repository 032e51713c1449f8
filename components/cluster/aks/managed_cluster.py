"""The cluster itself, and when it is upgraded by itself."""

from collections.abc import Sequence

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.addresses import Addresses
from components.cluster.aks.identity import Identities
from components.cluster.aks.network import Network
from components.cluster.aks.nodes import system_pool
from components.cluster.aks.place import Place
from components.types import (
    AksClusterSpec,
    AksDay,
    AksMaintenanceWindow,
    AksNodeUpgradeChannel,
    AksTier,
    AksUpgradeChannel,
)

IMAGE_CLEANING_HOURS = 168
"""How often images that no pod uses are taken off the nodes."""


def managed_cluster(
    place: Place,
    spec: AksClusterSpec,
    *,
    addresses: Addresses,
    network: Network,
    identities: Identities,
    zones: Sequence[str],
) -> "azure.containerservice.ManagedCluster":
    """The cluster with its system pool."""
    version = spec["kubernetes_version"]
    pool = system_pool(spec.get("system_pool", {}), version, zones, network.subnet_id)
    return azure.containerservice.ManagedCluster(
        place.prefix,
        resource_group_name=place.group,
        resource_name_=place.name,
        location=place.location,
        # Not Automatic: that needs a newer API than the SDK has.
        sku={"name": "Base", "tier": str(spec.get("sku_tier", AksTier.FREE))},
        kubernetes_version=version,
        dns_prefix=place.name,
        node_resource_group=place.called("nodes"),
        identity={
            "type": azure.containerservice.ResourceIdentityType.USER_ASSIGNED,
            "user_assigned_identities": [identities.control_plane.id],
        },
        identity_profile={"kubeletidentity": _kubelet(identities)},
        network_profile=_network(addresses),
        agent_pool_profiles=[pool],
        api_server_access_profile=_access(spec, network),
        auto_scaler_profile={"expander": "least-waste"},
        auto_upgrade_profile={
            "upgrade_channel": str(spec.get("upgrade_channel", AksUpgradeChannel.PATCH)),
            "node_os_upgrade_channel": str(
                spec.get("node_upgrade_channel", AksNodeUpgradeChannel.NODE_IMAGE)
            ),
        },
        enable_rbac=True,
        aad_profile={"managed": True, "enable_azure_rbac": True},
        disable_local_accounts=True,
        oidc_issuer_profile={"enabled": True},
        security_profile={
            "workload_identity": {"enabled": True},
            "image_cleaner": {"enabled": True, "interval_hours": IMAGE_CLEANING_HOURS},
        },
        tags=place.tags,
        opts=place.options(
            protect=True,
            depends_on=[*network.resources, *identities.roles],
            ignore_changes=["agentPoolProfiles[0].count"],
        ),
    )


def upgrade_windows(
    place: Place, cluster: "azure.containerservice.ManagedCluster", spec: AksClusterSpec
) -> "list[azure.containerservice.MaintenanceConfiguration]":
    """When cluster and nodes are upgraded by themselves, as far as they are."""
    channels = {
        "cluster-upgrades": ("aksManagedAutoUpgradeSchedule", spec.get("upgrade_channel")),
        "node-upgrades": ("aksManagedNodeOSUpgradeSchedule", spec.get("node_upgrade_channel")),
    }
    return [
        azure.containerservice.MaintenanceConfiguration(
            place.child(role),
            resource_group_name=place.group,
            resource_name_=cluster.name,
            config_name=name,
            maintenance_window=_window(spec.get("maintenance_window", {})),
            opts=place.options(),
        )
        for role, (name, channel) in channels.items()
        if channel not in {AksUpgradeChannel.NONE, AksNodeUpgradeChannel.NONE}
    ]


def _kubelet(identities: Identities) -> "azure.containerservice.UserAssignedIdentityArgsDict":
    return {
        "resource_id": identities.kubelet.id,
        "client_id": identities.kubelet.client_id,
        "object_id": identities.kubelet.principal_id,
    }


def _network(addresses: Addresses) -> "azure.containerservice.ContainerServiceNetworkProfileArgsDict":
    return {
        "network_plugin": "azure",
        "network_plugin_mode": "overlay",
        "network_dataplane": "cilium",
        "network_policy": "cilium",
        "pod_cidr": addresses.pod_cidr,
        "service_cidr": addresses.service_cidr,
        "dns_service_ip": addresses.dns_service_ip,
        "load_balancer_sku": "standard",
        "outbound_type": str(addresses.outbound),
    }


def _access(
    spec: AksClusterSpec, network: Network
) -> "azure.containerservice.ManagedClusterAPIServerAccessProfileArgsDict":
    access = spec.get("endpoint_access", {})
    if not access.get("public", True):
        return {"enable_private_cluster": True, "private_dns_zone": "system"}
    cidrs = access.get("public_cidrs", [])
    if not cidrs:
        return {"enable_private_cluster": False}
    # The nodes come from outside too, by the address of the NAT gateway.
    egress = [address.apply(lambda ip: f"{ip}/32") for address in network.egress]
    ranges: list[pulumi.Input[str]] = [*cidrs, *egress]
    return {"enable_private_cluster": False, "authorized_ip_ranges": ranges}


def _window(window: AksMaintenanceWindow) -> "azure.containerservice.MaintenanceWindowArgsDict":
    day = azure.containerservice.WeekDay(str(window.get("day", AksDay.SUNDAY)))
    return {
        "schedule": {"weekly": {"day_of_week": day, "interval_weeks": 1}},
        "start_time": window.get("start", "02:00"),
        "duration_hours": int(window.get("duration_hours", 4)),
        "utc_offset": window.get("utc_offset", "+00:00"),
    }
