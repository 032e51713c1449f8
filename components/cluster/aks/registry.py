"""The registry that a cluster's nodes may pull from."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.adopted import adopted_registry
from components.cluster.aks.identity import ACR_PULL, role
from components.cluster.aks.place import Place
from components.types import AksRegistry


@dataclass(frozen=True, slots=True)
class Pulling:
    """A registry, and the right to pull from it."""

    host: str = ""
    """Host of the registry; empty if there is none."""
    resources: Sequence[pulumi.Resource] = ()


def pulling(
    place: Place,
    registry: AksRegistry,
    kubelet: "azure.managedidentity.UserAssignedIdentity",
    group: Sequence[pulumi.Resource],
) -> Pulling:
    """Let the nodes pull from a registry: from a new one if it has a name, from an existing one if an id."""
    name, existing = registry.get("name"), registry.get("id")
    if name is None and existing is None:
        return Pulling()
    made = _registry(place, name, group) if name is not None else None
    scope = made.id if made else adopted_registry(place, existing or "")
    right = role(place, "kubelet-registry", ACR_PULL, scope, to=kubelet.principal_id)
    host = name if name is not None else (existing or "").rpartition("/")[2]
    return Pulling(f"{host.lower()}.azurecr.io", [made, right] if made else [right])


def _registry(
    place: Place, name: str, group: Sequence[pulumi.Resource]
) -> "azure.containerregistry.Registry":
    return azure.containerregistry.Registry(
        place.child("registry"),
        resource_group_name=place.group,
        registry_name=name,
        location=place.location,
        sku={"name": "Standard"},
        admin_user_enabled=False,
        tags=place.tags,
        opts=place.options(protect=True, depends_on=group),
    )
