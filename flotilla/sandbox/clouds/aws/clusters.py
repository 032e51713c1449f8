"""Clusters of EKS: what they show, which versions they take, what EKS refuses of them."""

import secrets
from collections.abc import Iterator, Sequence
from typing import Final, cast

from components.cluster.eks.offered import EXTENDED_VERSIONS, STANDARD_VERSIONS
from flotilla.sandbox.clouds.aws.firewalls import GROUP
from flotilla.sandbox.clouds.aws.iam import ATTACHMENT, INLINE, ROLE
from flotilla.sandbox.clouds.aws.networks import SUBNET, VPC
from flotilla.sandbox.clouds.aws.policies import trusts
from flotilla.sandbox.clouds.aws.tagging import now
from flotilla.sandbox.clouds.networks import overlap
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request, hexadecimal
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

CLUSTER: Final = "aws:eks/cluster:Cluster"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"

_SERVICES: Final = "10.100.0.0/16", "172.20.0.0/16"
"""The networks of Kubernetes Services, of which EKS takes the one that the VPC leaves free."""
_POLICY: Final = "AmazonEKSClusterPolicy"
_SWITCHES: Final = (
    "computeConfig.enabled",
    "kubernetesNetworkConfig.elasticLoadBalancing.enabled",
    "storageConfig.blockStorage.enabled",
)
"""What is on together in Auto Mode, and off together otherwise."""
_MODES: Final = ("CONFIG_MAP", "API_AND_CONFIG_MAP", "API")
"""The ways to say who gets in, in the only order in which they can follow one another."""
_TAKING: Final = ("sts:AssumeRole", "sts:TagSession")


def items(value: object) -> list[object]:
    """The items of what may be a list."""
    return cast("list[object]", value) if isinstance(value, list) else []


def minor_of(version: object) -> int:
    """The minor version of Kubernetes; 0 of what is none."""
    _, _, minor = str(version).partition(".")
    return int(minor) if minor.isdecimal() else 0


def in_auto_mode(outputs: Properties) -> bool:
    """Whether EKS runs the nodes of a cluster."""
    return value_at(outputs, _SWITCHES[0]) is True


def subnets_of(request: Request, ids: object) -> list[Resource]:
    """The subnets with these ids."""
    found = (request.referred(SUBNET, each) for each in items(ids))
    return [each for each in found if each]


def zones_of(subnets: Sequence[Resource]) -> list[str]:
    """The zones that subnets are in, as far as they are known here."""
    return sorted({str(each.outputs["availabilityZone"]) for each in subnets if each.outputs})


def vpc_of_cluster(outputs: Properties) -> object:
    """The id of a cluster's VPC; None where only the real account knows."""
    return value_at(outputs, "vpcConfig.vpcId")


def may(request: Request, role: Resource, *names: str) -> bool:
    """Whether a role has one of AWS's policies with these names, or some of the account's own instead."""
    arns = [str(arn) for arn in items(role.outputs.get("managedPolicyArns"))]
    for token in (ATTACHMENT, INLINE):
        attached = (each for each in request.store.all(token) if each.outputs.get("role") == role.id)
        arns.extend(str(each.outputs.get("policyArn", "")) for each in attached)
    own = any(":iam::aws:" not in arn for arn in arns) or bool(items(role.outputs.get("inlinePolicies")))
    return own or any(arn.endswith(f":policy/{name}") for arn in arns for name in names)


def cluster_outputs(request: Request) -> Properties:
    """What EKS finds for a new cluster."""
    subnets = subnets_of(request, request.value("vpcConfig.subnetIds"))
    vpc = next((each.outputs["vpcId"] for each in subnets if each.outputs), None)
    known = request.referred(VPC, vpc) if vpc else None
    taken = known.outputs.get("cidrBlock") if known else None
    explicit = request.value("accessConfig") is not None
    number = secrets.token_hex(16).upper()
    return {
        "accessConfig": {
            "authenticationMode": "CONFIG_MAP",
            "bootstrapClusterCreatorAdminPermissions": not explicit,
        },
        "bootstrapSelfManagedAddons": True,
        "createdAt": now(),
        "deletionProtection": False,
        "enabledClusterLogTypes": [],
        "identities": [
            {"oidcs": [{"issuer": f"https://oidc.eks.{request.word('region')}.amazonaws.com/id/{number}"}]}
        ],
        "kubernetesNetworkConfig": {
            "ipFamily": "ipv4",
            "serviceIpv4Cidr": next((each for each in _SERVICES if not overlap(each, taken)), _SERVICES[0]),
            "elasticLoadBalancing": {"enabled": False},
        },
        "platformVersion": "eks.1",
        "status": "CREATING",
        "upgradePolicy": {"supportType": "EXTENDED"},
        "version": STANDARD_VERSIONS[-1],
        "vpcConfig": {
            "clusterSecurityGroupId": f"sg-{hexadecimal(17)}",
            "endpointPrivateAccess": False,
            "endpointPublicAccess": True,
            "publicAccessCidrs": ["0.0.0.0/0"],
            "securityGroupIds": [],
            "vpcId": vpc,
        },
    }


def refuse_cluster(request: Request) -> None:
    """What EKS refuses of a new cluster."""
    _refuse_version(request)
    _refuse_roles(request)
    _refuse_network(request)
    _refuse_auto_mode(request)


def refuse_change(request: Request) -> None:
    """What EKS refuses of a changed cluster."""
    old = cast("Resource", request.old).outputs
    _refuse_leap(request, old)
    before, after = (value_at(each, "accessConfig.authenticationMode") for each in (old, request.outputs))
    if before in _MODES and after in _MODES and _MODES.index(str(after)) < _MODES.index(str(before)):
        message = f"Unsupported authentication mode update from {before} to {after}"
        request.refuse_with("InvalidParameterException", message)
    _refuse_network(request)
    _refuse_move(request, old)
    _refuse_auto_mode(request)


def _refuse_move(request: Request, old: Properties) -> None:
    """A cluster stays in its VPC."""
    vpc = vpc_of_cluster(old)
    for subnet in subnets_of(request, request.value("vpcConfig.subnetIds")):
        if vpc and subnet.outputs and subnet.outputs.get("vpcId") != vpc:
            message = f"Subnet {subnet.id} is not in the VPC of the cluster, {vpc}"
            request.refuse_with("InvalidParameterException", message)


def _refuse_version(request: Request) -> None:
    version = request.text("version", STANDARD_VERSIONS[-1])
    if version not in (*STANDARD_VERSIONS, *EXTENDED_VERSIONS):
        request.refuse("versionNotSupported")
    if version in EXTENDED_VERSIONS and request.value("upgradePolicy.supportType") == "STANDARD":
        message = f"Kubernetes version {version} is in extended support: supportType must be EXTENDED"
        request.refuse_with("InvalidParameterException", message)


def _refuse_leap(request: Request, old: Properties) -> None:
    """A version follows the one before; none goes back."""
    before, after = old.get("version"), request.text("version") or old.get("version")
    if minor_of(after) not in (minor_of(before), minor_of(before) + 1):
        request.refuse("downgradeOrSkip", **{"from": before, "to": after})
    if after != before:
        _refuse_version(request)


def _refuse_roles(request: Request) -> None:
    """EKS takes the cluster's role, nodes take theirs."""
    role, auto = request.referred(ROLE, request.value("roleArn")), in_auto_mode(request.inputs)
    actions = _TAKING if auto else _TAKING[:1]
    if role and not trusts(role.outputs.get("assumeRolePolicy"), "eks.amazonaws.com", actions):
        request.refuse("roleTrust")
    if role and not may(request, role, _POLICY):
        request.refuse("rolePolicies", arn=f"arn:{request.word('partition')}:iam::aws:policy/{_POLICY}")
    nodes = request.referred(ROLE, request.value("computeConfig.nodeRoleArn"))
    if nodes and not trusts(nodes.outputs.get("assumeRolePolicy"), "ec2.amazonaws.com"):
        request.refuse("roleTrust")


def _refuse_network(request: Request) -> None:
    """The subnets are of one VPC, in two zones or more; Kubernetes Services have a network of their own."""
    subnets = subnets_of(request, request.value("vpcConfig.subnetIds"))
    known = [each for each in subnets if each.outputs]
    if len(known) == len(subnets) and len(zones_of(subnets)) == 1:
        request.refuse("oneZone")
    vpcs = sorted({str(each.outputs["vpcId"]) for each in known})
    if len(vpcs) > 1:
        message = f"Subnets specified must be in the same VPC, and are in {', '.join(vpcs)}"
        request.refuse_with("InvalidParameterException", message)
    for group in items(request.value("vpcConfig.securityGroupIds")):
        found = request.referred(GROUP, group)
        if found and found.outputs and found.outputs.get("vpcId") not in vpcs:
            message = f"Security group(s) [{group}] are not in the same VPC as the subnets."
            request.refuse_with("InvalidParameterException", message)
    _refuse_endpoints(request)
    _refuse_services(request, vpcs)


def _refuse_endpoints(request: Request) -> None:
    shown = request.outputs
    if request.value("vpcConfig.endpointPublicAccess") is False and not value_at(
        shown, "vpcConfig.endpointPrivateAccess"
    ):
        message = "Private and public endpoint access cannot be false"
        request.refuse_with("InvalidParameterException", message)


def _refuse_services(request: Request, vpcs: Sequence[str]) -> None:
    services = request.value("kubernetesNetworkConfig.serviceIpv4Cidr")
    for vpc in vpcs:
        found = request.referred(VPC, vpc)
        if services and found and overlap(services, found.outputs.get("cidrBlock")):
            message = f"The specified service CIDR {services} overlaps with the CIDR of the VPC {vpc}"
            request.refuse_with("InvalidParameterException", message)


def _refuse_auto_mode(request: Request) -> None:
    for message in _auto_mode_faults(request):
        request.refuse_with("InvalidParameterException", message)


def _auto_mode_faults(request: Request) -> Iterator[str]:
    on = [request.value(path) is True for path in _SWITCHES]
    if any(on) and not all(on):
        yield (
            "For EKS Auto Mode, please ensure that all required configs, including computeConfig, "
            "kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled."
        )
    if not all(on):
        return
    if request.verb == "creating" and request.value("bootstrapSelfManagedAddons") is not False:
        yield "For EKS Auto Mode, please ensure that bootstrapSelfManagedAddons is set to false."
    if value_at(request.outputs, "accessConfig.authenticationMode") == _MODES[0]:
        yield "For EKS Auto Mode, please ensure that the authentication mode is API or API_AND_CONFIG_MAP."
    pools, role = request.value("computeConfig.nodePools"), request.value("computeConfig.nodeRoleArn")
    if role and not pools:
        yield "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided."
    if pools and not role:
        yield "When Compute Config nodePools are not null or empty, nodeRoleArn value must be provided."


def refuse_while_in_use(request: Request) -> None:
    """A cluster stays as long as it has node groups."""
    for group in request.store.all(NODE_GROUP):
        named = group.outputs.get("clusterName") == request.identity
        if named and group.scope == request.word("region"):
            request.refuse("nodeGroupsAttached")
