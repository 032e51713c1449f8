"""Kubernetes Engine: clusters, each a real control plane, and their node pools."""

from typing import Final

from flotilla.sandbox.clouds.gcp.clusters import (
    cluster_id,
    cluster_outputs,
    cluster_state,
    refuse_account,
    refuse_leap,
    refuse_location,
    refuse_network,
    refuse_pool_of_identities,
    refuse_version,
)
from flotilla.sandbox.clouds.gcp.node_pools import drain_pool, pool_id, pool_outputs, refuse_pool, set_pool
from flotilla.sandbox.clouds.gcp.places import all_of, needs
from flotilla.sandbox.clouds.gcp.planes import NODE_POOL, start, stop
from flotilla.sandbox.clouds.gcp.projects import CLUSTER
from flotilla.sandbox.clouds.kinds import Kind

KINDS: Final = (
    Kind(
        CLUSTER,
        cluster_id,
        computed=cluster_outputs,
        derived=cluster_state,
        creating=all_of(
            needs("container"),
            refuse_location,
            refuse_version,
            refuse_network,
            refuse_account("nodeConfig.serviceAccount"),
            refuse_account("clusterAutoscaling.autoProvisioningDefaults.serviceAccount"),
            refuse_pool_of_identities,
        ),
        updating=all_of(refuse_version, refuse_leap),
        made=start,
        removing=stop,
    ),
    Kind(
        NODE_POOL,
        pool_id,
        computed=pool_outputs,
        creating=all_of(needs("container"), refuse_pool, refuse_account("nodeConfig.serviceAccount")),
        made=set_pool,
        changed=set_pool,
        removing=drain_pool,
    ),
)
"""What is special of Kubernetes Engine's types."""
