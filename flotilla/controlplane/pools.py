"""Pools of nodes: nodes of one kind that come and go together, as the node groups of a cloud do."""

import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from flotilla.controlplane.api import Api, Json
from flotilla.controlplane.nodes import free_numbers, name_of, node, number_of
from flotilla.controlplane.settings import Settings

POOL = "sandbox.flotilla.dev/pool"
"""The annotation that says which pool a node is of."""

POOL_LABELS = "sandbox.flotilla.dev/pool-labels"
"""The annotation that says which of its labels are the pool's."""

PATIENCE = 30.0
"""Seconds for pods to leave a node; clouds give them an hour or so."""


@dataclass(frozen=True)
class Pool:
    """Nodes of one kind."""

    name: str
    count: int
    zones: tuple[str, ...]
    """Its nodes are dealt out over them in turn."""
    instance_type: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: Sequence[Mapping[str, str]] = ()
    """Each with `key`, `effect` and, where it has one, `value`, in Kubernetes' words."""


def set_pool(api: Api, pool: Pool, settings: Settings) -> list[str]:
    """Let the pool have just the nodes it should have, and return their names.

    Nodes are added, or drained and taken out, at the end; those that stay get the labels and taints of now.
    """
    everything = api.items("/api/v1/nodes")
    there = sorted((item for item in everything if _pool(item) == pool.name), key=number_of)
    kept = there[: pool.count]
    for item in kept:
        api.merge(_path(name_of(item)), _change(item, pool))
    added = [_new_node(pool, *which, settings) for which in _new_places(everything, len(kept), pool)]
    for item in added:
        api.create("/api/v1/nodes", item)
    _take_out(api, [name_of(item) for item in there[pool.count :]])
    return [name_of(item) for item in (*kept, *added)]


def remove_pool(api: Api, name: str) -> None:
    """Drain all nodes of a pool and take them out; fine if there are none."""
    _take_out(api, [name_of(item) for item in api.items("/api/v1/nodes") if _pool(item) == name])


def _new_places(everything: list[Json], kept: int, pool: Pool) -> list[tuple[int, str]]:
    """Number and zone of each node that the pool lacks."""
    numbers = free_numbers(everything, pool.count - kept)
    return [(number, pool.zones[place % len(pool.zones)]) for place, number in enumerate(numbers, start=kept)]


def _new_node(pool: Pool, number: int, zone: str, settings: Settings) -> Json:
    plain = node(
        f"{_prefix(pool.name)}-{number}", number, zone, replace(settings, instance_type=pool.instance_type)
    )
    metadata, spec = cast("Json", plain["metadata"]), cast("Json", plain["spec"])
    labels = {**cast("dict[str, str]", metadata["labels"]), **pool.labels}
    annotations = {POOL: pool.name, POOL_LABELS: ",".join(sorted(pool.labels))}
    return {
        **plain,
        "metadata": {**metadata, "labels": labels, "annotations": annotations},
        "spec": {**spec, "taints": [dict(taint) for taint in pool.taints]},
    }


def _change(item: Json, pool: Pool) -> Json:
    """What gives a node of a pool the labels and taints of now.

    Labels that others gave it stay, and so do the taints by which Kubernetes tells of its health.
    """
    before = [label for label in _annotation(item, POOL_LABELS).split(",") if label]
    labels = {**dict.fromkeys(before), **pool.labels}
    taints = cast("list[Json]", cast("Json", item.get("spec") or {}).get("taints") or [])
    health = [taint for taint in taints if str(taint["key"]).startswith("node.kubernetes.io/")]
    return {
        "metadata": {"labels": labels, "annotations": {POOL_LABELS: ",".join(sorted(pool.labels))}},
        "spec": {"taints": [*health, *(dict(taint) for taint in pool.taints)]},
    }


def _take_out(api: Api, names: list[str]) -> None:
    """Move what runs on nodes elsewhere, as clouds do, and delete them.

    Disruption budgets can put that off, but not for ever: what is left then goes with its node.
    """
    for name in names:
        api.merge(_path(name), {"spec": {"unschedulable": True}})
    deadline = time.monotonic() + PATIENCE
    while names and (pods := _to_be_moved(api, names)) and time.monotonic() < deadline:
        for namespace, pod in pods:
            api.evict(namespace, pod)
        time.sleep(0.2)
    for name in names:
        api.delete(_path(name))


def _to_be_moved(api: Api, names: Collection[str]) -> list[tuple[str, str]]:
    """Namespace and name of each pod on these nodes, except those that DaemonSets have on every node."""
    pods = [item for item in api.items("/api/v1/pods") if cast("Json", item["spec"]).get("nodeName") in names]
    found = [cast("Json", pod["metadata"]) for pod in pods]
    return [(str(one["namespace"]), str(one["name"])) for one in found if not _is_of_daemon_set(one)]


def _is_of_daemon_set(metadata: Json) -> bool:
    owners = cast("list[Json]", metadata.get("ownerReferences") or [])
    return any(owner["kind"] == "DaemonSet" for owner in owners)


def _prefix(pool: str) -> str:
    """The pool's name as far as a node's may repeat it; a number that no other node has follows."""
    return re.sub(r"[^a-z0-9]+", "-", pool.lower()).strip("-")[:50].strip("-") or "node"


def _path(name: str) -> str:
    return f"/api/v1/nodes/{name}"


def _pool(item: Json) -> str:
    return _annotation(item, POOL)


def _annotation(item: Json, key: str) -> str:
    annotations = cast("dict[str, str]", cast("Json", item["metadata"]).get("annotations") or {})
    return annotations.get(key, "")
