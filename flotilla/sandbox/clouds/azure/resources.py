"""Resource groups."""

from typing import Final

from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

RESOURCE_GROUP: Final = "azure-native:resources:ResourceGroup"


def _outputs(_request: Request) -> Properties:
    return {"properties": {"provisioningState": "Succeeded"}}


def _take_everything(request: Request) -> None:
    """Deleting a group deletes what is in it."""
    for inner in list(request.store.all()):
        if inner.id.casefold().startswith(f"{request.identity.casefold()}/"):
            request.store.remove(inner)


KINDS: Final = (Kind(RESOURCE_GROUP, computed=_outputs, removing=_take_everything),)
"""What is special of resource groups."""
