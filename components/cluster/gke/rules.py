"""What a cluster on Google Cloud is when all is said, and what can be wrong with it; without the SDK."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace

from components.cluster.gke.maintenance import window_problems
from components.cluster.gke.offers import REGIONS, VERSIONS
from components.cluster.gke.pools import pool_problems
from components.cluster.gke.ranges import network_problems
from components.cluster.surroundings import Surroundings
from components.errors import Problem, listing, nearest
from components.types import EndpointAccess, GkeClusterSpec, GkeEndpoint, GkeReleaseChannel

MAX_NAME = 40
"""Longest name of a cluster or node pool. Source: the provider's check of `google_container_cluster`."""

_NAME = re.compile(r"[a-z]([a-z0-9-]*[a-z0-9])?")
_PROJECT = re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
_REPOSITORY = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_PULLED = re.compile(r"projects/([^/]+)/locations/([^/]+)/repositories/([^/]+)")
_ZONE = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_LABEL_VALUE = re.compile(r"[a-z0-9_-]{0,63}")


def completed(spec: GkeClusterSpec, around: Surroundings) -> GkeClusterSpec:
    """The cluster with the defaults that its stack gives it.

    Args:
        spec: What the stack file says of it.
        around: The stack it belongs to.
    """
    return {
        **spec,
        "project": spec.get("project", around.text("gcp:project")),
        "region": spec.get("region", around.text("gcp:region")),
        "name": spec.get("name", around.cloud_name),
        "deletion_protection": spec.get("deletion_protection", around.deletion_protection),
        "labels": {**around.labels, **spec.get("labels", {})},
    }


def endpoint_of(spec: GkeClusterSpec) -> GkeEndpoint:
    """By what the Kubernetes API is reached: CIDR blocks can be told apart at an address only."""
    restricted = bool(spec.get("endpoint_access", {}).get("public_cidrs"))
    return spec.get("endpoint", GkeEndpoint.IP if restricted else GkeEndpoint.DNS)


def problems(spec: GkeClusterSpec) -> Iterator[Problem]:
    """What is impossible in a completed cluster; paths are relative to it."""
    yield from _project_problems(spec.get("project", ""))
    yield from _region_problems(spec.get("region", ""))
    yield from _name_problems(spec.get("name", ""))
    channel = spec.get("release_channel", GkeReleaseChannel.REGULAR)
    yield from _version_problems(spec["kubernetes_version"], channel)
    yield from _inside("network", network_problems(spec.get("network", {})))
    yield from _inside("nodePools", pool_problems(spec.get("node_pools"), MAX_NAME))
    if "maintenance_window" in spec:
        yield from _inside("maintenanceWindow", window_problems(spec["maintenance_window"]))
    yield from _endpoint_problems(spec.get("endpoint_access", {}), endpoint_of(spec))
    yield from _registry_problems(spec)
    yield from _label_problems(spec.get("labels", {}))
    yield from _zone_problems(spec)


def _inside(key: str, found: Iterator[Problem]) -> Iterator[Problem]:
    for problem in found:
        yield replace(problem, path=(key, *problem.path))


def _project_problems(project: str) -> Iterator[Problem]:
    if not project:
        cure = "Add it, or set gcp:project in the configuration of the stack."
        yield Problem(("project",), "is missing", cure)
    elif project.isdecimal():
        cure = f"Its id is shown by: gcloud projects describe {project} --format='value(projectId)'."
        yield Problem(("project",), f'"{project}" is the number of a project, not its id', cure)
    elif not _PROJECT.fullmatch(project):
        cure = "Use 6 to 30 of a-z, 0-9 and -, from a letter, not to a -. `gcloud projects list` shows them."
        yield Problem(("project",), f'"{project}" cannot be the id of a project', cure)


def _region_problems(region: str) -> Iterator[Problem]:
    if not region:
        cure = "Add it, or set gcp:region in the configuration of the stack."
        yield Problem(("region",), "is missing", cure)
    elif region not in REGIONS:
        zone = region.rpartition("-")[0]
        if zone in REGIONS:
            yield Problem(("region",), f'"{region}" is a zone', "Give its region.", zone)
            return
        cure = "`gcloud compute regions list` shows them; components/cluster/gke/offers.py takes a new one."
        yield Problem(("region",), f'no region "{region}" is known', cure, nearest(region, sorted(REGIONS)))


def _name_problems(name: str) -> Iterator[Problem]:
    if not _NAME.fullmatch(name):
        cure = f"Use a-z, 0-9 and -, from a letter, not to a -, at most {MAX_NAME}."
        yield Problem(("name",), f'"{name}" cannot name a cluster', cure)
    elif len(name) > MAX_NAME:
        cure = f"Give it a name of at most {MAX_NAME}."
        yield Problem(("name",), f'"{name}" has {len(name)} characters', cure)


def _version_problems(version: str, channel: GkeReleaseChannel) -> Iterator[Problem]:
    offered = VERSIONS[channel]
    if version in offered:
        return
    others = [str(other) for other, versions in VERSIONS.items() if version in versions]
    where = f" It is offered by {listing(others)}." if others else ""
    cure = f"Possible: {listing(offered)}.{where} components/cluster/gke/offers.py takes a newer one."
    what = f'version "{version}" is not offered by the release channel {channel}'
    yield Problem(("kubernetesVersion",), what, cure, nearest(version, offered) if not others else "")


def _endpoint_problems(access: EndpointAccess, endpoint: GkeEndpoint) -> Iterator[Problem]:
    cidrs = access.get("public_cidrs", [])
    path = ("endpointAccess", "publicCidrs")
    if cidrs and not access.get("public", True):
        yield Problem(
            path, "says from where an API is reached that is not public", "Remove it, or public: false."
        )
    if cidrs and endpoint == GkeEndpoint.DNS:
        cure = "Remove it, IAM decides who may connect there; or set endpoint: IP."
        yield Problem(path, "means nothing to an endpoint with a name", cure)
    for index, cidr in enumerate(cidrs):
        try:
            ipaddress.IPv4Network(cidr)
        except ValueError:
            yield Problem((*path, index), f'"{cidr}" is not a CIDR block', "Write it like 203.0.113.0/24.")


def _registry_problems(spec: GkeClusterSpec) -> Iterator[Problem]:
    repository = spec.get("repository")
    if repository is not None and not _REPOSITORY.fullmatch(repository):
        cure = "Use a-z, 0-9 and -, from a letter, at most 63."
        yield Problem(("repository",), f'"{repository}" cannot name a repository', cure)
    for index, pulled in enumerate(spec.get("pull_from", [])):
        if not _PULLED.fullmatch(pulled):
            cure = "Write it like projects/PROJECT/locations/LOCATION/repositories/NAME."
            yield Problem(("pullFrom", index), f'"{pulled}" is not the path of a repository', cure)


def _label_problems(labels: dict[str, str]) -> Iterator[Problem]:
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            cure = "Use a-z, 0-9, _ and -, from a letter, at most 63, here or in the environment's labels."
            yield Problem(("labels", key), f'"{key}" cannot name a label on Google Cloud', cure)
        elif not _LABEL_VALUE.fullmatch(value):
            cure = "Use a-z, 0-9, _ and -, at most 63, here or in the environment's labels."
            yield Problem(("labels", key), f'"{value}" cannot be the value of a label on Google Cloud', cure)


def _zone_problems(spec: GkeClusterSpec) -> Iterator[Problem]:
    zone = spec.get("dns_zone")
    if zone is None:
        return
    if not _ZONE.fullmatch(zone):
        cure = "Give its name, as shown by `gcloud dns managed-zones list`, not its domain."
        yield Problem(("dnsZone",), f'"{zone}" cannot name a zone of Cloud DNS', cure)
    if not spec.get("static_addresses", True):
        cure = "Remove it, or staticAddresses: false."
        yield Problem(("dnsZone",), "has no reserved address to point at", cure)
