"""What a stack's cluster on Azure is when all is said, and what can be wrong with it; without the SDK."""

from collections.abc import Iterator

from components.cluster.surroundings import Surroundings
from components.errors import Problem
from components.types import AksClusterSpec


def completed(spec: AksClusterSpec, around: Surroundings) -> AksClusterSpec:
    """The cluster with the defaults that its stack gives it.

    Args:
        spec: What the stack file says of it.
        around: The stack it belongs to.
    """
    return {
        **spec,
        "subscription_id": spec.get("subscription_id", around.text("azure-native:subscriptionId")),
        "location": spec.get("location", around.text("azure-native:location")),
        "name": spec.get("name", around.cloud_name),
        "deletion_protection": spec.get("deletion_protection", around.deletion_protection),
        "labels": {**around.labels, **spec.get("labels", {})},
    }


def problems(spec: AksClusterSpec) -> Iterator[Problem]:
    """What is impossible in a completed cluster; paths are relative to it."""
    if not spec.get("subscription_id"):
        cure = "Add it, or set azure-native:subscriptionId in the configuration of the stack."
        yield Problem(("subscriptionId",), "is missing", cure)
    if not spec.get("location"):
        cure = "Add it, or set azure-native:location in the configuration of the stack."
        yield Problem(("location",), "is missing", cure)
