"""What a service may do in Azure, on a cluster of this stack or on one that another stack owns."""

from collections.abc import Callable, Mapping
from functools import partial

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.identity import service_identity
from components.cluster.aks.place import Place
from components.types import Permissions
from components.wiring import ServiceIdentity


def grantor(
    place: Place, cluster: "azure.containerservice.ManagedCluster"
) -> Mapping[str, pulumi.Input[str]]:
    """What has to be known of a cluster to grant something to services there; nothing of it is secret."""
    issuer = cluster.oidc_issuer_profile.apply(lambda found: (found.issuer_url if found else None) or "")
    return {
        "cloud": "azure",
        "subscription": place.subscription,
        "location": place.location,
        "resourceGroup": place.group,
        "name": place.name,
        "issuer": issuer,
    }


def granting(
    component: pulumi.Resource, name: str, known: Mapping[str, pulumi.Input[str]]
) -> Callable[[str, str, str, Permissions], ServiceIdentity | None]:
    """`Cluster.grant` for a cluster of another stack; identities are made beside the cluster.

    Args:
        component: The component that stands for the cluster; it gets a provider as its child.
        name: Pulumi name of the component.
        known: What `grantor` says of the cluster.
    """
    provider = azure.Provider(
        name,
        subscription_id=known["subscription"],
        location=known["location"],
        opts=pulumi.ResourceOptions(parent=component),
    )
    place = Place(
        component=component,
        provider=provider,
        prefix=name,
        name=known["name"],
        subscription=known["subscription"],
        location=known["location"],
        group=known["resourceGroup"],
        tags={},
        protect=False,
    )
    return partial(granted, place, known["issuer"])


def granted(  # noqa: PLR0917 (the last four are those of `Cluster.grant`)
    place: Place,
    issuer: pulumi.Input[str],
    service: str,
    namespace: str,
    account: str,
    permissions: Permissions,
) -> ServiceIdentity | None:
    """Give a service an identity of its own, with the roles that its permissions name; None without any.

    Args:
        place: Where it is made.
        issuer: Who vouches for the cluster's service accounts: `issuer` of its grantor.
        service: Name of the service.
        namespace: Its namespace.
        account: Its service account.
        permissions: What it may do, by cloud.
    """
    roles = permissions.get("azure", {"roles": []})["roles"]
    return service_identity(place, issuer, service, (namespace, account), roles) if roles else None
