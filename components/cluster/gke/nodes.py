"""The nodes of a cluster on Google Cloud: who they are, what they may, and a Standard cluster's pools."""

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp

from components.cluster.gke.identity import node_account_id
from components.cluster.gke.pools import DISK_SIZE_GB, MACHINE_TYPE, sizes
from components.cluster.gke.scope import Scope
from components.types import GkeClusterSpec, GkeNodePool, TaintEffect
from components.wiring import Nodes

NODE_ROLE = "roles/container.defaultNodeServiceAccount"
"""Writes logs and metrics. Source: GKE's "Least privilege for node service accounts"."""
PULL_ROLE = "roles/artifactregistry.reader"
CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
"""All that the service account's roles allow: access is a matter of IAM alone."""

TAINT_EFFECTS: Mapping[TaintEffect, str] = {
    TaintEffect.NO_SCHEDULE: "NO_SCHEDULE",
    TaintEffect.PREFER_NO_SCHEDULE: "PREFER_NO_SCHEDULE",
    TaintEffect.NO_EXECUTE: "NO_EXECUTE",
}

NODES: Nodes = {
    "node_pool_label": "cloud.google.com/gke-nodepool",
    "spot_labels": {"cloud.google.com/gke-spot": "true"},
}
"""How nodes are told apart."""


def node_account(scope: Scope) -> "gcp.serviceaccount.Account":
    """The service account of the nodes."""
    return gcp.serviceaccount.Account(
        scope.child("nodes"),
        account_id=node_account_id(scope.cloud_name),
        display_name=f"Nodes of {scope.cloud_name}",
        project=scope.project,
        opts=scope.options(needs_apis=True),
    )


def node_permissions(
    scope: Scope, account: "gcp.serviceaccount.Account", spec: GkeClusterSpec
) -> list[pulumi.Resource]:
    """What the nodes may: write logs and metrics, and pull from the repositories that the cluster names."""
    member = account.member
    base = gcp.projects.IAMMember(
        scope.child("nodes-role"), project=scope.project, role=NODE_ROLE, member=member, opts=scope.options()
    )
    pulls = [_pull(scope, member, path) for path in spec.get("pull_from", [])]
    return [base, *pulls]


def repository(
    scope: Scope, name: str, account: "gcp.serviceaccount.Account"
) -> "gcp.artifactregistry.RepositoryIamMember":
    """A repository of the cluster's own, and the nodes' permission to pull from it."""
    created = gcp.artifactregistry.Repository(
        scope.child("repository"),
        repository_id=name,
        project=scope.project,
        location=scope.region,
        format="DOCKER",
        docker_config={"immutable_tags": True},
        opts=scope.options(protect=True, needs_apis=True),
    )
    return gcp.artifactregistry.RepositoryIamMember(
        scope.child("repository-pull"),
        project=scope.project,
        location=scope.region,
        repository=created.name,
        role=PULL_ROLE,
        member=account.member,
        opts=scope.options(),
    )


def node_pool(
    scope: Scope,
    cluster: "gcp.container.Cluster",
    name: str,
    pool: GkeNodePool,
    account: "gcp.serviceaccount.Account",
) -> "gcp.container.NodePool":
    """A node pool of a Standard cluster."""
    least, most = sizes(pool)
    return gcp.container.NodePool(
        scope.child(f"pool-{name}"),
        name=name,
        project=scope.project,
        location=scope.region,
        cluster=cluster.name,
        # Only for the first nodes, and another count would replace the pool.
        initial_node_count=1 if least else 0,
        autoscaling={"total_min_node_count": least, "total_max_node_count": most, "location_policy": "ANY"},
        management={"auto_repair": True, "auto_upgrade": True},
        upgrade_settings={"strategy": "SURGE", "max_surge": 1, "max_unavailable": 0},
        node_config=_node_config(pool, account),
        opts=scope.options(ignore_changes=["initialNodeCount"]),
    )


def _node_config(
    pool: GkeNodePool, account: "gcp.serviceaccount.Account"
) -> "gcp.container.NodePoolNodeConfigArgsDict":
    return {
        "machine_type": pool.get("machine_type", MACHINE_TYPE),
        "disk_size_gb": int(pool.get("disk_size_gb", DISK_SIZE_GB)),
        "disk_type": "pd-balanced",
        "spot": pool.get("spot", False),
        "labels": pool.get("labels", {}),
        "taints": [
            {
                "key": taint["key"],
                "value": taint.get("value", ""),
                "effect": TAINT_EFFECTS[TaintEffect(taint["effect"])],
            }
            for taint in pool.get("taints", [])
        ],
        "service_account": account.email,
        "oauth_scopes": [CLOUD_PLATFORM],
        "shielded_instance_config": {"enable_secure_boot": True, "enable_integrity_monitoring": True},
        "workload_metadata_config": {"mode": "GKE_METADATA"},
    }


def _pull(scope: Scope, member: pulumi.Output[str], path: str) -> "gcp.artifactregistry.RepositoryIamMember":
    _, project, _, location, _, name = path.split("/")
    found = gcp.artifactregistry.get_repository_output(
        repository_id=name, location=location, project=project, opts=scope.reading()
    )
    return gcp.artifactregistry.RepositoryIamMember(
        scope.child(f"pull-{project}-{location}-{name}"),
        project=project,
        location=location,
        repository=found.name,
        role=PULL_ROLE,
        member=member,
        opts=scope.options(needs_apis=True),
    )
