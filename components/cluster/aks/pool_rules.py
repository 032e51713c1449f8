"""What can be wrong with a cluster's nodes."""

import re
from collections.abc import Iterator, Mapping

from components.cluster.aks.locations import WITH_ZONES, ZONES
from components.errors import Path, Problem, listing
from components.naming import is_label_key, is_label_value
from components.types import AksClusterSpec, AksNodePool, AksSystemPool

SYSTEM = "system"
"""Name of the pool of Kubernetes' own add-ons."""
DEFAULT_POOLS: Mapping[str, AksNodePool] = {"apps": {}}
"""The services' nodes where nothing is said of them."""
SYSTEM_SIZES, SIZES = (2, 4), (1, 3)
"""Fewest and most nodes of a pool by default."""
MOST_NODES = 1000
"""Most nodes of a pool (learn.microsoft.com/azure/aks/quotas-skus-regions)."""
SMALLEST_DISK, LARGEST_DISK = 30, 2048
"""Limits of a node's disk, GiB; the image needs 30."""

_POOL = re.compile(r"[a-z][a-z0-9]{0,11}")
_VM_SIZE = re.compile(r"Standard_[A-Z]+[0-9]+(-[0-9]+)?[a-z]*(_[A-Za-z0-9]+)*")
_OF_AKS = "kubernetes.azure.com"


def sizes_of(pool: AksNodePool | AksSystemPool, default: tuple[int, int] = SIZES) -> tuple[int, int]:
    """Fewest and most nodes of a pool; the other follows where just one is said."""
    least = int(pool.get("min_size", min(default[0], int(pool.get("max_size", default[0])))))
    return least, int(pool.get("max_size", max(default[1], least)))


def pool_problems(spec: AksClusterSpec) -> Iterator[Problem]:
    """What is impossible in the pools of a cluster; paths are relative to it."""
    system = spec.get("system_pool", {})
    yield from _of_sizes(("systemPool",), sizes_of(system, SYSTEM_SIZES), at_least=1)
    yield from _of_vm(("systemPool",), system.get("vm_size", ""))
    pools = spec.get("node_pools", DEFAULT_POOLS)
    if not pools:
        cure = "Name one, nodePools: { apps: {} } say: the system pool takes no services."
        yield Problem(("nodePools",), "there are none", cure)
    for name, pool in pools.items():
        path = ("nodePools", name)
        yield from _of_name(path, name)
        yield from _of_sizes(path, sizes_of(pool), at_least=0)
        yield from _of_vm(path, pool.get("vm_size", ""))
        yield from _of_disk(path, pool)
        yield from _of_marks(path, pool)


def zone_problems(spec: AksClusterSpec) -> Iterator[Problem]:
    """What is impossible in the zones of a cluster."""
    zones, location = spec.get("availability_zones", []), spec.get("location", "")
    if zones and location not in WITH_ZONES:
        yield Problem(("availabilityZones",), f"{location} has no zones", "Remove them, or move to another.")
        return
    for index, zone in enumerate(zones):
        if zone not in ZONES:
            yield Problem(
                ("availabilityZones", index), f'"{zone}" is no zone', f"Possible: {listing(ZONES)}."
            )
        elif zone in zones[:index]:
            yield Problem(("availabilityZones", index), f'"{zone}" stands there twice', "Remove one of them.")


def _of_name(path: Path, name: str) -> Iterator[Problem]:
    if name == SYSTEM:
        cure = "Choose another name; the pool of that name is described by systemPool."
        yield Problem(path, f"{name} is the name of the system pool", cure)
    elif not _POOL.fullmatch(name):
        yield Problem(path, f'"{name}" cannot name a pool', "Use a-z and 0-9, at most 12, from a letter.")


def _of_sizes(path: Path, sizes: tuple[int, int], *, at_least: int) -> Iterator[Problem]:
    least, most = sizes
    if least < at_least:
        yield Problem((*path, "minSize"), f"{least} is too few", f"Give at least {at_least}.")
    if most > MOST_NODES:
        yield Problem((*path, "maxSize"), f"{most} is too many", f"A pool has at most {MOST_NODES} nodes.")
    if most < max(least, 1):
        yield Problem(
            (*path, "maxSize"), f"{most} is fewer than {max(least, 1)}", "Give at least as many as minSize."
        )


def _of_vm(path: Path, size: str) -> Iterator[Problem]:
    if size and not _VM_SIZE.fullmatch(size):
        cure = "Write it like Standard_D4s_v5; `az vm list-skus --location LOCATION` shows all."
        yield Problem((*path, "vmSize"), f'"{size}" is no size of virtual machines', cure)


def _of_disk(path: Path, pool: AksNodePool) -> Iterator[Problem]:
    size = pool.get("os_disk_size_gb")
    if size is not None and not SMALLEST_DISK <= size <= LARGEST_DISK:
        cure = f"Give {SMALLEST_DISK} to {LARGEST_DISK}."
        yield Problem((*path, "osDiskSizeGb"), f"{size} GiB is no size of a disk", cure)


def _of_marks(path: Path, pool: AksNodePool) -> Iterator[Problem]:
    for key, value in pool.get("labels", {}).items():
        if key.partition("/")[0].endswith(_OF_AKS):
            cure = "Choose another prefix; spot pools get their label by themselves."
            yield Problem((*path, "labels", key), f"labels of {_OF_AKS} are Azure's own", cure)
        elif not is_label_key(key) or not is_label_value(value):
            cure = "Use letters, digits, -, _ and ., at most 63, from a letter or digit to one."
            yield Problem((*path, "labels", key), f'"{key}: {value}" is no label', cure)
    for index, taint in enumerate(pool.get("taints", [])):
        if not is_label_key(taint["key"]) or not is_label_value(taint.get("value", "")):
            cure = "Use letters, digits, -, _ and ., at most 63, from a letter or digit to one."
            yield Problem((*path, "taints", index), f'"{taint["key"]}" is no taint', cure)
