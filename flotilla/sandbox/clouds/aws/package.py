"""What is particular to AWS: accounts and regions, ARNs, how errors print."""

import re
import uuid
from collections.abc import Mapping
from typing import Final, cast

from components.cluster.eks.offered import partition
from flotilla.sandbox.clouds.package import Package
from flotilla.sandbox.clouds.request import MADE_HERE, Account, Request, hexadecimal
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.clouds.wording import bridged

ACCOUNT: Final = "123456789012"
"""The account of everything where the provider's configuration allows no other."""
REGION: Final = "us-east-1"

GLOBAL: Final = frozenset({"iam", "route53"})
"""Services whose resources are of no region."""

_NAMED_AFTER: Final = {"ec2": "EC2", "eks": "EKS", "iam": "IAM", "kms": "KMS", "ecr": "ECR", "acm": "ACM",
                       "cloudwatch": "CloudWatch Logs", "route53": "Route 53"}  # fmt: skip
_CALLS: Final = {"creating": "Create", "updating": "Update", "deleting": "Delete", "reading": "Describe"}
_OPERATIONS: Final = {
    ("AccessPolicyAssociation", "creating"): "AssociateAccessPolicy",
    ("AccessPolicyAssociation", "deleting"): "DisassociateAccessPolicy",
    ("Certificate", "creating"): "RequestCertificate",
    ("Cluster", "updating"): "UpdateClusterConfig",
    ("Eip", "creating"): "AllocateAddress",
    ("Eip", "deleting"): "ReleaseAddress",
    ("InternetGateway", "deleting"): "DetachInternetGateway",
    ("Key", "deleting"): "ScheduleKeyDeletion",
    ("LifecyclePolicy", "creating"): "PutLifecyclePolicy",
    ("NodeGroup", "creating"): "CreateNodegroup",
    ("NodeGroup", "updating"): "UpdateNodegroupConfig",
    ("Record", "creating"): "ChangeResourceRecordSets",
    ("Record", "updating"): "ChangeResourceRecordSets",
    ("Record", "deleting"): "ChangeResourceRecordSets",
    ("Role", "updating"): "UpdateAssumeRolePolicy",
    ("RolePolicy", "creating"): "PutRolePolicy",
    ("RolePolicy", "updating"): "PutRolePolicy",
    ("RolePolicyAttachment", "creating"): "AttachRolePolicy",
    ("RolePolicyAttachment", "deleting"): "DetachRolePolicy",
    ("Route", "updating"): "ReplaceRoute",
    ("RouteTableAssociation", "creating"): "AssociateRouteTable",
    ("RouteTableAssociation", "deleting"): "DisassociateRouteTable",
    ("RouteTableAssociation", "updating"): "ReplaceRouteTableAssociation",
    ("Zone", "creating"): "CreateHostedZone",
    ("Zone", "deleting"): "DeleteHostedZone",
}
"""Calls of the API that are not named after the type."""
_OWN: Final = frozenset({"plan error", "provider error", "timeout"})
"""Codes of what the provider says without asking the cloud, or after it."""
_STATUS: Final = (("NotFound", 404), ("NoSuch", 404), ("Exists", 409), ("InUse", 409), ("Conflict", 409))


def service_of(token: str) -> str:
    """The service of a type: `ec2` of `aws:ec2/vpc:Vpc`."""
    return token.split(":")[1].partition("/")[0]


def _words(account: Account) -> Mapping[str, str]:
    allowed = account.settings.get("allowedAccountIds")
    ids = cast("list[object]", allowed) if isinstance(allowed, list) else []
    region = account.setting("region", REGION)
    return {"account": str(ids[0]) if ids else ACCOUNT, "region": region, "partition": partition(region)}


def _scope(request: Request) -> str:
    return "" if service_of(request.token) in GLOBAL else request.word("region")


def _identity(request: Request) -> str:
    """Autonamed types have their name for an id, others a random one with the type's initials."""
    name = request.text(request.facts.autonamed) if request.facts.autonamed else ""
    return name or f"{request.token.rpartition(':')[2].lower()}-{hexadecimal(17)}"


_KNOWN_BY: Final = ("arn", "name", "keyId", "allocationId", "fqdn", "principalArn")
"""The outputs, besides the id, that other resources name a resource by."""


def _refers(request: Request, value: object, resource: Resource) -> bool:
    """Whether a value names a resource; those of a region know those of their own region only."""
    here = request.old.scope if request.old else _scope(request)
    if not value or (here and resource.scope and here != resource.scope):
        return False
    return value == resource.id or value in [resource.outputs.get(name) for name in _KNOWN_BY]


_IDS: Final = {
    "aws:ec2/eip:Eip": "eipalloc",
    "aws:ec2/internetGateway:InternetGateway": "igw",
    "aws:ec2/natGateway:NatGateway": "nat",
    "aws:ec2/routeTable:RouteTable": "rtb",
    "aws:ec2/securityGroup:SecurityGroup": "sg",
    "aws:ec2/subnet:Subnet": "subnet",
    "aws:ec2/vpc:Vpc": "vpc",
}
"""How ids begin, by type."""

_ALREADY_THERE: Final = {
    **{token: rf"{start}-(?!{MADE_HERE})(?:[0-9a-f]{{8}}|[0-9a-f]{{17}})" for token, start in _IDS.items()},
    "aws:iam/policy:Policy": r"arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy/[\w+=,.@/-]+",
    "aws:kms/key:Key": r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key/[0-9a-f-]{36}|alias/[\w/-]+)",
    "aws:route53/zone:Zone": rf"(?:/hostedzone/)?Z(?!{MADE_HERE.upper()})[0-9A-Z]{{5,31}}",
}
"""What a program may name that the account has, or AWS itself, by type.

Nobody can tell here whether it is there. Ids that were made here are not among them: what they name must be
held.
"""


def _given(request: Request, token: str, value: object) -> Resource | None:
    form = _ALREADY_THERE.get(token)
    if form and isinstance(value, str) and re.fullmatch(form, value):
        return Resource(token, value, _scope(request), "", {}, {})
    return None


def _refusal(request: Request, code: str, message: str) -> str:
    if code in _OWN:
        return message
    service, kind = service_of(request.token), request.token.rpartition(":")[2]
    called = _NAMED_AFTER.get(service, service)
    call = _OPERATIONS.get((kind, request.verb), f"{_CALLS[request.verb]}{kind}")
    what = re.sub(r"(?<!^)(?=[A-Z])", " ", kind)
    status = next((status for part, status in _STATUS if part in code), 400)
    error = f"api error {code}" if service == "ec2" else code
    named = request.identity if request.old or request.facts.autonamed else ""
    what = f"{called} {what}" + (f" ({named})" if named else "")
    return (
        f"{request.verb} {what}: operation error {called}: {call}, "
        f"https response error StatusCode: {status}, RequestID: {uuid.uuid4()}, {error}: {message}"
    )


PACKAGE: Final = Package(
    name="aws",
    distribution="pulumi-aws",
    wording=bridged,
    examine=True,
    digits=7,
    separator="-",
    placed=("region",),
    words=_words,
    scope=_scope,
    identity=_identity,
    refers=_refers,
    refusal=_refusal,
    given=_given,
)
"""The package `aws`."""
