"""What a killed update leaves behind in the state, and how it is mended.

The engine records an operation before it begins it. Killed in between, it does not know whether the object
was made. A Kubernetes object has a name that is known beforehand, so one look at the cluster tells: what is
there is adopted, and updated and awaited by the next `up`; what is not there is forgotten and made anew.
(`pulumi refresh --import-pending-creates` of 3.250 only renames the operation and adopts nothing.)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NotRequired, TypedDict

from flotilla.sandbox.kubernetes.manifest import dig

INTERRUPTED = "its creation was interrupted, so whether it is ready is not known"


class Resource(TypedDict):
    """One resource of the state: the part that matters here."""

    urn: str
    type: str
    provider: NotRequired[str]
    """URN and ID of its provider, `urn:…::pulumi:providers:kubernetes::main::<ID>`."""
    id: NotRequired[str]
    inputs: NotRequired[dict[str, object]]
    outputs: NotRequired[dict[str, object]]
    initErrors: NotRequired[list[str]]


class Operation(TypedDict):
    """An operation that was begun and whose end is not recorded."""

    resource: Resource
    type: str


class Deployment(TypedDict):
    """The state of a stack, as `pulumi stack export` writes it below `deployment`."""

    resources: NotRequired[list[Resource]]
    pending_operations: NotRequired[list[Operation]]


@dataclass
class Recovery:
    """What was decided for each object of an interrupted creation."""

    adopted: list[str] = field(default_factory=list[str])
    forgotten: list[str] = field(default_factory=list[str])
    orphaned: list[Resource] = field(default_factory=list[Resource])
    """Objects of an interrupted replacement: there, used by nothing, to be deleted."""


def object_id(inputs: dict[str, object]) -> str:
    """The provider's ID of a Kubernetes object: `namespace/name`, or `name` where it is cluster-wide."""
    name, namespace = dig(inputs, "metadata", "name"), dig(inputs, "metadata", "namespace")
    return f"{namespace}/{name}" if namespace else str(name or "")


def cluster_of(resource: Resource) -> str:
    """The cluster an object is on: a cluster's provider has the cluster's name."""
    return resource.get("provider", "").rpartition("::")[0].rpartition("::")[2]


def recover(deployment: Deployment, is_there: Callable[[Resource], bool]) -> Recovery:
    """Resolve the operations on Kubernetes objects that a killed update left; changes `deployment`.

    Operations on anything else stay as they are: the engine warns of them, and a person decides.
    """
    recovery = Recovery()
    resources = deployment.setdefault("resources", [])
    known = {resource["urn"] for resource in resources}
    left: list[Operation] = []
    for operation in deployment.get("pending_operations", []):
        resource = operation["resource"]
        if not resource["type"].startswith("kubernetes:"):
            left.append(operation)
        elif operation["type"] != "creating":
            continue  # the state still holds the resource, and the next `up` does it again
        elif not is_there(resource):
            recovery.forgotten.append(resource["urn"])
        elif resource["urn"] in known:
            recovery.orphaned.append(resource)
        else:
            inputs = resource.get("inputs", {})
            adopted: Resource = {
                **resource,
                "id": object_id(inputs),
                "outputs": inputs,
                "initErrors": [INTERRUPTED],
            }
            resources.append(adopted)
            recovery.adopted.append(resource["urn"])
    deployment["pending_operations"] = left
    return recovery
