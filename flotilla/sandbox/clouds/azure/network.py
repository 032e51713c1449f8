"""Virtual networks."""

from typing import Final, cast

from flotilla.sandbox.clouds.azure.resources import RESOURCE_GROUP
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import network, overlap
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

VIRTUAL_NETWORK: Final = "azure-native:network:VirtualNetwork"


def _outputs(request: Request) -> Properties:
    group = request.referred(RESOURCE_GROUP, request.value("resourceGroupName"))
    return {
        "location": group.outputs.get("location") if group else None,
    }


def _refuse_bad_prefixes(request: Request) -> None:
    prefixes = cast("list[object]", request.value("addressSpace.addressPrefixes") or [])
    for index, prefix in enumerate(prefixes):
        if network(prefix) is None and ":" not in str(prefix):
            request.refuse("invalidCidr", v=prefix)
        if any(overlap(prefix, other) for other in prefixes[:index]):
            request.refuse("overlap", v=prefix)


KINDS: Final = (
    Kind(
        VIRTUAL_NETWORK,
        computed=_outputs,
        creating=_refuse_bad_prefixes,
        updating=_refuse_bad_prefixes,
    ),
)
"""What is special of Azure's networks."""
