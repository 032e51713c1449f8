"""Addresses, and the load balancers that may have them; labels, which they share with other types."""

import secrets
from typing import Final, cast

from flotilla.sandbox.clouds.gcp.package import fingerprint, now, number
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

ADDRESS: Final = "gcp:compute/address:Address"
GLOBAL_ADDRESS: Final = "gcp:compute/globalAddress:GlobalAddress"
FORWARDING_RULE: Final = "gcp:compute/forwardingRule:ForwardingRule"


def _free_address(request: Request) -> str:
    """An address of 198.19.0.0/16 that no other resource has: such are for tests (RFC 2544)."""
    taken = {
        str(other.outputs.get("address"))
        for token in (ADDRESS, GLOBAL_ADDRESS)
        for other in request.all(token)
    }
    while True:
        found = f"198.19.{secrets.randbelow(256)}.{1 + secrets.randbelow(254)}"
        if found not in taken:
            return found


def address_outputs(request: Request) -> Properties:
    """What Compute Engine finds for a regional address."""
    return {
        "address": _free_address(request),
        "addressId": int(number()) % 10**15,
        "creationTimestamp": now(),
        "labelFingerprint": fingerprint(),
        "networkTier": "PREMIUM",
        "prefixLength": 0,
        "users": [],
    }


def global_address_outputs(request: Request) -> Properties:
    """What it finds for a global one."""
    return {
        "address": _free_address(request),
        "creationTimestamp": now(),
        "labelFingerprint": fingerprint(),
    }


def refuse_taken(request: Request) -> None:
    """An address that is asked for is nobody's yet."""
    wanted = request.text("address")
    if wanted and any(other.outputs.get("address") == wanted for other in request.all(ADDRESS)):
        request.refuse("addressTaken")


def refuse_served(request: Request) -> None:
    """An address stays while a load balancer has it, also one that its cluster left behind."""
    for rule in request.all(FORWARDING_RULE):
        if rule.outputs.get("ipAddress") == request.outputs.get("address"):
            request.refuse("inUseOnDelete", path=request.identity, **{"user path": rule.id})


def all_labels(request: Request) -> Properties:
    """The labels of a resource with those that the provider gives to all."""
    shared = cast("Properties", request.account.settings.get("defaultLabels") or {})
    labels = {**shared, **cast("Properties", request.value("labels") or {})}
    return {"pulumiLabels": labels, "effectiveLabels": {**labels, "goog-pulumi-provisioned": "true"}}
