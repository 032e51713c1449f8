"""Compute Engine: networks, subnetworks, routers with their NATs, addresses and firewalls."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final, cast

from components.cluster.gke.offers import REGIONS
from flotilla.sandbox.clouds.differing import same_link
from flotilla.sandbox.clouds.gcp.addresses import (
    ADDRESS,
    GLOBAL_ADDRESS,
    address_outputs,
    all_labels,
    global_address_outputs,
    refuse_served,
    refuse_taken,
)
from flotilla.sandbox.clouds.gcp.given import given, linked, placed
from flotilla.sandbox.clouds.gcp.package import fingerprint, now, number
from flotilla.sandbox.clouds.gcp.places import all_of, needs
from flotilla.sandbox.clouds.kinds import Invoke, Kind
from flotilla.sandbox.clouds.networks import first_host, overlap
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

NETWORK: Final = "gcp:compute/network:Network"
SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"
ROUTER: Final = "gcp:compute/router:Router"
NAT: Final = "gcp:compute/routerNat:RouterNat"
FIREWALL: Final = "gcp:compute/firewall:Firewall"
CLUSTER: Final = "gcp:container/cluster:Cluster"

_REGION: Final = re.compile(r"[a-z]+-[a-z]+[0-9]+")
_EVERYTHING: Final = "ALL_SUBNETWORKS"


def _network_outputs(_request: Request) -> Properties:
    return {
        "networkId": number(),
        "gatewayIpv4": "",
        "autoCreateSubnetworks": True,
        "routingMode": "REGIONAL",
    }


def _subnetwork_outputs(_request: Request) -> Properties:
    return {
        "subnetworkId": int(number()) % 10**15,
        "creationTimestamp": now(),
        "fingerprint": fingerprint(),
        "purpose": "PRIVATE",
        "stackType": "IPV4_ONLY",
        "privateIpGoogleAccess": False,
        "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
    }


def _linked_network(request: Request) -> Properties:
    """The network as a full link, however the program named it."""
    network = request.referred(NETWORK, request.value("network"))
    return {"network": network.outputs["selfLink"] if network else request.value("network")}


def _subnetwork_links(request: Request) -> Properties:
    return {**_linked_network(request), "gatewayAddress": first_host(request.value("ipCidrRange"))}


def _ranges(outputs: Properties) -> Iterator[tuple[str, object]]:
    """Where a subnetwork has ranges, and which."""
    yield "ipCidrRange", outputs.get("ipCidrRange")
    secondary = cast("list[Properties]", outputs.get("secondaryIpRanges") or [])
    for index, item in enumerate(secondary):
        yield f"secondaryIpRanges[{index}].ipCidrRange", item.get("ipCidrRange")


def _refuse_overlap(request: Request) -> None:
    """No range of a network may overlap another, in whatever region, nor two of one subnetwork."""
    others: list[Resource] = [
        other
        for other in request.all(SUBNETWORK)
        if same_link(request.value("network"), other.outputs.get("network"))
    ]
    for where, cidr in _ranges(request.inputs):
        for other in others:
            if any(overlap(cidr, taken) for _, taken in _ranges(other.outputs)):
                error = "overlap" if where == "ipCidrRange" else "secondaryOverlap"
                request.refuse(
                    error, cidr=cidr, name=other.outputs.get("name"), region=other.outputs.get("region")
                )
    for (_, one), (_, other) in combinations(_ranges(request.inputs), 2):
        if overlap(one, other):
            request.refuse("secondaryOverlap", cidr=other, name=request.text("name"))


def _refuse_region(request: Request) -> None:
    region = request.word("region")
    if _REGION.fullmatch(region) and region not in REGIONS:
        request.refuse_with("400 invalid", f"Invalid value for field 'region': '{region}'. Unknown region.")


def secondary_ranges(subnetwork: Resource) -> list[str]:
    """The names of a subnetwork's secondary ranges."""
    found = cast("list[Properties]", subnetwork.outputs.get("secondaryIpRanges") or [])
    return [str(item.get("rangeName")) for item in found]


def _refuse_lost_range(request: Request) -> None:
    """A secondary range stays while a cluster has its pods or Kubernetes Services in it."""
    kept = cast("list[Properties]", request.value("secondaryIpRanges") or [])
    names = {item.get("rangeName") for item in kept}
    for cluster in request.all(CLUSTER):
        policy = cast("Properties", cluster.outputs.get("ipAllocationPolicy") or {})
        used = {policy.get("clusterSecondaryRangeName"), policy.get("servicesSecondaryRangeName")} - {None}
        if same_link(cluster.outputs.get("subnetwork"), request.identity) and used - names:
            request.refuse("inUseOnDelete", path=request.identity, **{"user path": cluster.id})


def _router_outputs(_request: Request) -> Properties:
    return {"creationTimestamp": now()}


def _nat_identity(request: Request) -> str:
    router = request.text("router").rpartition("/")[2]
    return f"{request.word('project')}/{request.word('region')}/{router}/{request.text('name')}"


def _nat_outputs(_request: Request) -> Properties:
    return {
        "type": "PUBLIC",
        "minPortsPerVm": 64,
        "icmpIdleTimeoutSec": 30,
        "tcpEstablishedIdleTimeoutSec": 1200,
        "tcpTransitoryIdleTimeoutSec": 30,
        "tcpTimeWaitTimeoutSec": 120,
        "udpIdleTimeoutSec": 30,
    }


def _refuse_second_nat(request: Request) -> None:
    """Two NATs of a network may not both serve all its subnetworks in a region."""
    network = _network_of(request, request.value("router"))
    if not request.text("sourceSubnetworkIpRangesToNat").startswith(_EVERYTHING):
        return
    for other in request.all(NAT):
        everything = str(other.outputs.get("sourceSubnetworkIpRangesToNat")).startswith(_EVERYTHING)
        alike = other.id.split("/")[:2] == request.identity.split("/")[:2]
        if everything and alike and same_link(network, _network_of(request, other.outputs.get("router"))):
            request.refuse("overlap")


def _network_of(request: Request, router: object) -> object:
    found = request.referred(ROUTER, router)
    return found.outputs.get("network") if found else None


def _firewall_outputs(_request: Request) -> Properties:
    return {
        "creationTimestamp": now(),
        "direction": "INGRESS",
        "priority": 1000,
    }


_IN_REGION: Final = all_of(needs("compute"), _refuse_region)

KINDS: Final = (
    Kind(NETWORK, computed=_network_outputs, creating=needs("compute")),
    Kind(
        SUBNETWORK,
        computed=_subnetwork_outputs,
        derived=_subnetwork_links,
        creating=all_of(_IN_REGION, _refuse_overlap),
        updating=all_of(_refuse_lost_range, _refuse_overlap),
    ),
    Kind(ROUTER, computed=_router_outputs, derived=_linked_network, creating=_IN_REGION),
    Kind(NAT, _nat_identity, computed=_nat_outputs, creating=all_of(_IN_REGION, _refuse_second_nat)),
    Kind(
        ADDRESS,
        computed=address_outputs,
        derived=all_labels,
        creating=all_of(_IN_REGION, refuse_taken),
        deleting=refuse_served,
    ),
    Kind(
        GLOBAL_ADDRESS,
        computed=global_address_outputs,
        derived=all_labels,
        creating=needs("compute"),
        deleting=refuse_served,
    ),
    Kind(
        FIREWALL,
        computed=_firewall_outputs,
        derived=_linked_network,
        creating=needs("compute"),
    ),
)
"""What is special of Compute Engine's types."""


def _get_network(account: Account, arguments: Properties) -> Properties:
    project = placed(account, arguments, "project")
    identity = f"projects/{project}/global/networks/{arguments.get('name')}"
    found = given(account, NETWORK, identity, {**linked(identity), "project": project})
    return {"description": "", "gatewayIpv4": "", "subnetworksSelfLinks": [], **found}


def _get_subnetwork(account: Account, arguments: Properties) -> Properties:
    project, region = placed(account, arguments, "project"), placed(account, arguments, "region")
    identity = f"projects/{project}/regions/{region}/subnetworks/{arguments.get('name')}"
    outputs: Properties = {**linked(identity), "project": project, "region": region}
    found = given(account, SUBNETWORK, identity, outputs)
    return {"network": "", "ipCidrRange": "", "gatewayAddress": "", "secondaryIpRanges": [], **found}


INVOKES: Final[dict[str, Invoke]] = {
    "gcp:compute/getNetwork:getNetwork": _get_network,
    "gcp:compute/getSubnetwork:getSubnetwork": _get_subnetwork,
}
"""The functions."""
