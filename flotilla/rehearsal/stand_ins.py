"""What stands in for clusters that a stack does not make itself: control planes of the rehearsal's own."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from components.config import Stack
from components.config.clusters import ConfiguredCluster
from flotilla.controlplane import Binaries, ControlPlane
from flotilla.engine import Engine
from flotilla.rehearsal.owners import place_owners, renamed
from flotilla.rehearsal.workspace import Rehearsal
from flotilla.sandbox.needs import provide
from flotilla.sandbox.programs import place_link
from flotilla.sandbox.workspace import LINK

_LONGEST = 40
"""Letters of a control plane's name."""

FOREIGN_TYPES = frozenset({"existing", "shared"})
"""Types of clusters that somebody else made."""

Clusters = Mapping[str, Mapping[str, object]]
"""The clusters of a stack file, by name."""


def planes(clusters: Clusters, known: Mapping[str, str]) -> dict[str, str]:
    """The control plane for each foreign cluster.

    One cluster has one control plane, and the identifier tells clusters apart: one that is renamed is the
    same, and one whose identifier changes is another.

    Args:
        clusters: The clusters.
        known: Names of the control planes there are, by the identifier of the cluster they stand for.

    Returns:
        Names of control planes by the identifiers of the clusters, those known before included.
    """
    found = dict(known)
    for name, spec in clusters.items():
        if spec.get("type") in FOREIGN_TYPES and identifier(name, spec) not in found:
            found[identifier(name, spec)] = _free(name, set(found.values()))
    return found


def identifier(name: str, spec: Mapping[str, object]) -> str:
    """What tells a cluster from others."""
    return str(spec.get("identifier") or name)


def described(clusters: Clusters, plane_of: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """The foreign clusters as the rehearsal describes them: by what leads to their control planes."""
    existing = {
        name: {
            **{key: value for key, value in spec.items() if key != "context"},
            "kubeconfig": f"{LINK}/clusters/{plane_of[identifier(name, spec)]}/kubeconfig",
        }
        for name, spec in clusters.items()
        if spec.get("type") == "existing"
    }
    shared = {
        name: {**spec, "stack": renamed(str(spec.get("stack")))}
        for name, spec in clusters.items()
        if spec.get("type") == "shared"
    }
    return {**existing, **shared}


def start(rehearsal: Rehearsal, engine: Engine, plane_of: Mapping[str, str], stack: Stack | None) -> None:
    """Start control planes, all at once, with what the stack expects there; fine if they run.

    Args:
        rehearsal: Where.
        engine: What they are made of.
        plane_of: Their names by the identifiers of the clusters they stand for.
        stack: What is rehearsed; None where it is not known what it expects.
    """
    binaries = Binaries.from_mapping(engine.binaries)
    clusters: Mapping[str, ConfiguredCluster] = stack.clusters if stack else {}
    foreign = {name: each for name, each in clusters.items() if each.type in FOREIGN_TYPES}
    cluster_of = {plane_of[identifier(name, each.spec)]: name for name, each in foreign.items()}

    def begin(name: str) -> None:
        plane = ControlPlane(rehearsal.clusters, name, binaries)
        plane.start()
        if stack and name in cluster_of:
            provide(plane, stack, cluster_of[name])

    names = sorted(set(plane_of.values()))
    with ThreadPoolExecutor(max_workers=max(1, len(names))) as pool:
        for started in [pool.submit(begin, name) for name in names]:
            started.result()


def introduce(rehearsal: Rehearsal, clusters: Clusters, plane_of: Mapping[str, str]) -> None:
    """Let each foreign cluster be found: by its name, and a shared one by the stack of its owner."""
    for name, spec in clusters.items():
        if spec.get("type") in FOREIGN_TYPES:
            plane = plane_of[identifier(name, spec)]
            place_link(rehearsal.kubeconfig(name), rehearsal.clusters / plane / "kubeconfig")
    shared = {name: spec for name, spec in clusters.items() if spec.get("type") == "shared"}
    place_owners(rehearsal, shared, {name: rehearsal.kubeconfig(name) for name in shared})


def _free(name: str, taken: set[str]) -> str:
    short = (
        name if len(name) <= _LONGEST - 3 else f"{name[:27]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    )
    return next(one for one in (short, *(f"{short}-{n}" for n in range(2, 100))) if one not in taken)
