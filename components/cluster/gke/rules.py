"""What a cluster on Google Cloud is when all is said, and what can be wrong with it; without the SDK."""

from collections.abc import Iterator

from components.cluster.surroundings import Surroundings
from components.errors import Problem
from components.types import GkeClusterSpec


def completed(spec: GkeClusterSpec, around: Surroundings) -> GkeClusterSpec:
    """The cluster with the defaults that its stack gives it.

    Args:
        spec: What the stack file says of it.
        around: The stack it belongs to.
    """
    return {
        **spec,
        "project": spec.get("project", around.text("gcp:project")),
        "region": spec.get("region", around.text("gcp:region")),
        "name": spec.get("name", around.cloud_name),
        "deletion_protection": spec.get("deletion_protection", around.deletion_protection),
        "labels": {**around.labels, **spec.get("labels", {})},
    }


def problems(spec: GkeClusterSpec) -> Iterator[Problem]:
    """What is impossible in a completed cluster; paths are relative to it."""
    if not spec.get("project"):
        cure = "Add it, or set gcp:project in the configuration of the stack."
        yield Problem(("project",), "is missing", cure)
    if not spec.get("region"):
        cure = "Add it, or set gcp:region in the configuration of the stack."
        yield Problem(("region",), "is missing", cure)
