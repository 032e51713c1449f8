"""Resource groups, and where things in them are."""

from typing import Final

from components.cluster.aks.locations import LOCATIONS
from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.azure.given import found_or_given
from flotilla.sandbox.clouds.azure.package import CLOUD, plane_of
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.plugin.protocol import Properties

RESOURCE_GROUP: Final = "azure-native:resources:ResourceGroup"
MANAGED_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"


def location_of(request: Request) -> str:
    """Where a resource is: where it says, else where the provider is set to, else where its group is."""
    group = request.referred(RESOURCE_GROUP, request.value("resourceGroupName"))
    of_group = str(group.outputs.get("location", "")) if group else ""
    return request.text("location") or request.account.setting("location") or of_group


def located(request: Request) -> Properties:
    """The output `location`."""
    return {"location": location_of(request)}


def in_a_location(request: Request) -> None:
    """Refuse a location that Azure does not have, and a resource group that is not there."""
    location = location_of(request)
    if plain(location) not in LOCATIONS:
        kind = request.facts.outputs.get("type", request.token)
        request.refuse_with(
            "LocationNotAvailableForResourceType",
            f"The provided location '{location}' is not available for resource type '{kind}'. "
            f"List of available regions for the resource type is '{','.join(sorted(LOCATIONS))}'.",
        )
    group = request.text("resourceGroupName")
    if request.referred(RESOURCE_GROUP, group) is None:
        request.refuse_with("ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def plain(location: str) -> str:
    """A location as Azure compares it: `West Europe` is `westeurope`."""
    return location.replace(" ", "").lower()


def _outputs(request: Request) -> Properties:
    return {**located(request), "properties": {"provisioningState": "Succeeded"}}


def _refuse_elsewhere(request: Request) -> None:
    location = location_of(request)
    if plain(location) not in LOCATIONS:
        request.refuse("badLocation", v=location, list=",".join(sorted(LOCATIONS)))


def _take_everything(request: Request) -> None:
    """Deleting a group deletes what is in it."""
    for inner in list(request.store.all()):
        if inner.id.casefold().startswith(f"{request.identity.casefold()}/"):
            if inner.type == MANAGED_CLUSTER:
                control_planes.delete(request.account.directory, CLOUD, plane_of(inner.id))
            request.store.remove(inner)


def _get(account: Account, arguments: Properties) -> Properties:
    name = str(arguments["resourceGroupName"])
    location = account.setting("location")
    return found_or_given(
        account, RESOURCE_GROUP, f"/subscriptions/{account.words['sub']}/resourceGroups/{name}",
        {"name": name, "location": location, "type": "Microsoft.Resources/resourceGroups"},
    )  # fmt: skip


KINDS: Final = (
    Kind(RESOURCE_GROUP, computed=_outputs, creating=_refuse_elsewhere, removing=_take_everything),
)
"""What is special of resource groups."""
INVOKES: Final = {"azure-native:resources:getResourceGroup": _get}
