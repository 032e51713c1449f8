"""The control planes behind clusters of EKS, and what these leave in the account when they go."""

import hashlib
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.aws.clusters import (
    CLUSTER,
    NODE_GROUP,
    in_auto_mode,
    items,
    subnets_of,
    zones_of,
)
from flotilla.sandbox.clouds.aws.firewalls import GROUP
from flotilla.sandbox.clouds.aws.networks import INTERFACE, SUBNET
from flotilla.sandbox.clouds.aws.places import zones_of as zones_of_region
from flotilla.sandbox.clouds.aws.tagging import now
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request, hexadecimal
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

CLOUD: Final = "aws"
VOLUME: Final = "aws:ebs/volume:Volume"
LOGS: Final = "aws:cloudwatch/logGroup:LogGroup"

AUTO_MODE_NODES: Final = 3
AUTO_MODE_INSTANCE: Final = "c6a.large"

BELONGINGS: Final = (
    "aws:eks/accessEntry:AccessEntry",
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
    "aws:eks/addon:Addon",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
)
"""What goes with its cluster."""

_PUBLIC: Final = "kubernetes.io/role/elb"
"""The tag of subnets that public load balancers are put into."""


def plane_of(request: Request, cluster: object) -> str:
    """A control plane's name: two clusters of one name may be in two regions, or in two accounts."""
    return f"{request.word('account')}/{request.word('region')}/{cluster}"


def cluster_of(request: Request) -> Resource:
    """The cluster that a node group, an add-on or an access entry is of; it is known to be there."""
    return cast("Resource", request.referred(CLUSTER, request.value("clusterName")))


def belonging(request: Request, token: str, cluster: object) -> Iterator[Resource]:
    """What a cluster has of a type."""
    region = request.word("region")
    return (
        each
        for each in request.store.all(token)
        if each.scope == region and each.outputs.get("clusterName") == cluster
    )


def start(request: Request) -> Properties:
    """Start the control plane, in Auto Mode with nodes; admit who made the cluster if that is asked for."""
    workspace, name = request.account.directory, plane_of(request, request.identity)
    region = request.word("region")
    endpoint = control_planes.create(
        workspace,
        CLOUD,
        name,
        region=region,
        zones=zones_of(subnets_of(request, request.value("vpcConfig.subnetIds"))) or zones_of_region(region),
        nodes=AUTO_MODE_NODES if in_auto_mode(request.outputs) else 0,
        instance_type=AUTO_MODE_INSTANCE,
        load_balancer_domain=f"elb.{region}.amazonaws.com",
    )
    if value_at(request.outputs, "accessConfig.bootstrapClusterCreatorAdminPermissions"):
        control_planes.admit(workspace, CLOUD, name)
    _make_belongings(request)
    return {
        "endpoint": endpoint.server,
        "certificateAuthority": {"data": endpoint.certificate_authority},
        "status": "ACTIVE",
    }


def _make_belongings(request: Request) -> None:
    """EKS makes a security group; and a log group, if there is none, which nobody removes."""
    region, vpc = request.word("region"), value_at(request.outputs, "vpcConfig.vpcId")
    group, logs = _group_of(request), f"/aws/eks/{request.identity}/cluster"
    named: Properties = {"name": f"eks-cluster-sg-{request.identity}", "vpcId": vpc}
    request.store.put(Resource(GROUP, group, region, "", {}, named))
    if items(request.outputs.get("enabledClusterLogTypes")) and not request.store.find(LOGS, logs, region):
        arn = request.filled("arn:{partition}:logs:{region}:{account}:log-group:") + logs
        request.store.put(Resource(LOGS, logs, region, "", {}, {"name": logs, "arn": arn}))


def _group_of(request: Request) -> str:
    return str(value_at(request.outputs, "vpcConfig.clusterSecurityGroupId"))


def stop(request: Request) -> None:
    """End the control plane; load balancers and volumes of what ran there stay, as in the cloud."""
    region = request.word("region")
    left = control_planes.delete(request.account.directory, CLOUD, plane_of(request, request.identity))
    for service in left.load_balancers:
        for subnet in _subnets_of_balancers(request):
            _leave_interface(request, service, subnet)
    for claim in left.volumes:
        outputs: Properties = {"tags": {"kubernetes.io/created-for/pvc": claim}, "createTime": now()}
        request.store.put(Resource(VOLUME, f"vol-{hexadecimal(17)}", region, "", {}, outputs))
    for token in BELONGINGS:
        for each in list(belonging(request, token, request.identity)):
            request.store.remove(each)
    group = request.store.find(GROUP, _group_of(request), region)
    if group:
        request.store.remove(group)


def _subnets_of_balancers(request: Request) -> list[Resource]:
    """The public subnets of the cluster's VPC, or else those of the cluster."""
    vpc = value_at(request.outputs, "vpcConfig.vpcId")
    public = [
        each
        for each in request.store.all(SUBNET)
        if each.outputs.get("vpcId") == vpc and _PUBLIC in cast("Properties", each.outputs.get("tags") or {})
    ]
    return public or subnets_of(request, value_at(request.outputs, "vpcConfig.subnetIds"))


def _leave_interface(request: Request, service: str, subnet: Resource) -> None:
    digest = hashlib.sha256(f"{request.identity}/{service}".encode()).hexdigest()[:16]
    outputs: Properties = {
        "subnetId": subnet.id,
        "vpcId": subnet.outputs.get("vpcId"),
        "interfaceType": "network_load_balancer",
        "status": "in-use",
        "description": f"ELB net/k8s-{service.replace('/', '-')}-{digest[:10]}/{digest}",
    }
    interface = Resource(INTERFACE, f"eni-{hexadecimal(17)}", request.word("region"), "", {}, outputs)
    request.store.put(interface)


def has_nodes(request: Request, cluster: Resource) -> bool:
    """Whether something can run in a cluster."""
    groups = belonging(request, NODE_GROUP, cluster.id)
    sizes = (value_at(each.outputs, "scalingConfig.desiredSize") for each in groups)
    return in_auto_mode(cluster.outputs) or any(isinstance(size, int | float) and size > 0 for size in sizes)
