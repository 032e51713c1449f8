"""Which services run on which clusters of a stack, and what is impossible there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from components.config.clouds import CLOUDS
from components.config.clusters import ConfiguredCluster
from components.config.keys import CLUSTERS, SERVICES, path_of
from components.document import Document, located_in
from components.errors import Path, Problem, listing, nearest
from components.naming import PRIMARY_CLUSTER, on_cluster
from components.service.object_names import object_names
from components.types import ServiceSpec, ServiceType

_PATH = path_of(SERVICES)


@dataclass(frozen=True, slots=True)
class Placement:
    """A service on one of the clusters that it runs on."""

    service: str
    """Name of the service."""
    cluster: str
    """Name of the cluster."""
    spec: ServiceSpec
    """What the service is in this environment, on whatever cluster."""

    @property
    def name(self) -> str:
        """Its name within the stack: the service's, and the cluster's but for the cluster `main`."""
        return on_cluster(self.service, self.cluster)


def clashing_names(stack: Document, placements: Sequence[Placement]) -> Iterator[Problem]:
    """Services whose names on different clusters would be the same in the stack."""
    taken: dict[str, Placement] = {}
    for placement in placements:
        first = taken.setdefault(placement.name, placement)
        if first is not placement:
            what = (
                f"{placement.service} on {placement.cluster} and {first.service} on {first.cluster} "
                f"would both be {placement.name}"
            )
            cure = f"Rename one of {listing([placement.cluster, first.cluster])}."
            yield stack.located(Problem((*_PATH, placement.service), what, cure))


def clashing_objects(stack: Document, placements: Sequence[Placement]) -> Iterator[Problem]:
    """Services that would make the same Kubernetes object, as those of one cluster share a namespace."""
    taken: dict[tuple[str, ...], Placement] = {}
    told: set[tuple[str, str]] = set()
    for placement in placements:
        for kind, name in object_names(placement.service, placement.spec):
            first = taken.setdefault((placement.cluster, kind, name), placement)
            pair = (first.service, placement.service)
            if first.service != placement.service and pair not in told:
                told.add(pair)
                what = f"{placement.service} and {first.service} would both make the {kind} {name}"
                cure = f"Rename {placement.service}, or what {name} is named after."
                yield stack.located(Problem((*_PATH, placement.service), what, cure))


def clusters_of(spec: ServiceSpec, clusters: Mapping[str, object]) -> list[str]:
    """The clusters of a stack that a service runs on, in the order of the stack's."""
    chosen = spec.get("clusters", clusters)
    return [cluster for cluster in clusters if cluster in chosen]


def host_of(domain: str, cluster: str) -> str:
    """The name of what takes the reserved addresses of a cluster; empty without a domain.

    Example:
        host_of("shop.example.com", "main") == "shop.example.com"
        host_of("shop.example.com", "west") == "west.shop.example.com"
    """
    return domain if not domain or cluster == PRIMARY_CLUSTER else f"{cluster}.{domain}"


def placed(services: Mapping[str, ServiceSpec], clusters: Mapping[str, object]) -> list[Placement]:
    """Every service on each of its clusters: by clusters, then by services."""
    return [
        Placement(service, cluster, spec)
        for cluster in clusters
        for service, spec in services.items()
        if cluster in clusters_of(spec, clusters)
    ]


def placement_problems(
    stack: Document,
    documents: Mapping[str, Document],
    services: Mapping[str, ServiceSpec],
    clusters: Mapping[str, ConfiguredCluster],
    *,
    named: Sequence[str],
    domain: str,
) -> Iterator[Problem]:
    """What is impossible in the services of a stack on its clusters.

    Args:
        stack: The stack's document.
        documents: The catalog's documents.
        services: The services of the stack.
        clusters: Its clusters that are described so that they can be understood.
        named: Names of all its clusters.
        domain: The environment's domain; empty if it has none.
    """
    for name, spec in services.items():
        yield from map(stack.located, _chosen_clusters(name, spec, named))
        for used in spec.get("uses", []):
            if used in services:
                yield from map(stack.located, _apart(name, used, services, named))
        places: list[tuple[Document, Path]] = [(stack, (*_PATH, name)), (documents[name], ())]
        for problem in chain(_permissions(name, spec, clusters), _nodes(name, spec, clusters)):
            yield located_in(problem, places)
    yield from map(stack.located, _static_addresses(services, clusters))
    yield from map(stack.located, _hosts_outside_zones(clusters, domain))


def _chosen_clusters(name: str, spec: ServiceSpec, named: Sequence[str]) -> Iterator[Problem]:
    chosen = spec.get("clusters")
    path = (*_PATH, name, "clusters")
    if chosen == []:
        cure = f"Name one of {listing(named)}, or remove the key for all of them."
        yield Problem(path, "names no cluster", cure)
    for index, cluster in enumerate(chosen or []):
        if cluster not in named:
            what = f"{cluster} is no cluster of this stack"
            yield Problem((*path, index), what, f"Possible: {listing(named)}.", nearest(cluster, named))
        elif cluster in (chosen or [])[:index]:
            yield Problem((*path, index), f"{cluster} stands here twice", "Keep one.")


def _apart(
    name: str, used: str, services: Mapping[str, ServiceSpec], named: Sequence[str]
) -> Iterator[Problem]:
    """A service that uses another on a cluster where that one does not run."""
    on = dict.fromkeys(named)
    there = clusters_of(services[used], on)
    # Where either names clusters wrongly, it is not known where they run.
    wrong = {*services[name].get("clusters", []), *services[used].get("clusters", [])} - set(named)
    missing = [cluster for cluster in clusters_of(services[name], on) if cluster not in there]
    if missing and there and not wrong:
        where = ", ".join(missing)
        what = f"{name} on {where} uses {used}, which does not run there"
        cure = f"Add {where} to clusters of {used}, or let {name} run where {used} does: {', '.join(there)}."
        yield Problem((*_PATH, name), what, cure)


def _permissions(
    name: str, spec: ServiceSpec, clusters: Mapping[str, ConfiguredCluster]
) -> Iterator[Problem]:
    """Permissions that leave out a cloud the service runs on."""
    permissions = spec.get("permissions")
    if permissions is None:
        return
    for cluster in clusters_of(spec, clusters):
        cloud = clusters[cluster].cloud
        if cloud and cloud.permissions not in permissions:
            what = f"{name} runs on {cloud.title}, on the cluster {cluster}, which they do not name"
            cure = f"Add what it may do there; if nothing: {cloud.permissions}: {cloud.nothing}."
            yield Problem(("permissions",), what, cure)


def _nodes(name: str, spec: ServiceSpec, clusters: Mapping[str, ConfiguredCluster]) -> Iterator[Problem]:
    """Node pools and spot nodes that a cluster does not have, or does not tell apart."""
    wishes = spec.get("scheduling", {})
    for cluster in clusters_of(spec, clusters):
        pools = clusters[cluster].node_pools
        for key, wanted in (("nodePool", wishes.get("node_pool")), ("spot", wishes.get("spot"))):
            if pools is None and wanted:
                what = f"{name} runs on the cluster {cluster}, whose nodes have labels alone"
                yield Problem(("scheduling", key), what, "Name the labels in nodeSelector, and remove it.")
        pool = wishes.get("node_pool")
        if pools is not None and pool and pool not in pools:
            cure = f"Possible: {listing(pools)}." if pools else "Remove it: its nodes come as pods need them."
            what = f"{pool} is no node pool of the cluster {cluster}"
            yield Problem(("scheduling", "nodePool"), what, cure, nearest(pool, pools))


def _static_addresses(
    services: Mapping[str, ServiceSpec], clusters: Mapping[str, ConfiguredCluster]
) -> Iterator[Problem]:
    """Services that want reserved addresses where there are none, or another has them."""
    taken: dict[str, str] = {}
    for name, spec in services.items():
        path = (*_PATH, name, "staticAddress")
        wants = spec.get("static_address") and spec.get("service_type") == ServiceType.LOAD_BALANCER
        for cluster in clusters_of(spec, clusters) if wants else []:
            if not clusters[cluster].reserves_addresses:
                yield Problem(path, f"the cluster {cluster} reserves no address", _cure_of(clusters[cluster]))
            first = taken.setdefault(cluster, name)
            if first != name:
                what = f"{first} has the addresses of the cluster {cluster} already"
                yield Problem(path, what, "Keep it for one service of each cluster.")


def _hosts_outside_zones(clusters: Mapping[str, ConfiguredCluster], domain: str) -> Iterator[Problem]:
    """Zones, where they are given by their names, that do not hold the environment's domain."""
    for name, cluster in clusters.items():
        zone, host = cluster.zone_name, host_of(domain, name)
        if zone and host and not f".{host}".endswith(f".{zone}"):
            cure = "Name a zone that the environment's domain belongs to, or remove dnsZone."
            yield Problem((*path_of(CLUSTERS), name, "dnsZone"), f"{host} is not in the zone {zone}", cure)


def _cure_of(cluster: ConfiguredCluster) -> str:
    if cluster.type in CLOUDS:
        return "Remove staticAddresses: false from the cluster, or staticAddress from the service."
    if cluster.type == "shared":
        return "The addresses of a shared cluster are for its owner's services: remove staticAddress."
    return "Give the cluster one, loadBalancer: { address: ADDRESS }, or remove staticAddress."
