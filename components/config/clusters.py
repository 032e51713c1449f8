"""The kinds of clusters a stack file can name: `type`, what belongs to it, and the component behind it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from components.checking import Checker
from components.cluster.aks import rules as aks_rules
from components.cluster.aks.pool_rules import DEFAULT_POOLS
from components.cluster.eks import rules as eks_rules
from components.cluster.eks.offered import AUTO_MODE_POOLS
from components.cluster.gke import rules as gke_rules
from components.cluster.rules import existing_cluster_problems, shared_cluster_problems
from components.cluster.surroundings import Surroundings
from components.config.clouds import CLOUDS, Cloud
from components.config.keys import CLUSTERS, path_of
from components.document import Document, is_list, is_map
from components.errors import Path, Problem, listing, nearest
from components.naming import is_dns_label
from components.types import (
    AksClusterSpec,
    EksClusterSpec,
    ExistingClusterSpec,
    GkeClusterSpec,
    SharedClusterSpec,
)

if TYPE_CHECKING:
    from components.cluster.base import Cluster

ClusterSpec = EksClusterSpec | GkeClusterSpec | AksClusterSpec | ExistingClusterSpec | SharedClusterSpec
"""What a stack file says of a cluster, besides its type."""

Spec = TypeVar("Spec", EksClusterSpec, GkeClusterSpec, AksClusterSpec, ExistingClusterSpec, SharedClusterSpec)
_Found = TypeVar("_Found", ExistingClusterSpec, SharedClusterSpec)


_USUAL_POOLS: Mapping[str, object] = {
    "eks": [*AUTO_MODE_POOLS],
    "gke": {},
    "aks": DEFAULT_POOLS,
}
"""The node pools of a cluster that names none; Autopilot shows none."""


@dataclass(frozen=True, slots=True)
class ConfiguredCluster:
    """A cluster of a stack file."""

    type: str
    """Its kind: a key of `CLUSTER_TYPES`."""
    spec: ClusterSpec
    """What belongs to that kind, completed by what the stack gives it."""

    @property
    def zone_name(self) -> str:
        """The name of its DNS zone; empty if it has none, or names it by an id."""
        said = cast("Mapping[str, object]", self.spec)
        return str(said.get("dns_zone") or "") if self.type == "aks" else ""

    @property
    def node_pools(self) -> list[str] | None:
        """The names of its node pools; None where they are not known, as on a cluster that is there."""
        if self.type not in CLOUDS:
            return None
        said = cast("Mapping[str, object]", self.spec)
        pools = said.get("node_pools", _USUAL_POOLS[self.type])
        return [str(pool) for pool in pools] if is_map(pools) or is_list(pools) else []

    @property
    def reserves_addresses(self) -> bool:
        """Whether it has addresses for a service of this stack; those of a shared one are its owner's."""
        said = cast("Mapping[str, object]", self.spec)
        if self.type in CLOUDS:
            return said.get("static_addresses") is not False
        balancer = said.get("load_balancer")
        return is_map(balancer) and bool(balancer.get("address"))

    @property
    def cloud(self) -> Cloud | None:
        """Its cloud, which the identifier of a shared one begins with; None if there is none we know."""
        if self.type != "shared":
            return CLOUDS.get(self.type)
        said = str(cast("Mapping[str, object]", self.spec).get("identifier", "")).partition(":")[0]
        return next((cloud for cloud in CLOUDS.values() if cloud.permissions == said), None)

    @property
    def place(self) -> tuple[str, ...]:
        """What no other cluster has: where it is in its cloud, or its identifier; empty if not said."""
        said = cast("Mapping[str, object]", self.spec)
        cloud = CLOUDS.get(self.type)
        found = [str(said.get(field, "")) for field in (cloud.place if cloud else ("identifier",))]
        return (cloud.title if cloud else "", *found) if all(found) else ()

    def create(self, name: str) -> "Cluster":
        """Register its component in the running Pulumi program.

        Raises:
            pulumi.RunError: the cluster cannot be reached as described; Pulumi shows it without a traceback.
        """
        from pulumi import RunError  # noqa: PLC0415 (reading a stack does without the SDK)

        module, _, component = CLUSTER_TYPES[self.type].component.rpartition(".")
        create = cast("Callable[[str, ClusterSpec], Cluster]", getattr(import_module(module), component))
        try:
            return create(name, self.spec)
        except ValueError as error:
            raise RunError(f"cluster {name}: {error}") from None


@dataclass(frozen=True, slots=True)
class ClusterType(Generic[Spec]):
    """A kind of clusters."""

    spec: type[Spec]
    """What a stack file says of such a cluster."""
    checker: Checker[Spec]
    """Checks that."""
    completed: Callable[[Spec, Surroundings], Spec]
    """Adds what a cluster has by its stack."""
    problems: Callable[[Spec], Iterator[Problem]]
    """What types cannot say, of a completed cluster."""
    component: str
    """Its component by module and name, imported when it is needed: a stack loads its own clouds' SDKs."""

    def check(
        self, document: Document, path: Path, described: object, around: Surroundings
    ) -> tuple[Spec | None, list[Problem]]:
        """Check what a stack file says of such a cluster, and complete it."""
        spec, problems = self.checker.check(document, described, path)
        if spec is None:
            return None, problems
        whole = self.completed(spec, around)
        wrong = [replace(problem, path=(*path, *problem.path)) for problem in self.problems(whole)]
        # What was guessed in place of a mistake is not wrong again.
        told = {problem.path for problem in problems}
        return whole, [*problems, *(document.located(each) for each in wrong if each.path not in told)]


def _as_it_is(spec: _Found, _around: Surroundings) -> _Found:
    return spec


CLUSTER_TYPES = {
    "eks": ClusterType(
        EksClusterSpec,
        Checker(EksClusterSpec),
        eks_rules.completed,
        eks_rules.problems,
        "components.cluster.eks.eks.EksCluster",
    ),
    "gke": ClusterType(
        GkeClusterSpec,
        Checker(GkeClusterSpec),
        gke_rules.completed,
        gke_rules.problems,
        "components.cluster.gke.gke.GkeCluster",
    ),
    "aks": ClusterType(
        AksClusterSpec,
        Checker(AksClusterSpec),
        aks_rules.completed,
        aks_rules.problems,
        "components.cluster.aks.aks.AksCluster",
    ),
    "existing": ClusterType(
        ExistingClusterSpec,
        Checker(ExistingClusterSpec),
        _as_it_is,
        existing_cluster_problems,
        "components.cluster.existing.ExistingCluster",
    ),
    "shared": ClusterType(
        SharedClusterSpec,
        Checker(SharedClusterSpec),
        _as_it_is,
        shared_cluster_problems,
        "components.cluster.shared.SharedCluster",
    ),
}


def check_clusters(
    document: Document, value: object, around: Callable[[str], Surroundings]
) -> tuple[dict[str, ConfiguredCluster], list[Problem]]:
    """Check the clusters of a stack: a map of their names to their descriptions, each with its `type`.

    Args:
        document: The stack's document.
        value: What it says of its clusters.
        around: The stack around the cluster of a name.
    """
    path = path_of(CLUSTERS)
    cure = "Name at least one: main: { type: existing, kubeconfig: PATH, identifier: NAME }."
    if not is_map(value) or not value:
        return {}, [document.located(Problem(path, "names no cluster", cure))]
    clusters: dict[str, ConfiguredCluster] = {}
    problems: list[Problem] = []
    for name, described in value.items():
        where = (*path, name)
        if not is_dns_label(name):
            problems.append(
                document.located(Problem(where, f'"{name}" cannot name a cluster', "Use a-z, 0-9 and -."))
            )
        found, wrong = _check_cluster(document, where, described, around(name))
        problems += wrong
        if found:
            clusters[name] = found
    return clusters, [*problems, *map(document.located, _same_clusters(clusters))]


def _same_clusters(clusters: Mapping[str, ConfiguredCluster]) -> Iterator[Problem]:
    """Clusters of a stack that would be one and the same."""
    taken: dict[tuple[str, ...], str] = {}
    for name, cluster in clusters.items():
        first = taken.setdefault(cluster.place or (name,), name)
        if first != name:
            path = (*path_of(CLUSTERS), name)
            if cluster.type in CLOUDS:
                what = f"{name} and {first} are the same cluster: {' '.join(cluster.place)}"
                yield Problem(path, what, "Give one of them another name.")
            else:
                what = f"{name} and {first} have the same identifier: {cluster.place[-1]}"
                yield Problem((*path, "identifier"), what, "Give each cluster an identifier of its own.")


def _check_cluster(
    document: Document, path: Path, value: object, around: Surroundings
) -> tuple[ConfiguredCluster | None, list[Problem]]:
    described: dict[str, object] = {**value} if is_map(value) else {}
    kind = described.pop("type", None)
    if not isinstance(kind, str) or kind not in CLUSTER_TYPES:
        what = f"no type of cluster: {kind}" if kind is not None else "has no type"
        problem = Problem(
            (*path, "type"), what, f"Possible: {listing(CLUSTER_TYPES)}.", nearest(str(kind), CLUSTER_TYPES)
        )
        return None, [document.located(problem)]
    spec, problems = CLUSTER_TYPES[kind].check(document, path, described, around)
    return (ConfiguredCluster(kind, spec) if spec else None), problems
