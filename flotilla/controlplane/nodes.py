"""The nodes of a control plane: what they look like, how they come, vanish and return."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from flotilla.controlplane.api import Api, Json
from flotilla.controlplane.settings import Settings
from flotilla.errors import Exit, FlotillaError

MOST = 250
"""Nodes of one control plane: each has a number that fixes its addresses."""

POOL = "sandbox.flotilla.dev/pool"
"""The annotation that says which pool a node is of."""

POOL_LABELS = "sandbox.flotilla.dev/pool-labels"
"""The annotation that says which of its labels are the pool's."""

VANISHED = "vanished"
"""Holds the lease of a node that vanished, so that kwok cannot renew it."""

FOREVER = 2**31 - 1
"""Seconds; what a lease may last at most."""

LOST = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
"""Taints that keep pods off a node; they go a moment after it has become ready."""

LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
CAPACITY = {"cpu": "64", "memory": "256Gi", "ephemeral-storage": "1Ti", "pods": "110"}


@dataclass(frozen=True)
class Node:
    """A node as the API server shows it."""

    name: str
    zone: str
    ready: bool


@dataclass(frozen=True)
class Pool:
    """Nodes of one kind, which come and go together."""

    name: str
    count: int
    zones: tuple[str, ...]
    """Its nodes are dealt out over them in turn."""
    instance_type: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: Sequence[Mapping[str, str]] = ()
    """Each with `key`, `effect` and, where it has one, `value`, in Kubernetes' words."""


def manifest(number: int, settings: Settings) -> Json:
    """The node of a number from 1 to 250, which fixes its name, zone and addresses."""
    zone = settings.zones[(number - 1) % len(settings.zones)]
    return _manifest(f"node-{number}", number, zone, settings)


def _manifest(name: str, number: int, zone: str, settings: Settings) -> Json:
    pods = f"10.244.{number}.0/24"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "node.kubernetes.io/instance-type": settings.instance_type,
                "topology.kubernetes.io/region": settings.region,
                "topology.kubernetes.io/zone": zone,
            },
        },
        "spec": {"podCIDR": pods, "podCIDRs": [pods], "providerID": f"sandbox:///{zone}/{name}"},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": f"172.31.0.{number}"},
                {"type": "Hostname", "address": name},
            ],
            "capacity": dict(CAPACITY),
            "allocatable": dict(CAPACITY),
            "nodeInfo": {
                "architecture": "amd64",
                "bootID": "",
                "containerRuntimeVersion": "kwok://sandbox",
                "kernelVersion": "sandbox",
                "kubeProxyVersion": "",
                "kubeletVersion": f"v{settings.kubernetes_version.removeprefix('v')}",
                "machineID": name,
                "operatingSystem": "linux",
                "osImage": "Flotilla sandbox (played by kwok)",
                "systemUUID": name,
            },
        },
    }


def add(api: Api, count: int, settings: Settings) -> list[str]:
    """Create further nodes and return their names; a number that is free is taken again."""
    numbers = _free_numbers(api.items("/api/v1/nodes"), count)
    for number in numbers:
        api.create("/api/v1/nodes", manifest(number, settings))
    return [f"node-{number}" for number in numbers]


def set_pool(api: Api, pool: Pool, settings: Settings) -> list[str]:
    """Let the pool have just the nodes it should have, and return their names.

    Nodes are added or taken out at the end; those that stay get the labels and taints of now.
    """
    everything = api.items("/api/v1/nodes")
    there = sorted((item for item in everything if _pool(item) == pool.name), key=_number)
    for item in there[pool.count :]:
        api.delete(f"/api/v1/nodes/{_name(item)}")
    kept = there[: pool.count]
    for item in kept:
        api.merge(f"/api/v1/nodes/{_name(item)}", _change(item, pool))
    numbers = _free_numbers(everything, pool.count - len(kept))
    of_pool = replace(settings, instance_type=pool.instance_type)
    for place, number in enumerate(numbers, start=len(kept)):
        zone = pool.zones[place % len(pool.zones)]
        node = _manifest(f"{_node_prefix(pool.name)}-{number}", number, zone, of_pool)
        api.create("/api/v1/nodes", _of_pool(node, pool))
    return [*map(_name, kept), *(f"{_node_prefix(pool.name)}-{number}" for number in numbers)]


def remove_pool(api: Api, name: str) -> None:
    """Take all nodes of a pool out; fine if there are none."""
    for item in api.items("/api/v1/nodes"):
        if _pool(item) == name:
            api.delete(f"/api/v1/nodes/{_name(item)}")


def _free_numbers(nodes: list[Json], count: int) -> list[int]:
    taken = {_number(item) for item in nodes}
    numbers = [number for number in range(1, MOST + 1) if number not in taken][: max(count, 0)]
    if len(numbers) < count:
        raise FlotillaError(
            f"A control plane has {MOST} nodes at most; {len(nodes)} are there and {count} more are wanted.",
            "Give it fewer nodes.",
            Exit.USAGE,
        )
    return numbers


def _of_pool(node: Json, pool: Pool) -> Json:
    metadata, spec = cast("Json", node["metadata"]), cast("Json", node["spec"])
    labels = {**cast("dict[str, str]", metadata["labels"]), **pool.labels}
    annotations = {POOL: pool.name, POOL_LABELS: ",".join(sorted(pool.labels))}
    taints = [dict(taint) for taint in pool.taints]
    return {
        **node,
        "metadata": {**metadata, "labels": labels, "annotations": annotations},
        "spec": {**spec, "taints": taints},
    }


def _change(node: Json, pool: Pool) -> Json:
    """What gives a node of a pool the labels and taints of now.

    Labels that others gave it stay, and so do the taints by which Kubernetes tells of its health.
    """
    before = [label for label in _annotation(node, POOL_LABELS).split(",") if label]
    labels = {**dict.fromkeys(before), **pool.labels}
    taints = cast("list[Json]", cast("Json", node.get("spec") or {}).get("taints") or [])
    health = [taint for taint in taints if str(taint["key"]).startswith("node.kubernetes.io/")]
    return {
        "metadata": {"labels": labels, "annotations": {POOL_LABELS: ",".join(sorted(pool.labels))}},
        "spec": {"taints": [*health, *(dict(taint) for taint in pool.taints)]},
    }


def _node_prefix(pool: str) -> str:
    """The pool's name as far as a node's may repeat it; a number that no other node has follows."""
    return re.sub(r"[^a-z0-9]+", "-", pool.lower()).strip("-")[:50].strip("-") or "node"


def vanish(api: Api, name: str) -> None:
    """Let a node vanish as if its machine had lost power.

    It sends no heartbeats and runs nothing more, so Kubernetes finds it unreachable and replaces its pods.
    """
    api.get(f"/api/v1/nodes/{name}")
    lease = {"holderIdentity": VANISHED, "leaseDurationSeconds": FOREVER}
    api.merge(f"{LEASES}/{name}", {"spec": lease})


def restore(api: Api, name: str) -> None:
    """Bring a node that vanished back."""
    api.get(f"/api/v1/nodes/{name}")
    api.delete(f"{LEASES}/{name}")


def free_leases(api: Api) -> None:
    """Let a kwok that has just started have the nodes at once, except those that vanished.

    It would otherwise wait until the leases of the kwok before it expire.
    """
    for lease in api.items(LEASES):
        if _holder(lease) != VANISHED:
            api.delete(f"{LEASES}/{_name(lease)}")


def show(api: Api) -> list[Node]:
    """All nodes."""
    return [_node(item) for item in api.items("/api/v1/nodes")]


def are_served(api: Api) -> bool:
    """Whether every node is ready and looked after by kwok, except those that vanished."""
    held = {_name(lease): _holder(lease) for lease in api.items(LEASES)}
    return all(node.ready and node.name in held for node in show(api) if held.get(node.name) != VANISHED)


def _node(item: Json) -> Node:
    labels = cast("dict[str, str]", cast("Json", item["metadata"]).get("labels") or {})
    status = cast("Json", item.get("status") or {})
    conditions = cast("list[Json]", status.get("conditions") or [])
    taints = cast("list[Json]", cast("Json", item.get("spec") or {}).get("taints") or [])
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    lost = any(taint["key"] in LOST for taint in taints)
    return Node(_name(item), labels.get("topology.kubernetes.io/zone", ""), ready and not lost)


def _number(item: Json) -> int:
    """What tells a node's addresses from those of all others: it stands at the end of its name."""
    _, _, number = _name(item).rpartition("-")
    return int(number) if number.isdecimal() else 0


def _pool(item: Json) -> str:
    return _annotation(item, POOL)


def _annotation(item: Json, key: str) -> str:
    annotations = cast("dict[str, str]", cast("Json", item["metadata"]).get("annotations") or {})
    return annotations.get(key, "")


def _name(item: Json) -> str:
    return str(cast("Json", item["metadata"])["name"])


def _holder(lease: Json) -> str:
    return str(cast("Json", lease.get("spec") or {}).get("holderIdentity", ""))
