"""IAM: roles and policies."""

import json
import secrets
import string
import zlib
from collections.abc import Iterator
from typing import Final

from flotilla.sandbox.clouds.aws.policies import faults_of_policy, faults_of_trust, is_offered, written
from flotilla.sandbox.clouds.aws.tagging import all_tags, now
from flotilla.sandbox.clouds.kinds import Invoke, Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.plugin.protocol import Properties

ROLE: Final = "aws:iam/role:Role"
POLICY: Final = "aws:iam/policy:Policy"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INLINE: Final = "aws:iam/rolePolicy:RolePolicy"

_LETTERS: Final = string.ascii_uppercase + "234567"


def _principal_id(start: str) -> str:
    """An id as IAM gives it: what begins with `AROA` is a role, with `ANPA` a policy."""
    return start + "".join(secrets.choice(_LETTERS) for _ in range(17))


def _role_outputs(_request: Request) -> Properties:
    return {
        "uniqueId": _principal_id("AROA"),
        "createDate": now(),
        "description": "",
        "forceDetachPolicies": False,
        "inlinePolicies": [],
        "managedPolicyArns": [],
        "maxSessionDuration": 3600,
    }


def _refuse_namesake(request: Request) -> None:
    """Names differ by more than their letters' case."""
    name = str(request.outputs.get("name"))
    for other in request.all(request.token):
        if str(other.outputs.get("name")).casefold() == name.casefold():
            request.refuse("duplicate", name=name)


def _refuse_role(request: Request) -> None:
    _refuse_namesake(request)
    _refuse_trust(request)


def _refuse_trust(request: Request) -> None:
    _refuse_first(request, faults_of_trust(request.value("assumeRolePolicy")))


def _refuse_faults(request: Request) -> None:
    _refuse_first(request, faults_of_policy(request.value("policy")))


def _refuse_first(request: Request, faults: Iterator[str]) -> None:
    for fault in faults:
        request.refuse_with("MalformedPolicyDocument", fault)


def _refuse_policy(request: Request) -> None:
    _refuse_namesake(request)
    _refuse_faults(request)


def _policy_outputs(_request: Request) -> Properties:
    return {"policyId": _principal_id("ANPA"), "attachmentCount": 0, "description": ""}


def _refuse_unknown_policy(request: Request) -> None:
    """What AWS manages is known by name, as far as clusters need it."""
    arn = request.text("policyArn")
    if not is_offered(arn):
        request.refuse("missingReference", arn=arn)


KINDS: Final = (
    Kind(ROLE, computed=_role_outputs, derived=all_tags, creating=_refuse_role, updating=_refuse_trust),
    Kind(
        POLICY, computed=_policy_outputs, derived=all_tags, creating=_refuse_policy, updating=_refuse_faults
    ),
    Kind(ATTACHMENT, creating=_refuse_unknown_policy, repeatable=True),
    Kind(INLINE, creating=_refuse_faults, updating=_refuse_faults, repeatable=True),
)
"""What is special of IAM's types."""


def _policy_document(_account: Account, arguments: Properties) -> Properties:
    document = written(arguments)
    text = json.dumps(document, indent=2)
    return {
        **arguments,
        "version": document["Version"],
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
        "id": str(zlib.crc32(text.encode())),
    }


INVOKES: Final[dict[str, Invoke]] = {"aws:iam/getPolicyDocument:getPolicyDocument": _policy_document}
"""The functions."""
