"""Who gets into clusters of EKS, and what their pods may do on AWS."""

import re
import secrets
import string
import uuid
from typing import Final

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.aws.clusters import (
    CLOUD,
    NODE_GROUP,
    caller,
    cluster_of,
    is_trusting,
    plane_of,
)
from flotilla.sandbox.clouds.aws.iam import ROLE
from flotilla.sandbox.clouds.aws.tagging import all_tags, now
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

ENTRY: Final = "aws:eks/accessEntry:AccessEntry"
ASSOCIATION: Final = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY: Final = "aws:eks/podIdentityAssociation:PodIdentityAssociation"

ADMIN: Final = "AmazonEKSClusterAdminPolicy"
POLICIES: Final = frozenset(
    {
        ADMIN,
        *("AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSEditPolicy", "AmazonEKSViewPolicy"),
        *("AmazonEKSAutoNodePolicy", "AmazonEKSSecretReaderPolicy"),
    }
)
"""The access policies of EKS (its documentation, November 2026)."""

_PRINCIPAL: Final = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user)/[\w+=,.@/-]+")


def _refuse_entry(request: Request) -> None:
    """An entry is for a role or user, once; EKS makes those of nodes itself.

    Roles of no stack are taken for granted, since nobody can tell here whether they are there.
    """
    cluster = cluster_of(request)
    if cluster is None:
        request.refuse_with(
            "ResourceNotFoundException", f"No cluster found for name: {request.text('clusterName')}."
        )
    principal = request.text("principalArn")
    if not _PRINCIPAL.fullmatch(principal):
        request.refuse("missingReference")
    if value_at(cluster.outputs, "accessConfig.authenticationMode") == "CONFIG_MAP":
        request.refuse("authenticationMode")
    if principal in _of_nodes(request, cluster):
        request.refuse("duplicate")


def _of_nodes(request: Request, cluster: Resource) -> set[object]:
    """The roles for which EKS makes entries."""
    groups = (
        found.outputs.get("nodeRoleArn")
        for found in request.store.all(NODE_GROUP)
        if (found.outputs.get("clusterName"), found.scope) == (cluster.id, cluster.scope)
    )
    return {value_at(cluster.outputs, "computeConfig.nodeRoleArn"), *groups}


def _entry_outputs(request: Request) -> Properties:
    found = _PRINCIPAL.fullmatch(request.text("principalArn"))
    account, kind = (found[1], found[2]) if found else ("", "")
    name = request.text("principalArn").rpartition("/")[2]
    cluster, region = request.text("clusterName"), request.word("region")
    owner = f"arn:{request.word('partition')}:eks:{region}:{request.word('account')}"
    user = request.text("principalArn")
    if kind == "role":
        user = f"arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}"
    return {
        "accessEntryArn": f"{owner}:access-entry/{cluster}/{kind}/{account}/{name}/{uuid.uuid4()}",
        "createdAt": now(),
        "modifiedAt": now(),
        "kubernetesGroups": [],
        "type": "STANDARD",
        "userName": user,
    }


def _refuse_association(request: Request) -> None:
    """A policy is one of EKS's, and goes to who has an entry in the same cluster."""
    cluster, region = request.text("clusterName"), request.word("region")
    identity = f"{cluster}:{request.text('principalArn')}"
    if request.store.find(ENTRY, identity, region) is None:
        request.refuse("missingReference")
    arn = request.text("policyArn")
    if arn.rpartition("/")[2] not in POLICIES or ":eks::aws:cluster-access-policy/" not in arn:
        request.refuse_with(
            "InvalidParameterException", f"The policyArn parameter format is not valid: {arn}"
        )


def _admits(request: Request, properties: Properties) -> bool:
    """Whether an association lets whoever runs the program do everything in the cluster."""
    known = caller(request.account)
    return (
        str(properties.get("policyArn")).endswith(f"/{ADMIN}")
        and value_at(properties, "accessScope.type") == "cluster"
        and (not known or properties.get("principalArn") == known)
    )


def _admit(request: Request) -> Properties:
    if _admits(request, request.inputs):
        plane = plane_of(request, request.text("clusterName"))
        control_planes.admit(request.account.directory, CLOUD, plane)
    return {"associatedAt": now(), "modifiedAt": now()}


def _revoke(request: Request) -> None:
    cluster = request.text("clusterName")
    others = (
        found
        for found in request.all(ASSOCIATION)
        if found.outputs.get("clusterName") == cluster and found.scope == request.word("region")
    )
    if _admits(request, request.outputs) and not any(_admits(request, other.outputs) for other in others):
        control_planes.revoke(request.account.directory, CLOUD, plane_of(request, cluster))


def _identity_id(_request: Request) -> str:
    letters = string.ascii_lowercase + string.digits
    return "a-" + "".join(secrets.choice(letters) for _ in range(17))


def _refuse_identity(request: Request) -> None:
    """A service account has one role, which EKS may take for its pods."""
    if cluster_of(request) is None:
        request.refuse("missingReference", name=request.text("clusterName"))
    names = ("clusterName", "namespace", "serviceAccount")
    for other in request.all(IDENTITY):
        same = all(other.outputs.get(name) == request.value(name) for name in names)
        if same and other.scope == request.word("region"):
            request.refuse("duplicate", associationId=other.id)
    _refuse_untrusting(request)


def _refuse_untrusting(request: Request) -> None:
    role = request.referred(ROLE, request.value("roleArn"))
    if role and not is_trusting(role, "pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"):
        request.refuse_with(
            "InvalidParameterException",
            "Trust policy of role is not valid: pods.eks.amazonaws.com must be allowed sts:AssumeRole and "
            "sts:TagSession.",
        )


def _identity_outputs(request: Request) -> Properties:
    owner = f"arn:{request.word('partition')}:eks:{request.word('region')}:{request.word('account')}"
    where = f"podidentityassociation/{request.text('clusterName')}/{request.identity}"
    return {"associationId": request.identity, "associationArn": f"{owner}:{where}", "externalId": ""}


KINDS: Final = (
    Kind(ENTRY, computed=_entry_outputs, derived=all_tags, creating=_refuse_entry),
    Kind(ASSOCIATION, creating=_refuse_association, made=_admit, removing=_revoke),
    Kind(
        IDENTITY,
        identity=_identity_id,
        computed=_identity_outputs,
        derived=all_tags,
        creating=_refuse_identity,
        updating=_refuse_untrusting,
    ),
)
"""What is special of access to clusters."""
