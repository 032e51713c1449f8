"""Registries of images."""

from typing import Final

from flotilla.sandbox.clouds.azure.given import found_or_given
from flotilla.sandbox.clouds.azure.resources import in_a_location, located
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.plugin.protocol import Properties

REGISTRY: Final = "azure-native:containerregistry:Registry"
PREMIUM: Final = ("encryption", "networkRuleSet", "policies.retentionPolicy", "zoneRedundancy")
"""What needs the SKU Premium."""


def _outputs(request: Request) -> Properties:
    return {
        **located(request),
        "loginServer": _login_server(request.text("registryName")),
        "creationDate": "2026-11-20T12:00:00.0000000+00:00",
        "dataEndpointHostNames": [],
        "privateEndpointConnections": [],
    }


def _login_server(name: str) -> str:
    return f"{name.lower()}.azurecr.io"


def _refuse(request: Request) -> None:
    in_a_location(request)
    name = request.text("registryName")
    if any(
        _login_server(other.id.rpartition("/")[2]) == _login_server(name) for other in request.all(REGISTRY)
    ):
        request.refuse("nameTaken")
    _refuse_features(request)


def _refuse_features(request: Request) -> None:
    if request.text("sku.name") == "Premium":
        return
    wanted = [feature for feature in PREMIUM if request.value(feature) not in (None, "Disabled")]
    if wanted:
        message = (
            f"{', '.join(wanted)} is not available for the SKU {request.text('sku.name')}: it needs Premium."
        )
        request.refuse_with("FeatureNotSupported", message)


def _get(account: Account, arguments: Properties) -> Properties:
    group, name = str(arguments["resourceGroupName"]), str(arguments["registryName"])
    identity = (
        f"/subscriptions/{account.words['sub']}/resourceGroups/{group}"
        f"/providers/Microsoft.ContainerRegistry/registries/{name}"
    )
    found: Properties = {"name": name, "loginServer": _login_server(name), "sku": {"name": "Standard"}}
    return found_or_given(account, REGISTRY, identity, found)


KINDS: Final = (Kind(REGISTRY, computed=_outputs, creating=_refuse, updating=_refuse_features),)
"""What is special of registries."""
INVOKES: Final = {"azure-native:containerregistry:getRegistry": _get}
