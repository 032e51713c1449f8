"""Compute Engine: networks and subnetworks."""

from collections.abc import Iterator
from datetime import UTC, datetime
from secrets import randbelow
from typing import Final, cast

from flotilla.sandbox.clouds.differing import same_link
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import first_host, overlap
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

NETWORK: Final = "gcp:compute/network:Network"
SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"


def _number() -> str:
    """A number as Google Cloud gives to resources."""
    return str(10**18 + randbelow(8 * 10**18))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _network_outputs(_request: Request) -> Properties:
    return {
        "networkId": _number(),
        "gatewayIpv4": "",
        "autoCreateSubnetworks": True,
        "routingMode": "REGIONAL",
    }


def _subnetwork_outputs(_request: Request) -> Properties:
    return {
        "subnetworkId": int(_number()) % 10**15,
        "creationTimestamp": _now(),
        "purpose": "PRIVATE",
        "stackType": "IPV4_ONLY",
        "privateIpGoogleAccess": False,
        "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
    }


def _subnetwork_links(request: Request) -> Properties:
    """The network as a full link, however the program named it, and the gateway of the range."""
    network = request.referred(NETWORK, request.value("network"))
    shown = network.outputs["selfLink"] if network else request.value("network")
    return {"network": shown, "gatewayAddress": first_host(request.value("ipCidrRange"))}


def _ranges(outputs: Properties) -> Iterator[tuple[str, object]]:
    """Where a subnetwork has ranges, and which."""
    yield "ipCidrRange", outputs.get("ipCidrRange")
    secondary = cast("list[Properties]", outputs.get("secondaryIpRanges") or [])
    for index, item in enumerate(secondary):
        yield f"secondaryIpRanges[{index}].ipCidrRange", item.get("ipCidrRange")


def _refuse_overlap(request: Request) -> None:
    """No range of a network may overlap another, in whatever region."""
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


KINDS: Final = (
    Kind(NETWORK, computed=_network_outputs),
    Kind(
        SUBNETWORK,
        computed=_subnetwork_outputs,
        derived=_subnetwork_links,
        creating=_refuse_overlap,
        updating=_refuse_overlap,
    ),
)
"""What is special of Compute Engine's types."""
