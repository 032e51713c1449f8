"""Kubernetes Service: clusters, each a real control plane, their node pools and upgrade windows."""

from typing import Final, cast

from components.cluster.aks.rules import VERSIONS
from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.azure.authorization import admitting
from flotilla.sandbox.clouds.azure.cluster_rules import (
    refuse_changed_cluster,
    refuse_cluster,
    refuse_window,
)
from flotilla.sandbox.clouds.azure.kubeconfigs import admin_credentials, user_credentials
from flotilla.sandbox.clouds.azure.managedidentity import IDENTITY
from flotilla.sandbox.clouds.azure.package import CLOUD, plane_of
from flotilla.sandbox.clouds.azure.pools import KINDS as POOL_KINDS
from flotilla.sandbox.clouds.azure.pools import POOL, pool_outputs, set_nodes
from flotilla.sandbox.clouds.azure.resources import MANAGED_CLUSTER, location_of, plain
from flotilla.sandbox.clouds.azure.versions import newest, running
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request, hexadecimal, unique
from flotilla.sandbox.plugin.protocol import Properties

WINDOW: Final = "azure-native:containerservice:MaintenanceConfiguration"


def _outputs(request: Request) -> Properties:
    """What AKS finds once: addresses, ids, the issuer of service accounts."""
    location, name = location_of(request), request.text("resourceName")
    host = f"{request.text('dnsPrefix', name)}-{hexadecimal(8)}"
    group = request.text("nodeResourceGroup") or f"MC_{request.text('resourceGroupName')}_{name}_{location}"
    found: Properties = {
        "location": location,
        "fqdn": f"{host}.hcp.{location}.azmk8s.io",
        "azurePortalFQDN": f"{host}.portal.hcp.{location}.azmk8s.io",
        "nodeResourceGroup": group,
        "maxAgentPools": 100,
        "powerState": {"code": "Running"},
        "resourceUID": hexadecimal(24),
    }
    if request.value("oidcIssuerProfile.enabled") is True:
        tenant = request.account.words["tenantId"]
        issuer = f"https://{plain(location)}.oic.prod-aks.azure.com/{tenant}/{unique()}/"
        found["oidcIssuerProfile"] = {"issuerURL": issuer}
    if request.value("aadProfile.managed") is True:
        found["aadProfile"] = {"tenantID": request.account.words["tenantId"]}
    return found


def _state(request: Request) -> Properties:
    """What follows from the inputs: versions, and identities as a map though they come as a list."""
    before = str(request.outputs.get("currentKubernetesVersion", ""))
    wanted = request.text("kubernetesVersion") or before or VERSIONS[-1]
    version = running(wanted, before) or newest(wanted)
    pools = cast("list[Properties]", request.outputs.get("agentPoolProfiles") or [])
    found: Properties = {
        "currentKubernetesVersion": version,
        "agentPoolProfiles": [{**pool, **pool_outputs(pool, version)} for pool in pools],
    }
    given = cast("list[object]", request.value("identity.userAssignedIdentities") or [])
    if given:
        found["identity"] = {"userAssignedIdentities": {str(each): _ids(request, each) for each in given}}
    return found


def _ids(request: Request, identity: object) -> Properties:
    found = request.referred(IDENTITY, identity)
    outputs = found.outputs if found else {}
    return {"clientId": outputs.get("clientId"), "principalId": outputs.get("principalId")}


def _start(request: Request) -> Properties:
    """Start the control plane with the pools among the inputs."""
    location, workspace = plain(location_of(request)), request.account.directory
    plane = plane_of(request.identity)
    pools = cast("list[Properties]", request.value("agentPoolProfiles") or [])
    control_planes.create(
        workspace,
        CLOUD,
        plane,
        region=location,
        zones=[f"{location}-{zone}" for zone in _zones(pools)],
        nodes=0,
        instance_type="",
    )
    for pool in pools:
        set_nodes(request, request.identity, str(pool.get("name")), pool)
    entra = value_at(request.inputs, "aadProfile.enableAzureRBAC") is True
    if not entra or admitting(request.store, request.identity):
        control_planes.admit(workspace, CLOUD, plane)
    return {}


def _zones(pools: list[Properties]) -> list[str]:
    found = [zone for pool in pools for zone in cast("list[str]", pool.get("availabilityZones") or [])]
    return sorted(set(found)) or ["0"]


def _change(request: Request) -> Properties:
    for pool in cast("list[Properties]", request.value("agentPoolProfiles") or []):
        set_nodes(request, request.identity, str(pool.get("name")), pool)
    return {}


def _stop(request: Request) -> None:
    """End the control plane. The resource group of its nodes goes with it, with disks and load balancers."""
    left = control_planes.delete(request.account.directory, CLOUD, plane_of(request.identity))
    for found in list(request.store.all()):
        if found.type in {POOL, WINDOW} and found.id.startswith(f"{request.identity}/"):
            request.store.remove(found)
    lost = [
        *(f"the load balancer of {service}" for service in left.load_balancers),
        *(f"the disk of {claim}, with its data," for claim in left.volumes),
    ]
    if lost:
        request.account.log.note_warning(
            request.urn,
            f"{request.text('resourceName')} was deleted while in use: {', '.join(lost)} went with it.",
        )


KINDS: Final = (
    Kind(
        MANAGED_CLUSTER,
        computed=_outputs,
        derived=_state,
        creating=refuse_cluster,
        updating=refuse_changed_cluster,
        made=_start,
        changed=_change,
        removing=_stop,
    ),
    *POOL_KINDS,
    Kind(WINDOW, creating=refuse_window, updating=refuse_window),
)
"""What is special of Kubernetes Service's types."""
INVOKES: Final = {
    "azure-native:containerservice:listManagedClusterUserCredentials": user_credentials,
    "azure-native:containerservice:listManagedClusterAdminCredentials": admin_credentials,
}
