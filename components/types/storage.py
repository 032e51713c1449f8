"""What can be said of a service's volumes."""

from enum import StrEnum
from typing import NotRequired

from typing_extensions import TypedDict

from components.types.strictly import strictly


class AccessMode(StrEnum):
    """Who may mount a volume at once."""

    READ_WRITE_ONCE = "ReadWriteOnce"
    """Pods of one node."""
    READ_WRITE_ONCE_POD = "ReadWriteOncePod"
    """One pod."""
    READ_WRITE_MANY = "ReadWriteMany"
    """Pods of all nodes; few storage classes can do it."""
    READ_ONLY_MANY = "ReadOnlyMany"
    """Pods of all nodes, to read."""


@strictly
class EmptyDir(TypedDict):
    """Scratch space that lives as long as the pod."""

    size_limit: NotRequired[str]
    """Most bytes it may hold, as a quantity: `512Mi`. Default: no limit of its own."""
    medium: NotRequired[str]
    """`Memory` for a RAM disk, which counts as the container's memory. Default: the node's disk."""


@strictly
class Claim(TypedDict):
    """A disk for each pod, which outlives the pod.

    It makes the service a StatefulSet, whose pods start side by side and have `replicas`, not an autoscaler.
    Where the environment's tier protects what holds data, Pulumi refuses to delete it, also by taking
    replicas away.
    """

    size: str
    """Bytes, as a quantity: `10Gi`. It can grow where the storage class allows it, and never shrink."""
    storage_class: NotRequired[str]
    """Storage class. Default: the cluster's."""
    access_mode: NotRequired[AccessMode]
    """Who may mount it at once, but for `ReadOnlyMany`. Default: `ReadWriteOnce`."""


@strictly
class Volume(TypedDict):
    """A directory for the containers of the pod: exactly one of `emptyDir`, `claim` and `existingClaim`."""

    mount_path: str
    """Where the containers see it, from `/`."""
    empty_dir: NotRequired[EmptyDir]
    """Scratch space that lives as long as the pod."""
    claim: NotRequired[Claim]
    """A disk for each pod, which outlives the pod."""
    existing_claim: NotRequired[str]
    """Name of a PersistentVolumeClaim that is there, which all pods share."""
    containers: NotRequired[list[str]]
    """Containers that see it, by name; the service's own has the service's name. Default: all, sidecars and
    init containers too."""
    read_only: NotRequired[bool]
    """Whether the containers can only read it. Default: false."""
