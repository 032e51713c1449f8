"""What AKS refuses of clusters and of their upgrade windows."""

from typing import Final, cast

from components.cluster.aks.rules import VERSIONS
from flotilla.sandbox.clouds.azure.authorization import (
    CONTRIBUTOR,
    IDENTITY_OPERATOR,
    NETWORK_CONTRIBUTOR,
    OWNER,
    has_role,
)
from flotilla.sandbox.clouds.azure.managedidentity import IDENTITY
from flotilla.sandbox.clouds.azure.network import SUBNET, VIRTUAL_NETWORK, prefixes_of, ranges_of
from flotilla.sandbox.clouds.azure.pools import POOL, node_count
from flotilla.sandbox.clouds.azure.resources import in_a_location, location_of, plain
from flotilla.sandbox.clouds.azure.versions import minor, offered
from flotilla.sandbox.clouds.networks import network, overlap, within
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

WINDOWS: Final = ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule")
RESERVED: Final = 5
"""Addresses that Azure keeps of each subnet."""
LONGEST_PREFIX: Final = 54
_HOURS: Final = range(4, 25)


def refuse_cluster(request: Request) -> None:
    """Refuse what AKS does of a new cluster."""
    in_a_location(request)
    _refuse_version(request)
    prefix = request.text("dnsPrefix")
    if not prefix.replace("-", "").isalnum() or prefix.strip("-") != prefix or len(prefix) > LONGEST_PREFIX:
        request.refuse("dnsPrefix")
    pools = _pools(request)
    if not any(pool.get("mode") == "System" for pool in pools):
        message = "Must define at least one system pool in agentPoolProfiles."
        request.refuse_with("InvalidParameter", message)
    for pool in pools:
        subnet = request.referred(SUBNET, pool.get("vnetSubnetID"))
        if subnet:
            _refuse_subnet(request, subnet, pool)
    _refuse_identities(request)


def refuse_changed_cluster(request: Request) -> None:
    """Refuse what AKS does of a changed cluster: leaps of versions, ways back, new pools among the inputs."""
    _refuse_version(request)
    before = str(request.outputs.get("currentKubernetesVersion", ""))
    wanted = request.text("kubernetesVersion")
    if wanted and before:
        (_, new), (_, old) = minor(wanted), minor(before)
        if new < old or new > old + 1:
            following = f"1.{old + 1}"
            upgrades = f"[{following}]" if following in VERSIONS else "[]"
            request.refuse_with(
                "OperationNotAllowed",
                f"Upgrading Kubernetes version {before} to {wanted} is not allowed. Available upgrades: "
                f"{upgrades}. Please see https://aka.ms/aks-supported-k8s-ver for version details.",
            )
    old_pools = cast("list[Properties]", cast("Resource", request.old).outputs.get("agentPoolProfiles") or [])
    own = [each.outputs for each in request.store.all(POOL) if each.id.startswith(f"{request.identity}/")]
    known = {pool.get("name") for pool in [*old_pools, *own]}
    if any(pool.get("name") not in known for pool in _pools(request)):
        request.refuse("inlinePoolAdded")


def refuse_window(request: Request) -> None:
    """Refuse an upgrade window of another name or form."""
    name, window = request.text("configName"), request.value("maintenanceWindow")
    if name not in {*WINDOWS, "default"}:
        request.refuse("badName")
    if (name in WINDOWS) != (window is not None):
        message = f"maintenanceWindow belongs to {' and '.join(WINDOWS)}, and to these alone."
        request.refuse_with("InvalidParameter", message)
    hours = request.value("maintenanceWindow.durationHours")
    if isinstance(hours, int | float) and int(hours) not in _HOURS:
        request.refuse_with("InvalidParameter", f"durationHours must be 4 to 24, and is {int(hours)}.")


def _pools(request: Request) -> list[Properties]:
    return cast("list[Properties]", request.value("agentPoolProfiles") or [])


def _refuse_version(request: Request) -> None:
    version = request.text("kubernetesVersion")
    if version and minor(version) == (0, 0):
        request.refuse("versionInvalid", v=version)
    if version and not offered(version):
        request.refuse("versionNotSupported", v=version)


def _refuse_subnet(request: Request, subnet: Resource, pool: Properties) -> None:
    if subnet.given:
        return
    around = request.referred(VIRTUAL_NETWORK, subnet.id.rpartition("/subnets/")[0])
    where = str(around.outputs.get("location")) if around else location_of(request)
    if plain(where) != plain(location_of(request)):
        request.refuse_with(
            "InvalidParameter",
            f"The network of subnet {subnet.id} is in {where}, the cluster in {location_of(request)}.",
        )
    profile = cast("Properties", request.outputs.get("networkProfile") or {})
    pods, services = str(profile.get("podCidr")), str(profile.get("serviceCidr"))
    for cidr in ranges_of(subnet.outputs):
        if overlap(services, cidr):
            request.refuse_with(
                "ServiceCidrOverlapExistingSubnetsCidr",
                f"The specified service CIDR {services} is conflicted with an existing subnet CIDR {cidr}",
            )
        block = network(cidr)
        if block and block.num_addresses - RESERVED < node_count(pool):
            name, needed = subnet.outputs.get("name"), node_count(pool)
            message = (
                f"Subnet {name} with address prefix {cidr} does not have enough capacity for {needed} "
                "IP addresses."
            )
            request.refuse_with("InsufficientSubnetSize", message)
    for cidr in prefixes_of(around.outputs) if around else []:
        if overlap(pods, cidr):
            request.refuse_with(
                "NetworkProfileCIDROverlapVNET",
                f"NetworkProfile CIDR {pods} overlaps with reserved VNET CIDR {cidr}",
            )
    _refuse_routes(request, subnet, profile)


def _refuse_routes(request: Request, subnet: Resource, profile: Properties) -> None:
    """What leads out has to be on the subnet, and the address of DNS among the services'."""
    outbound = profile.get("outboundType")
    needed = {"userAssignedNATGateway": "natGateway", "userDefinedRouting": "routeTable"}.get(
        str(outbound), ""
    )
    if needed and not value_at(subnet.outputs, f"{needed}.id"):
        request.refuse_with(
            "InvalidParameter", f"outboundType {outbound} needs a {needed} on subnet {subnet.id}."
        )
    dns = f"{profile.get('dnsServiceIP')}/32"
    if not within(dns, profile.get("serviceCidr")):
        request.refuse_with(
            "InvalidParameter",
            f"dnsServiceIP {dns.removesuffix('/32')} is outside serviceCidr {profile.get('serviceCidr')}.",
        )


def _refuse_identities(request: Request) -> None:
    """The control plane's identity may join the subnet, and give the nodes theirs."""
    given = cast("list[object]", request.value("identity.userAssignedIdentities") or [])
    identity = request.referred(IDENTITY, given[0]) if given else None
    kubelet = request.referred(IDENTITY, request.value("identityProfile.kubeletidentity.resourceId"))
    if identity is None:
        return
    principal = str(identity.outputs.get("principalId"))
    if kubelet:
        if not has_role(request.store, principal, kubelet.id, {OWNER, CONTRIBUTOR, IDENTITY_OPERATOR}):
            request.refuse_with(
                "CustomKubeletIdentityMissingPermissionError",
                "The cluster user assigned identity must be given permission to assign kubelet identity "
                f"{kubelet.id}. Check access result not allowed for action "
                "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action.",
            )
        profile = cast("Properties", request.value("identityProfile.kubeletidentity"))
        told = (profile.get("clientId"), profile.get("objectId"))
        if told != (kubelet.outputs.get("clientId"), kubelet.outputs.get("principalId")):
            message = f"The client id or object id of the kubelet identity is not that of {kubelet.id}."
            request.refuse_with("InvalidParameter", message)
    for pool in _pools(request):
        subnet = request.referred(SUBNET, pool.get("vnetSubnetID"))
        roles = {OWNER, CONTRIBUTOR, NETWORK_CONTRIBUTOR}
        if subnet and not has_role(request.store, principal, subnet.id, roles):
            request.refuse_with(
                "LinkedAuthorizationFailed",
                f"The client '{principal}' with object id '{principal}' has permission to perform action "
                "'Microsoft.Compute/virtualMachineScaleSets/write'; however, it does not have permission to "
                "perform action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope "
                f"'{subnet.id}'.",
            )
