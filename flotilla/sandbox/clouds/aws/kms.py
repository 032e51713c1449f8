"""KMS: keys and their aliases."""

import json
from fnmatch import fnmatchcase
from typing import Final

from flotilla.sandbox.clouds.aws.clusters import items
from flotilla.sandbox.clouds.aws.policies import statements
from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

KEY: Final = "aws:kms/key:Key"
ALIAS: Final = "aws:kms/alias:Alias"


def _key_outputs(request: Request) -> Properties:
    owner = request.filled("arn:{partition}:iam::{account}:root")
    everything = {"Effect": "Allow", "Principal": {"AWS": owner}, "Action": "kms:*", "Resource": "*"}
    return {
        "bypassPolicyLockoutSafetyCheck": False,
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "description": "",
        "enableKeyRotation": False,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
        "multiRegion": False,
        "policy": json.dumps({"Version": "2012-10-17", "Id": "key-default-1", "Statement": [everything]}),
    }


def _refuse_lockout(request: Request) -> None:
    """A policy lets somebody change it later."""
    policy = request.value("policy")
    if not policy or request.value("bypassPolicyLockoutSafetyCheck") is True:
        return
    allowing = (each.get("Action") for each in statements(policy) if each.get("Effect") == "Allow")
    actions = [action for each in allowing for action in (items(each) or [each])]
    if not any(fnmatchcase("kms:PutKeyPolicy", str(action)) for action in actions):
        request.refuse("malformed")


def _alias_target(request: Request) -> Properties:
    key = request.referred(KEY, request.value("targetKeyId"))
    return {"targetKeyArn": key.outputs.get("arn", key.id) if key else ""}


KINDS: Final = (
    Kind(
        KEY,
        computed=_key_outputs,
        derived=all_tags,
        creating=_refuse_lockout,
        updating=_refuse_lockout,
    ),
    Kind(ALIAS, derived=_alias_target),
)
"""What is special of KMS's types."""
