"""The kinds of clusters a stack file can name: `type`, what belongs to it, and the component behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.checking import Checker
from components.config.keys import CLUSTERS, path_of
from components.document import Document, is_map
from components.errors import Path, Problem, listing, nearest
from components.naming import is_dns_label
from components.types import ExistingClusterSpec

if TYPE_CHECKING:
    from components.cluster.base import Cluster

ClusterSpec = ExistingClusterSpec
"""What a stack file says of a cluster, besides its type."""


@dataclass(frozen=True, slots=True)
class ConfiguredCluster:
    """A cluster of a stack file."""

    type: str
    """Its kind: a key of `CLUSTER_TYPES`."""
    spec: ClusterSpec
    """What belongs to that kind."""

    def create(self, name: str) -> "Cluster":
        """Register its component in the running Pulumi program.

        Raises:
            pulumi.RunError: the cluster cannot be reached as described; Pulumi shows it without a traceback.
        """
        from pulumi import RunError  # noqa: PLC0415 (reading a stack does without the SDK)

        try:
            return CLUSTER_TYPES[self.type].create(name, self.spec)
        except ValueError as error:
            raise RunError(f"cluster {name}: {error}") from None


@dataclass(frozen=True, slots=True)
class ClusterType:
    """A kind of clusters."""

    spec: type[ClusterSpec]
    """What a stack file says of such a cluster."""
    checker: Checker[ClusterSpec]
    """Checks that."""
    create: Callable[[str, ClusterSpec], "Cluster"]
    """Registers its component, and imports it only then: a stack loads the SDKs of its own clusters."""


def _existing(name: str, spec: ExistingClusterSpec) -> "Cluster":
    from components.cluster.existing import ExistingCluster  # noqa: PLC0415 (see ClusterType.create)

    return ExistingCluster(name, spec)


CLUSTER_TYPES = {"existing": ClusterType(ExistingClusterSpec, Checker(ExistingClusterSpec), _existing)}


def check_clusters(document: Document, value: object) -> tuple[dict[str, ConfiguredCluster], list[Problem]]:
    """Check the clusters of a stack: a map of their names to their descriptions, each with its `type`."""
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
        found, wrong = _check_cluster(document, where, described)
        problems += wrong
        if found:
            clusters[name] = found
    return clusters, problems


def _check_cluster(
    document: Document, path: Path, value: object
) -> tuple[ConfiguredCluster | None, list[Problem]]:
    described: dict[str, object] = {**value} if is_map(value) else {}
    kind = described.pop("type", None)
    if not isinstance(kind, str) or kind not in CLUSTER_TYPES:
        what = f"no type of cluster: {kind}" if kind is not None else "has no type"
        problem = Problem(
            (*path, "type"), what, f"Possible: {listing(CLUSTER_TYPES)}.", nearest(str(kind), CLUSTER_TYPES)
        )
        return None, [document.located(problem)]
    spec, problems = CLUSTER_TYPES[kind].checker.check(document, described, path)
    return (ConfiguredCluster(kind, spec) if spec else None), problems
