"""Clusters of Kubernetes Engine: what they show, which versions they take, what GKE refuses of them."""

import secrets
from collections.abc import Callable
from typing import Final, cast

from components.cluster.gke.offers import VERSIONS
from components.types import GkeReleaseChannel
from flotilla.sandbox.clouds.differing import same_link
from flotilla.sandbox.clouds.gcp.addresses import all_labels
from flotilla.sandbox.clouds.gcp.compute import SUBNETWORK, secondary_ranges
from flotilla.sandbox.clouds.gcp.places import is_location, zones_of
from flotilla.sandbox.clouds.gcp.projects import ACCOUNT
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

PATCH: Final = "0-gke.1000000"
"""What follows the minor version that the program gives."""


def location_of(request: Request) -> str:
    """The region, or the zone, that a cluster or a node pool is in."""
    return request.text("location") or request.word("region")


def cluster_id(request: Request) -> str:
    """The id of a cluster."""
    return (
        f"projects/{request.word('project')}/locations/{location_of(request)}/clusters/{request.text('name')}"
    )


def _channel(outputs: Properties) -> str:
    return str(value_at(outputs, "releaseChannel.channel") or "REGULAR")


def _offered(channel: str) -> tuple[str, ...]:
    known = [*GkeReleaseChannel]
    return VERSIONS[GkeReleaseChannel(channel if channel in known else "REGULAR")]


def cluster_outputs(request: Request) -> Properties:
    """What GKE finds for a new cluster."""
    return {
        "location": location_of(request),
        "nodeLocations": zones_of(location_of(request)),
        "clusterIpv4Cidr": _range(request, "clusterSecondaryRangeName"),
        "servicesIpv4Cidr": _range(request, "servicesSecondaryRangeName"),
        "labelFingerprint": secrets.token_hex(4),
        "operation": "",
        "tpuIpv4CidrBlock": "",
        "networkingMode": "VPC_NATIVE",
        "defaultMaxPodsPerNode": 110,
        "loggingService": "logging.googleapis.com/kubernetes",
        "monitoringService": "monitoring.googleapis.com/kubernetes",
    }


def _range(request: Request, key: str) -> str:
    subnetwork = request.referred(SUBNETWORK, request.value("subnetwork"))
    name = request.text(f"ipAllocationPolicy.{key}")
    ranges = cast("list[Properties]", subnetwork.outputs.get("secondaryIpRanges") or []) if subnetwork else []
    return next((str(item.get("ipCidrRange")) for item in ranges if item.get("rangeName") == name), "")


def cluster_state(request: Request) -> Properties:
    """The version that runs: GKE upgrades to what is asked for, and never goes back."""
    channel = _channel(request.inputs)
    wanted = request.text("minMasterVersion") or _offered(channel)[-1]
    running = str(request.outputs.get("masterVersion", ""))
    version = running if _minor(wanted) <= _minor(running) else _full(wanted)
    labels = all_labels(request)
    given = cast("Properties", request.value("resourceLabels") or {})
    for key, all_of_them in labels.items():
        labels[key] = {**cast("Properties", all_of_them), **given}
    return {
        **labels,
        "masterVersion": version,
        "nodeVersion": version,
        "releaseChannel": {"channel": channel},
    }


def _full(version: str) -> str:
    return version if "gke" in version else f"{'.'.join(map(str, _minor(version)))}.{PATCH}"


def _minor(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


def refuse_version(request: Request) -> None:
    """A version is one of the release channel."""
    version, channel = request.text("minMasterVersion"), _channel(request.inputs)
    minor = ".".join(map(str, _minor(version)))
    if not version or minor in _offered(channel):
        return
    everywhere = {each for versions in VERSIONS.values() for each in versions}
    if minor not in everywhere:
        request.refuse("versionPrefix", v=version)
    offered = ", ".join(f"{each}.{PATCH}" for each in _offered(channel))
    request.refuse("versionNotInChannel", CHANNEL=channel, list=offered)


def refuse_leap(request: Request) -> None:
    """A control plane takes one minor version after the other."""
    running = str(request.outputs.get("masterVersion", ""))
    wanted = request.text("minMasterVersion")
    if wanted and _minor(wanted)[:1] == _minor(running)[:1] and _minor(wanted)[1] > _minor(running)[1] + 1:
        request.refuse_with(
            "400 badRequest",
            f'Master cannot be upgraded to "{wanted}": cannot upgrade the master more than one minor version '
            "at a time.",
        )


def refuse_location(request: Request) -> None:
    """A location is a region or a zone of one."""
    location = location_of(request)
    if not is_location(location):
        request.refuse_with("400 badRequest", f'Location "{location}" does not exist.')


def refuse_network(request: Request) -> None:
    """Subnetwork and ranges are there, in the cluster's region and network."""
    named = request.value("subnetwork")
    subnetwork = request.referred(SUBNETWORK, named) if named else None
    if subnetwork is None or subnetwork.given:
        return
    if not location_of(request).startswith(str(subnetwork.outputs.get("region"))):
        request.refuse_with(
            "400 badRequest", f'Subnetwork "{subnetwork.id}" is not in region "{location_of(request)}".'
        )
    network = request.value("network")
    if network and not same_link(network, subnetwork.outputs.get("network")):
        message = f'Subnetwork "{subnetwork.id}" is not in network "{network}".'
        request.refuse_with("400 badRequest", message)
    for key, what in (("clusterSecondaryRangeName", "Pods"), ("servicesSecondaryRangeName", "Services")):
        name = request.text(f"ipAllocationPolicy.{key}")
        if name and name not in secondary_ranges(subnetwork):
            message = f'{what} range "{name}" not found in subnet "{subnetwork.outputs.get("name")}".'
            request.refuse_with("400 badRequest", message)


def refuse_account(path: str) -> Callable[[Request], None]:
    """The service account of nodes is there."""

    def refuse(request: Request) -> None:
        email = request.text(path)
        known = {str(account.outputs.get("email")) for account in request.store.all(ACCOUNT)}
        ours = email.endswith(f"@{request.word('project')}.iam.gserviceaccount.com")
        if ours and email not in known:
            request.refuse("missingReference", email=email)

    return refuse


def refuse_pool_of_identities(request: Request) -> None:
    """Identities of pods are in the pool of the project."""
    pool = request.text("workloadIdentityConfig.workloadPool")
    if pool and pool != f"{request.word('project')}.svc.id.goog":
        request.refuse_with(
            "400 badRequest",
            f'Only "{request.word("project")}.svc.id.goog" is a valid workload pool, not "{pool}".',
        )
