"""The cluster on Google Cloud itself: Autopilot, or Standard for node pools."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components.cluster.gke.identity import workload_pool
from components.cluster.gke.maintenance import recurring_window
from components.cluster.gke.network import ClusterNetwork
from components.cluster.gke.nodes import CLOUD_PLATFORM
from components.cluster.gke.rules import endpoint_of
from components.cluster.gke.scope import Scope
from components.types import GkeClusterSpec, GkeEndpoint, GkeMaintenanceWindow, GkeReleaseChannel

IGNORED = ("nodeConfig", "dnsConfig")
"""What Google Cloud fills in of its own accord, and whose difference would replace the cluster: on Autopilot
(pulumi/pulumi-gcp#2247, #1170), and on Standard once the first node pool is gone."""


def control_plane(
    scope: Scope,
    spec: GkeClusterSpec,
    network: ClusterNetwork,
    account: "gcp.serviceaccount.Account",
    permissions: Sequence[pulumi.Resource],
) -> "gcp.container.Cluster":
    """The cluster; of a Standard one the first node pool is removed at once."""
    channel = spec.get("release_channel", GkeReleaseChannel.REGULAR)
    args = gcp.container.ClusterArgs(
        name=scope.cloud_name,
        project=scope.project,
        location=scope.region,
        network=network.network,
        subnetwork=network.subnetwork,
        ip_allocation_policy=gcp.container.ClusterIpAllocationPolicyArgs(
            cluster_secondary_range_name=network.pods_range,
            services_secondary_range_name=network.services_range,
        ),
        min_master_version=spec["kubernetes_version"],
        release_channel=gcp.container.ClusterReleaseChannelArgs(channel=str(channel)),
        gateway_api_config=gcp.container.ClusterGatewayApiConfigArgs(channel="CHANNEL_STANDARD"),
        deletion_protection=scope.deletion_protection,
    )
    _add_endpoint(args, spec)
    if "maintenance_window" in spec:
        args.maintenance_policy = _maintenance(spec["maintenance_window"])
    if spec.get("node_pools"):
        _add_standard(args, scope, account)
    else:
        _add_autopilot(args, account)
    options = scope.options(protect=True, needs_apis=True, depends_on=permissions, ignore_changes=IGNORED)
    return gcp.container.Cluster(scope.name, args, options)


def _add_autopilot(args: "gcp.container.ClusterArgs", account: "gcp.serviceaccount.Account") -> None:
    args.enable_autopilot = True
    args.cluster_autoscaling = gcp.container.ClusterClusterAutoscalingArgs(
        auto_provisioning_defaults=gcp.container.ClusterClusterAutoscalingAutoProvisioningDefaultsArgs(
            service_account=account.email
        )
    )


def _add_standard(
    args: "gcp.container.ClusterArgs", scope: Scope, account: "gcp.serviceaccount.Account"
) -> None:
    args.remove_default_node_pool = True
    args.initial_node_count = 1
    args.node_config = gcp.container.ClusterNodeConfigArgs(
        service_account=account.email, oauth_scopes=[CLOUD_PLATFORM]
    )
    args.datapath_provider = "ADVANCED_DATAPATH"
    args.workload_identity_config = gcp.container.ClusterWorkloadIdentityConfigArgs(
        workload_pool=workload_pool(scope.project)
    )
    args.vertical_pod_autoscaling = gcp.container.ClusterVerticalPodAutoscalingArgs(enabled=True)


def _add_endpoint(args: "gcp.container.ClusterArgs", spec: GkeClusterSpec) -> None:
    access = spec.get("endpoint_access", {})
    public, cidrs = access.get("public", True), access.get("public_cidrs", [])
    by_name = endpoint_of(spec) == GkeEndpoint.DNS
    args.control_plane_endpoints_config = gcp.container.ClusterControlPlaneEndpointsConfigArgs(
        dns_endpoint_config=gcp.container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
            allow_external_traffic=by_name and public
        ),
        ip_endpoints_config=gcp.container.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(
            enabled=not by_name
        ),
    )
    args.private_cluster_config = gcp.container.ClusterPrivateClusterConfigArgs(
        enable_private_nodes=True, enable_private_endpoint=None if by_name else not public
    )
    if cidrs:
        block = gcp.container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs
        args.master_authorized_networks_config = gcp.container.ClusterMasterAuthorizedNetworksConfigArgs(
            cidr_blocks=[block(cidr_block=cidr) for cidr in cidrs]
        )


def _maintenance(window: GkeMaintenanceWindow) -> "gcp.container.ClusterMaintenancePolicyArgs":
    recurring = recurring_window(window)
    return gcp.container.ClusterMaintenancePolicyArgs(
        recurring_window=gcp.container.ClusterMaintenancePolicyRecurringWindowArgs(
            start_time=recurring.start_time,
            end_time=recurring.end_time,
            recurrence=recurring.recurrence,
        )
    )
