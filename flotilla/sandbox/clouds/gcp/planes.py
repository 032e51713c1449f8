"""The control planes behind clusters of Kubernetes Engine, and what these leave in the cloud when they go."""

import hashlib
from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.gcp.addresses import FORWARDING_RULE
from flotilla.sandbox.clouds.gcp.clusters import location_of
from flotilla.sandbox.clouds.gcp.compute import FIREWALL
from flotilla.sandbox.clouds.gcp.package import link
from flotilla.sandbox.clouds.gcp.places import zones_of
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

CLOUD: Final = "gcp"
NODE_POOL: Final = "gcp:container/nodePool:NodePool"
DISK: Final = "gcp:compute/disk:Disk"

AUTOPILOT_NODES: Final = 3
AUTOPILOT_MACHINE: Final = "e2-standard-8"
DEFAULT_MACHINE: Final = "e2-medium"


def plane_of(cluster_id: str) -> str:
    """A control plane's name by a cluster's id: the path that tells it from all others."""
    _, project, _, location, _, name = cluster_id.split("/")
    return f"{project}/{location}/{name}"


def whole(value: object) -> int:
    """A number that may be missing."""
    return int(value) if isinstance(value, int | float) else 0


def start(request: Request) -> Properties:
    """Start the control plane. Whoever makes clusters is admitted at once: IAM says so, without a binding."""
    location, outputs = location_of(request), request.outputs
    zones = cast("list[str]", outputs.get("nodeLocations")) or zones_of(location)
    autopilot = outputs.get("enableAutopilot") is True
    count = 0 if outputs.get("removeDefaultNodePool") else whole(outputs.get("initialNodeCount")) * len(zones)
    machine = str(value_at(outputs, "nodeConfig.machineType") or DEFAULT_MACHINE)
    workspace, name = request.account.directory, plane_of(request.identity)
    endpoint = control_planes.create(
        workspace,
        CLOUD,
        name,
        region=location if location != zones[0] else location.rpartition("-")[0],
        zones=zones,
        nodes=AUTOPILOT_NODES if autopilot else count,
        instance_type=AUTOPILOT_MACHINE if autopilot else machine,
    )
    control_planes.admit(workspace, CLOUD, name)
    host = endpoint.server.removeprefix("https://")
    # One address for both: what a kubeconfig takes for the endpoint has to lead to this computer.
    return {
        "endpoint": host,
        "controlPlaneEndpointsConfig": {"dnsEndpointConfig": {"endpoint": host}},
        "masterAuth": {"clusterCaCertificate": endpoint.certificate_authority, "clientCertificate": ""},
        "privateClusterConfig": {"privateEndpoint": host, "publicEndpoint": host},
    }


def stop(request: Request) -> None:
    """End the control plane; load balancers and disks of what ran there stay, as in the cloud."""
    left = control_planes.delete(request.account.directory, CLOUD, plane_of(request.identity))
    _, project, _, location, _, cluster = request.identity.split("/")
    region = location if len(zones_of(location)) > 1 else location.rpartition("-")[0]
    for service in left.load_balancers:
        name = _left_name("k8s2", cluster, service)
        rule = f"projects/{project}/regions/{region}/forwardingRules/{name}"
        firewall = f"projects/{project}/global/firewalls/{name}-fw"
        network = request.outputs.get("network")
        _leave(request, FORWARDING_RULE, rule, {"network": network})
        _leave(request, FIREWALL, firewall, {"network": network, "targetTags": [f"gke-{cluster}-node"]})
    for claim in left.volumes:
        name = _left_name("pvc", cluster, claim)
        _leave(request, DISK, f"projects/{project}/zones/{zones_of(location)[0]}/disks/{name}", {})
    for pool in list(request.store.all(NODE_POOL)):
        if pool.id.startswith(f"{request.identity}/"):
            request.store.remove(pool)


def _left_name(prefix: str, cluster: str, what: str) -> str:
    digest = hashlib.sha256(f"{cluster}/{what}".encode()).hexdigest()[:8]
    return f"{prefix}-{digest}-{what.replace('/', '-')}"[:60]


def _leave(request: Request, token: str, identity: str, outputs: Properties) -> None:
    named = {"name": identity.rpartition("/")[2], "selfLink": link(identity), **outputs}
    request.store.put(Resource(token, identity, "", "", {}, named))
