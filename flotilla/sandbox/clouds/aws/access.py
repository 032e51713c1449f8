"""Who gets into clusters of EKS, and what their pods may do in the account."""

import re
import secrets
import string
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.aws.clusters import CLUSTER, NODE_GROUP, items
from flotilla.sandbox.clouds.aws.iam import ROLE
from flotilla.sandbox.clouds.aws.planes import CLOUD, belonging, cluster_of, plane_of
from flotilla.sandbox.clouds.aws.policies import trusts
from flotilla.sandbox.clouds.aws.tagging import all_tags, now
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request, unique
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
POD_IDENTITY: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

PODS: Final = "pods.eks.amazonaws.com"
PODS_ACTIONS: Final = ("sts:AssumeRole", "sts:TagSession")

_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/(?:[\w+=,.@-]+/)*([\w+=,.@-]+)")
_POLICY: Final = re.compile(r"arn:aws[a-z-]*:eks::aws:cluster-access-policy/(\w+)")
_ADMIN: Final = "AmazonEKSClusterAdminPolicy"
_POLICIES: Final = (
    *(_ADMIN, "AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSEditPolicy"),
    *("AmazonEKSViewPolicy", "AmazonEKSSecretReaderPolicy", "AmazonEKSAutoNodePolicy"),
    *("AmazonEKSBlockStoragePolicy", "AmazonEKSBlockStorageClusterPolicy", "AmazonEKSComputePolicy"),
    *("AmazonEKSComputeClusterPolicy", "AmazonEKSLoadBalancingPolicy", "AmazonEKSLoadBalancingClusterPolicy"),
    *("AmazonEKSNetworkingPolicy", "AmazonEKSNetworkingClusterPolicy", "AmazonEKSHybridPolicy"),
    *("AmazonEKSClusterInsightsPolicy", "AmazonARCRegionSwitchScalingPolicy"),
)
"""The access policies of EKS."""


def _entry_outputs(request: Request) -> Properties:
    arn = request.text("principalArn")
    account, kind, name = cast("re.Match[str]", _PRINCIPAL.fullmatch(arn)).groups()
    user = f"arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}" if kind == "role" else arn
    place = request.filled("arn:{partition}:eks:{region}:{account}:access-entry/{clusterName}/")
    return {
        "accessEntryArn": f"{place}{kind}/{account}/{name}/{unique()}",
        "createdAt": now(),
        "modifiedAt": now(),
        "kubernetesGroups": [],
        "type": "STANDARD",
        "userName": user,
    }


def _refuse_entry(request: Request) -> None:
    cluster, principal = cluster_of(request), request.text("principalArn")
    if value_at(cluster.outputs, "accessConfig.authenticationMode") == "CONFIG_MAP":
        request.refuse("authenticationMode")
    if not _PRINCIPAL.fullmatch(principal):
        request.refuse("missingReference")
    if principal in _entries_of_eks(request, cluster):
        request.refuse("duplicate")
    _refuse_groups(request)


def _entries_of_eks(request: Request, cluster: Resource) -> Iterator[object]:
    """Principals for which EKS itself makes an entry: roles of node groups, and of Auto Mode's own pools."""
    if items(value_at(cluster.outputs, "computeConfig.nodePools")):
        yield value_at(cluster.outputs, "computeConfig.nodeRoleArn")
    for group in belonging(request, NODE_GROUP, cluster.id):
        yield group.outputs.get("nodeRoleArn")


def _refuse_groups(request: Request) -> None:
    for group in items(request.value("kubernetesGroups")):
        if str(group).startswith("system:"):
            request.refuse("groups", group=group)


def _remove_policies(request: Request) -> None:
    """With an entry goes what was associated with it."""
    cluster, principal = request.outputs.get("clusterName"), request.outputs.get("principalArn")
    gone = [
        each
        for each in belonging(request, ASSOCIATION, cluster)
        if each.outputs.get("principalArn") == principal
    ]
    for each in gone:
        request.store.remove(each)
    if any(_admits(request, each) for each in gone):
        _revoke_unless_shared(request, cluster)


def _refuse_association(request: Request) -> None:
    cluster, principal = request.value("clusterName"), request.value("principalArn")
    entries = belonging(request, ENTRY, cluster)
    if all(each.outputs.get("principalArn") != principal for each in entries):
        request.refuse("missingReference")
    policy = _POLICY.fullmatch(request.text("policyArn"))
    if policy is None or policy[1] not in _POLICIES:
        request.refuse("badPolicy")
    namespaced = request.value("accessScope.type") == "namespace"
    if namespaced is not bool(items(request.value("accessScope.namespaces"))):
        message = (
            "Namespaces are required for an access scope of the type namespace."
            if namespaced
            else "Namespaces cannot be given for an access scope of the type cluster."
        )
        request.refuse_with("InvalidParameterException", message)


def _association_outputs(_request: Request) -> Properties:
    return {"associatedAt": now(), "modifiedAt": now()}


def _caller(request: Request) -> str:
    """The ARN of the role that the provider assumes; empty where it works as whoever runs it."""
    first = next(iter(items(request.account.settings.get("assumeRoles"))), None)
    return str(cast("Properties", first).get("roleArn") or "") if isinstance(first, dict) else ""


def _admits(request: Request, association: Resource) -> bool:
    """Whether by an association whoever runs the program may do everything in the cluster.

    Where no role is assumed nobody can tell who that is: then any admin will do.
    """
    shown, caller = association.outputs, _caller(request)
    return (
        str(shown.get("policyArn")).endswith(f"/{_ADMIN}")
        and value_at(shown, "accessScope.type") == "cluster"
        and caller in ("", shown.get("principalArn"))
    )


def _admit(request: Request) -> Properties:
    if _admits(request, Resource(request.token, request.identity, "", "", {}, request.outputs)):
        name = plane_of(request, request.outputs.get("clusterName"))
        control_planes.admit(request.account.directory, CLOUD, name)
    return {}


def _revoke(request: Request) -> None:
    if _admits(request, cast("Resource", request.old)):
        _revoke_unless_shared(request, request.outputs.get("clusterName"))


def _revoke_unless_shared(request: Request, cluster: object) -> None:
    """Take from the caller what no other association gives, nor the making of the cluster."""
    others = (each for each in belonging(request, ASSOCIATION, cluster) if each.id != request.identity)
    found = request.store.find(CLUSTER, str(cluster), request.word("region"))
    creator = found and value_at(found.outputs, "accessConfig.bootstrapClusterCreatorAdminPermissions")
    if not creator and not any(_admits(request, each) for each in others):
        control_planes.revoke(request.account.directory, CLOUD, plane_of(request, cluster))


def _pod_identity_id(_request: Request) -> str:
    return "a-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(17))


def _pod_identity_outputs(request: Request) -> Properties:
    place = request.filled("arn:{partition}:eks:{region}:{account}:podidentityassociation/{clusterName}/")
    return {
        "associationId": request.identity,
        "associationArn": place + request.identity,
        "disableSessionTags": False,
        "externalId": unique() if request.value("targetRoleArn") else "",
    }


def _refuse_pod_identity(request: Request) -> None:
    """A service account has one role, which pods may take."""
    subject = ("namespace", "serviceAccount")
    for other in belonging(request, POD_IDENTITY, request.value("clusterName")):
        same = all(other.outputs.get(name) == request.value(name) for name in subject)
        if same and other.id != request.identity:
            request.refuse("duplicate", associationId=other.id)
    refuse_role_of_pods(request, request.value("roleArn"))


def refuse_role_of_pods(request: Request, arn: object) -> None:
    """Refuse a role that pods cannot take."""
    role = request.referred(ROLE, arn)
    if role and not trusts(role.outputs.get("assumeRolePolicy"), PODS, PODS_ACTIONS):
        request.refuse("roleTrust", arn=arn)


KINDS: Final = (
    Kind(
        ENTRY,
        computed=_entry_outputs,
        derived=all_tags,
        creating=_refuse_entry,
        updating=_refuse_groups,
        removing=_remove_policies,
    ),
    Kind(
        ASSOCIATION,
        computed=_association_outputs,
        creating=_refuse_association,
        made=_admit,
        removing=_revoke,
        repeatable=True,
    ),
    Kind(
        POD_IDENTITY,
        identity=_pod_identity_id,
        computed=_pod_identity_outputs,
        derived=all_tags,
        creating=_refuse_pod_identity,
        updating=_refuse_pod_identity,
    ),
)
"""What is special of access."""
