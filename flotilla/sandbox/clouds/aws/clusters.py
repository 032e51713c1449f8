"""EKS clusters: what they need, and the control planes behind them."""

import re
import secrets
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.aws.iam import ATTACHMENT, ROLE
from flotilla.sandbox.clouds.aws.networks import INTERFACE, SUBNET, VPC, vpc_of
from flotilla.sandbox.clouds.aws.places import dns_suffix, zones_of
from flotilla.sandbox.clouds.aws.policies import trusts
from flotilla.sandbox.clouds.aws.tagging import all_tags, now
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import overlap
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Account, Request, hexadecimal
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

CLOUD: Final = "aws"
CLUSTER: Final = "aws:eks/cluster:Cluster"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
VOLUME: Final = "aws:ebs/volume:Volume"

VERSIONS: Final = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36")
"""Kubernetes versions that EKS offers, extended support included (its release calendar, November 2026)."""

AUTO_MODE_NODES: Final = 3
AUTO_MODE_MACHINE: Final = "c6a.xlarge"
MIN_ZONES: Final = 2

_NEEDED: Final = "AmazonEKSClusterPolicy"
_BELONGING: Final = (
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/addon:Addon",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
)
"""What goes with its cluster."""


def cluster_of(request: Request) -> Resource | None:
    """The cluster that a request names, of its own region."""
    return request.store.find(CLUSTER, request.text("clusterName"), request.word("region"))


def plane_of(request: Request, cluster: str) -> str:
    """The control plane's name: clusters of one name may be in two regions."""
    return f"{request.word('account')}/{request.word('region')}/{cluster}"


def caller(account: Account) -> str:
    """The ARN of the role that the provider assumes; empty where it works as whoever runs it."""
    roles = account.settings.get("assumeRoles")
    first = cast("list[object]", roles)[0] if isinstance(roles, list) and roles else None
    return str(cast("Properties", first).get("roleArn") or "") if isinstance(first, dict) else ""


def attached(request: Request, role: Resource) -> set[str]:
    """The names of the policies that a role has: `AmazonEKSClusterPolicy`."""
    return {
        str(found.outputs.get("policyArn")).partition(":policy/")[2]
        for found in request.store.all(ATTACHMENT)
        if found.outputs.get("role") == role.outputs.get("name")
    }


def is_trusting(role: Resource, service: str, *actions: str) -> bool:
    """Whether a service may do these to a role; of one that is of no stack, nobody can tell."""
    return not role.outputs or trusts(role.outputs.get("assumeRolePolicy"), service, actions)


def is_auto_mode(properties: Properties) -> bool:
    """Whether EKS makes the nodes of a cluster."""
    return value_at(properties, "computeConfig.enabled") is True


def _subnets(request: Request) -> Iterator[Resource]:
    """The cluster's subnets, as far as they are of stacks."""
    ids = request.value("vpcConfig.subnetIds")
    for value in cast("list[object]", ids) if isinstance(ids, list) else []:
        found = request.referred(SUBNET, value)
        if found and found.outputs:
            yield found


def _zones(request: Request) -> list[str]:
    zones = {str(found.outputs.get("availabilityZone")) for found in _subnets(request)}
    return sorted(zones) or zones_of(request.word("region"))[:MIN_ZONES]


def minor(version: str) -> tuple[int, ...]:
    """A version for comparisons; empty for what is none."""
    return tuple(map(int, version.split("."))) if re.fullmatch(r"\d+\.\d+", version) else ()


def _refuse_cluster(request: Request) -> None:
    """A cluster needs a role that EKS may take, subnets in two zones of one VPC, and a version on offer."""
    _refuse_version(request)
    _refuse_role(request)
    _refuse_node_role(request)
    subnets = list(_subnets(request))
    if subnets and len(_zones(request)) < MIN_ZONES:
        request.refuse("oneZone")
    if len({found.outputs.get("vpcId") for found in subnets}) > 1:
        request.refuse_with("InvalidParameterException", "Subnets specified must belong to the same VPC.")
    _refuse_services(request, subnets)


def _refuse_version(request: Request) -> None:
    version = request.text("version")
    if version and version not in VERSIONS:
        request.refuse("versionNotSupported")


def _refuse_role(request: Request) -> None:
    role = request.referred(ROLE, request.value("roleArn"))
    if role is None or not role.outputs:
        return
    actions = ("sts:AssumeRole", "sts:TagSession") if is_auto_mode(request.inputs) else ("sts:AssumeRole",)
    if not is_trusting(role, "eks.amazonaws.com", *actions):
        request.refuse("roleTrust")
    if _NEEDED not in attached(request, role):
        request.refuse("rolePolicies", arn=f"arn:{request.word('partition')}:iam::aws:policy/{_NEEDED}")


def _refuse_node_role(request: Request) -> None:
    named = request.value("computeConfig.nodeRoleArn")
    role = request.referred(ROLE, named) if named else None
    if role and not is_trusting(role, "ec2.amazonaws.com", "sts:AssumeRole"):
        request.refuse("roleTrust")


def _refuse_services(request: Request, subnets: list[Resource]) -> None:
    services = request.value("kubernetesNetworkConfig.serviceIpv4Cidr")
    for found in subnets:
        vpc = request.referred(VPC, found.outputs.get("vpcId"))
        if services and vpc and overlap(services, vpc.outputs.get("cidrBlock")):
            message = f"The service CIDR {services} overlaps the VPC CIDR {vpc.outputs.get('cidrBlock')}."
            request.refuse_with("InvalidParameterException", message)


def _cluster_outputs(request: Request) -> Properties:
    region = request.word("region")
    subnet = next(_subnets(request), None)
    issuer = f"https://oidc.eks.{region}.{dns_suffix(region)}/id/{secrets.token_hex(16).upper()}"
    return {
        "vpcConfig": {
            "clusterSecurityGroupId": f"sg-{hexadecimal(17)}",
            "vpcId": vpc_of(request, subnet.id) if subnet else "",
        },
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "identities": [{"oidcs": [{"issuer": issuer}]}],
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "createdAt": now(),
        "version": VERSIONS[-1],
        "bootstrapSelfManagedAddons": True,
    }


def _start(request: Request) -> Properties:
    """Start the control plane. Whoever made the cluster gets in only if that was asked for."""
    workspace, plane = request.account.directory, plane_of(request, request.identity)
    endpoint = control_planes.create(
        workspace,
        CLOUD,
        plane,
        region=request.word("region"),
        zones=_zones(request),
        nodes=AUTO_MODE_NODES if is_auto_mode(request.inputs) else 0,
        instance_type=AUTO_MODE_MACHINE,
        load_balancer_domain=f"elb.{request.word('region')}.{dns_suffix(request.word('region'))}",
    )
    if value_at(request.outputs, "accessConfig.bootstrapClusterCreatorAdminPermissions") is not False:
        control_planes.admit(workspace, CLOUD, plane)
    return {
        "endpoint": endpoint.server,
        "certificateAuthority": {"data": endpoint.certificate_authority},
    }


def _refuse_update(request: Request) -> None:
    """EKS upgrades by one minor version at a time, and never goes back."""
    _refuse_version(request)
    running = str(request.old.outputs.get("version") if request.old else "")
    now_at, wanted = minor(running), minor(request.text("version"))
    if now_at and wanted and not now_at[1] <= wanted[1] <= now_at[1] + 1:
        message = f"Unsupported Kubernetes minor version update from {running} to {request.text('version')}"
        request.refuse_with("InvalidParameterException", message)
    old = vpc_id(request.old.outputs) if request.old else None
    if old and any(found.outputs.get("vpcId") != old for found in _subnets(request)):
        message = "Provided subnets belong to a different VPC than the cluster's."
        request.refuse_with("InvalidParameterException", message)


def vpc_id(outputs: Properties) -> object:
    """The VPC of a cluster."""
    return value_at(outputs, "vpcConfig.vpcId")


def _refuse_deletion(request: Request) -> None:
    """Node groups go first."""
    if any(
        found.outputs.get("clusterName") == request.identity and found.scope == request.word("region")
        for found in request.store.all(NODE_GROUP)
    ):
        request.refuse("nodeGroupsAttached", name=request.identity)


def _stop(request: Request) -> None:
    """End the control plane; the load balancers and volumes of what ran there stay, as in the cloud."""
    left = control_planes.delete(request.account.directory, CLOUD, plane_of(request, request.identity))
    for service in left.load_balancers:
        for subnet in _balanced(request):
            _leave(
                request,
                INTERFACE,
                f"eni-{hexadecimal(17)}",
                {
                    "subnetId": subnet.id,
                    "vpcId": subnet.outputs.get("vpcId"),
                    "description": f"ELB net/k8s-{service.replace('/', '-')[:40]}/{hexadecimal(16)}",
                },
            )
    for claim in left.volumes:
        name = {"kubernetes.io/created-for/pvc/name": claim}
        _leave(request, VOLUME, f"vol-{hexadecimal(17)}", {"tags": name})
    for token in _BELONGING:
        for found in list(request.store.all(token)):
            if (found.outputs.get("clusterName"), found.scope) == (request.identity, request.word("region")):
                request.store.remove(found)


def _balanced(request: Request) -> list[Resource]:
    """The subnets that load balancers on the internet were in: those marked for them, else the cluster's."""
    vpc = vpc_id(request.outputs)
    marked = [
        found
        for found in request.store.all(SUBNET)
        if found.outputs.get("vpcId") == vpc
        and "kubernetes.io/role/elb" in cast("Properties", found.outputs.get("tags") or {})
    ]
    return marked or list(_subnets(request))


def _leave(request: Request, token: str, identity: str, outputs: Properties) -> None:
    request.store.put(Resource(token, identity, request.word("region"), "", {}, outputs))


KINDS: Final = (
    Kind(
        CLUSTER,
        computed=_cluster_outputs,
        derived=all_tags,
        creating=_refuse_cluster,
        updating=_refuse_update,
        deleting=_refuse_deletion,
        made=_start,
        removing=_stop,
    ),
)
"""What is special of clusters."""
