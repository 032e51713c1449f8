"""The network of a cluster on Google Cloud, new or adopted, with its way out and its addresses."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.cluster.gke.ranges import is_existing, ranges_of
from components.cluster.gke.scope import Scope
from components.types import GkeClusterSpec

PODS, SERVICES = "pods", "services"
"""Names of the secondary ranges, unless an existing subnetwork calls them otherwise."""


@dataclass(frozen=True, slots=True)
class ClusterNetwork:
    """Where a cluster's nodes and pods are."""

    network: pulumi.Input[str]
    """The network's path."""
    subnetwork: pulumi.Input[str]
    """The subnetwork's path."""
    pods_range: str
    """Name of its secondary range for pods."""
    services_range: str
    """Name of its secondary range for Kubernetes Services."""
    way_out: Sequence[pulumi.Resource] = ()
    """What pods need to reach the internet."""


def cluster_network(scope: Scope, spec: GkeClusterSpec) -> ClusterNetwork:
    """The network that is there already, or a new one with subnetwork, router and NAT."""
    given = spec.get("network", {})
    pods, services = given.get("pods_range", PODS), given.get("services_range", SERVICES)
    if is_existing(given):
        network = gcp.compute.get_network_output(
            name=given.get("existing_network"), project=scope.project, opts=scope.reading()
        )
        subnetwork = gcp.compute.get_subnetwork_output(
            name=given.get("existing_subnetwork"),
            project=scope.project,
            region=scope.region,
            opts=scope.reading(),
        )
        return ClusterNetwork(network.id, subnetwork.id, pods, services)
    return _new_network(scope, spec)


def ingress_address(scope: Scope) -> "gcp.compute.Address":
    """The address that is reserved for what is reached from outside."""
    return gcp.compute.Address(
        scope.child("ingress"),
        name=f"{scope.cloud_name}-ingress",
        project=scope.project,
        region=scope.region,
        description="What is reached from outside",
        opts=scope.options(protect=True, needs_apis=True),
    )


def _new_network(scope: Scope, spec: GkeClusterSpec) -> ClusterNetwork:
    given = spec.get("network", {})
    ranges = ranges_of(given)
    network = gcp.compute.Network(
        scope.child("network"),
        name=scope.cloud_name,
        project=scope.project,
        auto_create_subnetworks=False,
        opts=scope.options(protect=True, needs_apis=True),
    )
    subnetwork = gcp.compute.Subnetwork(
        scope.child("subnetwork"),
        name=scope.cloud_name,
        project=scope.project,
        region=scope.region,
        network=network.id,
        ip_cidr_range=ranges.nodes,
        secondary_ip_ranges=[
            {"range_name": PODS, "ip_cidr_range": ranges.pods},
            {"range_name": SERVICES, "ip_cidr_range": ranges.services},
        ],
        private_ip_google_access=True,
        opts=scope.options(protect=True),
    )
    router = gcp.compute.Router(
        scope.child("router"),
        name=scope.cloud_name,
        project=scope.project,
        region=scope.region,
        network=network.id,
        opts=scope.options(),
    )
    nat = _nat(scope, router, _egress_addresses(scope, int(given.get("egress_addresses", 0))))
    return ClusterNetwork(network.id, subnetwork.id, PODS, SERVICES, [nat])


def _egress_addresses(scope: Scope, count: int) -> "list[gcp.compute.Address]":
    return [
        gcp.compute.Address(
            scope.child(f"egress-{number}"),
            name=f"{scope.cloud_name}-egress-{number}",
            project=scope.project,
            region=scope.region,
            description="What leaves the network",
            opts=scope.options(protect=True, needs_apis=True),
        )
        for number in range(1, count + 1)
    ]


def _nat(
    scope: Scope, router: "gcp.compute.Router", addresses: "Sequence[gcp.compute.Address]"
) -> "gcp.compute.RouterNat":
    return gcp.compute.RouterNat(
        scope.child("nat"),
        name=scope.cloud_name,
        project=scope.project,
        region=scope.region,
        router=router.name,
        nat_ip_allocate_option="MANUAL_ONLY" if addresses else "AUTO_ONLY",
        nat_ips=[address.self_link for address in addresses] or None,
        source_subnetwork_ip_ranges_to_nat="ALL_SUBNETWORKS_ALL_IP_RANGES",
        log_config={"enable": True, "filter": "ERRORS_ONLY"},
        opts=scope.options(),
    )
