"""What a stack's cluster on AWS is when all is said, and what can be wrong with it; without the SDK."""

from collections.abc import Iterator

from components.cluster.surroundings import Surroundings
from components.errors import Problem
from components.types import EksClusterSpec


def completed(spec: EksClusterSpec, around: Surroundings) -> EksClusterSpec:
    """The cluster with the defaults that its stack gives it.

    Args:
        spec: What the stack file says of it.
        around: The stack it belongs to.
    """
    return {
        **spec,
        "region": spec.get("region", around.text("aws:region")),
        "name": spec.get("name", around.cloud_name),
        "deletion_protection": spec.get("deletion_protection", around.deletion_protection),
        "labels": {**around.labels, **spec.get("labels", {})},
    }


def problems(spec: EksClusterSpec) -> Iterator[Problem]:
    """What is impossible in a completed cluster; paths are relative to it."""
    if not spec.get("region"):
        cure = "Add it, or set aws:region in the configuration of the stack."
        yield Problem(("region",), "is missing", cure)
