"""What node pools of a cluster on AWS are when all is said, and what can be wrong with them."""

import re
from collections.abc import Iterator

from components.cluster.eks.offered import ADDONS, ADDONS_AFTER_NODES, ADDONS_BEFORE_NODES
from components.errors import Path, Problem, nearest
from components.naming import is_label_key, is_label_value
from components.types import EksClusterSpec, EksNodePool, NodeArchitecture

_POOL_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,31}")
"""A managed node group may have 63; Pulumi puts the cluster before and a random end behind."""
_INSTANCE_TYPE = re.compile(
    r"([a-z]+)([0-9]+)([a-z]*)(-[a-z0-9]+)*\.(nano|micro|small|medium|large|[0-9]*xlarge|metal(-[0-9]+xl)?)"
)
_MAX_NODES = 450
"""Nodes of a managed node group (EKS service quotas)."""
_MAX_INSTANCE_TYPES, _MAX_TAINTS = 20, 50
_DISK = (20, 16384)
"""GiB: an image of Amazon Linux needs 20, and gp3 ends at 16384."""


def architecture(instance_type: str) -> NodeArchitecture:
    """The processors of a type of machines: Graviton's have a `g` after the generation.

    Example:
        architecture("m7g.large") == NodeArchitecture.ARM64
        architecture("m7i.large") == NodeArchitecture.X86_64
        architecture("g5.xlarge") == NodeArchitecture.X86_64
    """
    found = _INSTANCE_TYPE.fullmatch(instance_type)
    arm = found is not None and (found[1] == "a" or "g" in found[3])
    return NodeArchitecture.ARM64 if arm else NodeArchitecture.X86_64


def architecture_of(pool: EksNodePool) -> NodeArchitecture:
    """The processors of a pool."""
    return pool.get("architecture") or architecture(pool["instance_types"][0])


def smallest(pool: EksNodePool) -> int:
    """Fewest nodes of a pool."""
    return int(pool.get("min_size", 1))


def largest(pool: EksNodePool) -> int:
    """Most nodes of a pool."""
    return int(pool.get("max_size", max(3, smallest(pool))))


def problems(spec: EksClusterSpec) -> Iterator[Problem]:
    """What is impossible in the nodes of a completed cluster; paths are relative to the cluster."""
    pools = spec.get("node_pools", {})
    if "node_pools" in spec and not pools:
        yield Problem(("nodePools",), "names no pool", "Name one, or remove it for Auto Mode.")
    for name, pool in pools.items():
        path: Path = ("nodePools", name)
        if not _POOL_NAME.fullmatch(name):
            cure = "Use at most 32 of a-z, A-Z, 0-9, - and _, beginning with a letter or digit."
            yield Problem(path, f'"{name}" cannot name a node pool', cure)
        if name.lower() in (other.lower() for other in list(pools)[: list(pools).index(name)]):
            yield Problem(path, "differs from another pool in upper and lower case only", "Rename it.")
        yield from _size_problems(path, pool)
        yield from _machine_problems(path, pool)
        yield from _label_problems(path, pool)
    if pools and all(smallest(pool) == 0 or pool.get("taints") for pool in pools.values()):
        cure = "Give one pool minSize: 1 or more, and no taints: add-ons run there."
        yield Problem(("nodePools",), "leave no node for the cluster's own pods", cure)
    yield from _addon_problems(spec)


def _size_problems(path: Path, pool: EksNodePool) -> Iterator[Problem]:
    low, high = smallest(pool), largest(pool)
    if low < 0:
        yield Problem((*path, "minSize"), f"{low} is negative", "Use 0 or more.")
    if high < 1 or high > _MAX_NODES:
        yield Problem((*path, "maxSize"), f"{high} is not possible", f"Use 1 to {_MAX_NODES}.")
    elif low > high:
        yield Problem((*path, "minSize"), f"{low} is more than maxSize {high}", "Lower it, or raise maxSize.")
    disk = pool.get("disk_size")
    if disk is not None and not _DISK[0] <= disk <= _DISK[1]:
        yield Problem(
            (*path, "diskSize"), f"{int(disk)} GiB is not possible", f"Use {_DISK[0]} to {_DISK[1]}."
        )


def _machine_problems(path: Path, pool: EksNodePool) -> Iterator[Problem]:
    types, where = pool["instance_types"], (*path, "instanceTypes")
    if not types or len(types) > _MAX_INSTANCE_TYPES:
        yield Problem(where, f"names {len(types)}", f"Name 1 to {_MAX_INSTANCE_TYPES}: m7i.large.")
        return
    for place, kind in enumerate(types):
        if not _INSTANCE_TYPE.fullmatch(kind):
            cure = "Write family, generation and size, as in m7i.large."
            yield Problem((*where, place), f'"{kind}" is no type of machines', cure)
        elif architecture(kind) != architecture_of(pool):
            what = f"{kind} is {architecture(kind)}, the pool is {architecture_of(pool)}"
            yield Problem((*where, place), what, "Make two pools of them: a pool has one architecture.")


def _label_problems(path: Path, pool: EksNodePool) -> Iterator[Problem]:
    for key, value in pool.get("labels", {}).items():
        if not is_label_key(key) or not is_label_value(value):
            cure = "Use at most 63 of a-z, A-Z, 0-9, -, _ and ., beginning and ending with a letter or digit."
            yield Problem((*path, "labels", key), f'"{key}={value}" is no label of a node', cure)
    taints = pool.get("taints", [])
    if len(taints) > _MAX_TAINTS:
        yield Problem((*path, "taints"), f"are {len(taints)}", f"Use {_MAX_TAINTS} or fewer.")
    for place, taint in enumerate(taints):
        if not is_label_key(taint["key"]) or not is_label_value(taint.get("value", "")):
            cure = "Write key and value as those of labels."
            yield Problem((*path, "taints", place), f'"{taint["key"]}" is no key of a taint', cure)


def _addon_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    nodes = bool(spec.get("node_pools"))
    known = (*ADDONS, *ADDONS_BEFORE_NODES, *ADDONS_AFTER_NODES) if nodes else ADDONS
    for name in spec.get("addon_versions", {}):
        if name not in known:
            cure = f"Add-ons of this cluster: {', '.join(known)}."
            yield Problem(
                ("addonVersions", name), "is no add-on that is installed", cure, nearest(name, known)
            )
