"""The nodes of a control plane: what they look like, how they come, vanish and return."""

from dataclasses import dataclass
from typing import cast

from flotilla.controlplane.api import Api, Json
from flotilla.controlplane.settings import Settings
from flotilla.errors import Exit, FlotillaError

MOST = 250
"""Nodes of one control plane: each has a number that fixes its addresses."""

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


def manifest(number: int, settings: Settings) -> Json:
    """The node of a number from 1 to 250, which fixes its name, zone and addresses."""
    zone = settings.zones[(number - 1) % len(settings.zones)]
    return node(f"node-{number}", number, zone, settings)


def node(name: str, number: int, zone: str, settings: Settings) -> Json:
    """The node of a name, which ends with a dash and the number that fixes its addresses."""
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
    numbers = free_numbers(api.items("/api/v1/nodes"), count)
    for number in numbers:
        api.create("/api/v1/nodes", manifest(number, settings))
    return [f"node-{number}" for number in numbers]


def free_numbers(nodes: list[Json], count: int) -> list[int]:
    """The lowest numbers that none of the nodes has.

    Raises:
        FlotillaError: there are too few.
    """
    taken = {number_of(item) for item in nodes}
    numbers = [number for number in range(1, MOST + 1) if number not in taken][: max(count, 0)]
    if len(numbers) < count:
        raise FlotillaError(
            f"A control plane has {MOST} nodes at most; {len(nodes)} are there and {count} more are wanted.",
            "Give it fewer nodes.",
            Exit.USAGE,
        )
    return numbers


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
            api.delete(f"{LEASES}/{name_of(lease)}")


def show(api: Api) -> list[Node]:
    """All nodes."""
    return [_node(item) for item in api.items("/api/v1/nodes")]


def are_served(api: Api) -> bool:
    """Whether every node is ready and looked after by kwok, except those that vanished."""
    held = {name_of(lease): _holder(lease) for lease in api.items(LEASES)}
    return all(node.ready and node.name in held for node in show(api) if held.get(node.name) != VANISHED)


def _node(item: Json) -> Node:
    labels = cast("dict[str, str]", cast("Json", item["metadata"]).get("labels") or {})
    status = cast("Json", item.get("status") or {})
    conditions = cast("list[Json]", status.get("conditions") or [])
    taints = cast("list[Json]", cast("Json", item.get("spec") or {}).get("taints") or [])
    ready = any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)
    lost = any(taint["key"] in LOST for taint in taints)
    return Node(name_of(item), labels.get("topology.kubernetes.io/zone", ""), ready and not lost)


def number_of(item: Json) -> int:
    """What tells a node's addresses from those of all others; 0 if its name ends with none."""
    _, _, number = name_of(item).rpartition("-")
    return int(number) if number.isdecimal() else 0


def name_of(item: Json) -> str:
    """An object's name."""
    return str(cast("Json", item["metadata"])["name"])


def _holder(lease: Json) -> str:
    return str(cast("Json", lease.get("spec") or {}).get("holderIdentity", ""))
