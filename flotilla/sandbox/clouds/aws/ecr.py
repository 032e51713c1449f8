"""ECR: repositories of images."""

import json
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

REPOSITORY: Final = "aws:ecr/repository:Repository"
POLICY: Final = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
IMAGES: Final = "images"
"""The output in which a repository's file may list images: nobody can push any here."""


def _outputs(_request: Request) -> Properties:
    return {
        "encryptionConfigurations": [{"encryptionType": "AES256", "kmsKey": ""}],
        "forceDelete": False,
        "imageScanningConfiguration": {"scanOnPush": False},
        "imageTagMutability": "MUTABLE",
    }


def _refuse_full(request: Request) -> None:
    if request.outputs.get(IMAGES) and request.outputs.get("forceDelete") is not True:
        request.refuse("notEmpty")


def _refuse_policy(request: Request) -> None:
    for fault in _faults(str(request.value("policy"))):
        name = "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint"
        message = f"{name}: 'Lifecycle policy validation failure: {fault}'"
        request.refuse_with("InvalidParameterException", message)


def _faults(text: str) -> Iterator[str]:
    """What ECR finds wrong with a lifecycle policy."""
    document = cast("object", json.loads(text))
    found = cast("Properties", document).get("rules") if isinstance(document, dict) else None
    listed = cast("list[object]", found) if isinstance(found, list) else []
    rules = [cast("Properties", each) for each in listed if isinstance(each, dict)]
    if not rules:
        yield "object has missing required properties ([rules])"
    seen: set[object] = set()
    for rule in rules:
        missing = [name for name in ("action", "rulePriority", "selection") if name not in rule]
        if missing:
            yield f"object has missing required properties ({missing})"
        if rule.get("rulePriority") in seen:
            yield f"There are multiple rules with the same priority {rule.get('rulePriority')}"
        seen.add(rule.get("rulePriority"))


KINDS: Final = (
    Kind(REPOSITORY, computed=_outputs, derived=all_tags, deleting=_refuse_full),
    Kind(POLICY, creating=_refuse_policy, repeatable=True),
)
"""What is special of ECR's types."""
