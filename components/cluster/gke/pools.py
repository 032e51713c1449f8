"""Node pools of a Standard cluster: their defaults, and what can be wrong with them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from components.errors import Problem
from components.naming import is_label_key, is_label_value
from components.types import GkeNodePool

MACHINE_TYPE = "e2-standard-4"
DISK_SIZE_GB = 100
LEAST_DISK_SIZE_GB = 10
MIN_SIZE, MAX_SIZE = 1, 3
MOST_NODES = 1000
"""Most nodes of a node pool. Source: GKE's "Quotas and limits", nodes of a node pool by zone."""

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_MACHINE_TYPE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


def sizes(pool: GkeNodePool) -> tuple[int, int]:
    """Fewest and most nodes of a pool, in all its zones together."""
    least = int(pool.get("min_size", MIN_SIZE))
    return least, int(pool.get("max_size", max(MAX_SIZE, least)))


def pool_problems(pools: Mapping[str, GkeNodePool] | None, longest_name: int) -> Iterator[Problem]:
    """What is impossible in node pools; paths are relative to their map."""
    if pools is None:
        return
    if not pools:
        cure = "Remove it for Autopilot, or add one: default: { machineType: e2-standard-4 }."
        yield Problem((), "has no pool", cure)
        return
    for name, pool in pools.items():
        for problem in (*_name_problems(name, pools, longest_name), *_pool_problems(pool)):
            yield replace(problem, path=(name, *problem.path))
    if all(pool.get("taints") for pool in pools.values()):
        cure = "Leave the taints of one out: cluster add-ons such as DNS have to run somewhere."
        yield Problem((), "has taints on every pool", cure)
    if not any(sizes(pool)[1] for pool in pools.values()):
        yield Problem((), "has no pool with nodes", "Give one a maxSize of at least 1.")


def _name_problems(name: str, pools: Mapping[str, GkeNodePool], longest: int) -> Iterator[Problem]:
    twins = [other for other in pools if other < name and _folded(other) == _folded(name)]
    if twins:
        yield Problem((), f'"{name}" is the same name as "{twins[0]}" to GKE', "Give it another name.")
    elif not _NAME.fullmatch(name) or len(name) > longest:
        cure = f"Use a-z, 0-9 and -, from a letter, not to a -, at most {longest}."
        yield Problem((), f'"{name}" cannot name a node pool', cure)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _pool_problems(pool: GkeNodePool) -> Iterator[Problem]:
    least, most = sizes(pool)
    if least < 0:
        yield Problem(("minSize",), f"cannot be {least}", "Give at least 0.")
    if most < least:
        yield Problem(("maxSize",), f"{most} is less than minSize, {least}", f"Give at least {least}.")
    elif most > MOST_NODES:
        yield Problem(("maxSize",), f"cannot be {most}", f"Give at most {MOST_NODES}, or add pools.")
    machine = pool.get("machine_type", MACHINE_TYPE)
    if not _MACHINE_TYPE.fullmatch(machine):
        cure = "Write it like e2-standard-4; `gcloud compute machine-types list` shows them."
        yield Problem(("machineType",), f'"{machine}" is not a machine type', cure)
    disk = pool.get("disk_size_gb", DISK_SIZE_GB)
    if disk < LEAST_DISK_SIZE_GB:
        yield Problem(("diskSizeGb",), f"cannot be {disk}", f"Give at least {LEAST_DISK_SIZE_GB}.")
    for key, value in pool.get("labels", {}).items():
        if not is_label_key(key) or not is_label_value(value):
            cure = "Use letters, digits, -, _ and ., at most 63 each."
            yield Problem(("labels", key), f'"{key}: {value}" cannot be a label of nodes', cure)
    for index, taint in enumerate(pool.get("taints", [])):
        if not is_label_key(taint["key"]) or not is_label_value(taint.get("value", "")):
            cure = "Use letters, digits, -, _ and ., at most 63 each."
            yield Problem(("taints", index), f'"{taint["key"]}" cannot be a taint of nodes', cure)
