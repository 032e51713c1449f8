"""Repositories for images on AWS."""

import json

import pulumi_aws as aws

from components.cluster.eks.children import Children
from components.types import EksClusterSpec

_UNTAGGED_DAYS = 14


def repositories(children: Children, spec: EksClusterSpec) -> None:
    """Create the repositories that are asked for; untagged images go after two weeks."""
    for name in spec.get("repositories", []):
        word = f"repository-{name.replace('/', '-')}"
        repository = aws.ecr.Repository(
            children.named(word),
            name=name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            region=children.region,
            tags=children.tags(word),
            opts=children.options(protected=True),
        )
        aws.ecr.LifecyclePolicy(
            children.named(f"{word}-lifecycle"),
            repository=repository.name,
            policy=_expiring_untagged(),
            region=children.region,
            opts=children.options(),
        )


def _expiring_untagged() -> str:
    selection = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": _UNTAGGED_DAYS,
    }
    rule = {
        "rulePriority": 1,
        "description": f"untagged images go after {_UNTAGGED_DAYS} days",
        "selection": selection,
        "action": {"type": "expire"},
    }
    return json.dumps({"rules": [rule]})
