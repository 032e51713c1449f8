"""What is particular to AWS: accounts and regions, ARNs, how errors print."""

import re
import uuid
from collections.abc import Mapping
from typing import Final, cast

from flotilla.sandbox.clouds.package import Package
from flotilla.sandbox.clouds.request import Account, Request, hexadecimal
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
_STATUS: Final = (("NotFound", 404), ("NoSuch", 404), ("Exists", 409), ("InUse", 409), ("Conflict", 409))


def service_of(token: str) -> str:
    """The service of a type: `ec2` of `aws:ec2/vpc:Vpc`."""
    return token.split(":")[1].partition("/")[0]


def _words(account: Account) -> Mapping[str, str]:
    allowed = account.settings.get("allowedAccountIds")
    ids = cast("list[object]", allowed) if isinstance(allowed, list) else []
    return {
        "account": str(ids[0]) if ids else ACCOUNT,
        "region": account.setting("region", REGION),
        "partition": "aws",
    }


def _scope(request: Request) -> str:
    return "" if service_of(request.token) in GLOBAL else request.word("region")


def _identity(request: Request) -> str:
    """Autonamed types have their name for an id, others a random one with the type's initials."""
    name = request.text(request.facts.autonamed) if request.facts.autonamed else ""
    return name or f"{request.token.rpartition(':')[2].lower()}-{hexadecimal(17)}"


def _refers(_request: Request, value: object, resource: Resource) -> bool:
    return value in {resource.id, resource.outputs.get("arn"), resource.outputs.get("name")}


def _refusal(request: Request, code: str, message: str) -> str:
    service, kind = service_of(request.token), request.token.rpartition(":")[2]
    called = _NAMED_AFTER.get(service, service)
    verb = _CALLS[request.verb]
    what = re.sub(r"(?<!^)(?=[A-Z])", " ", kind)
    status = next((status for part, status in _STATUS if part in code), 400)
    error = f"api error {code}" if service == "ec2" else code
    named = request.identity if request.old or request.facts.autonamed else ""
    what = f"{called} {what}" + (f" ({named})" if named else "")
    return (
        f"{request.verb} {what}: operation error {called}: {verb}{kind}, "
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
)
"""The package `aws`."""
