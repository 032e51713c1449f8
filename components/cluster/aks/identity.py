"""Who acts in Azure for a cluster, its nodes and its services, and what each may do there."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.place import Place
from components.types import AksAdmin, AksPrincipalType, AzureRole
from components.wiring import ServiceIdentity

# Built-in roles: learn.microsoft.com/azure/role-based-access-control/built-in-roles
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
MANAGED_IDENTITY_OPERATOR = "f1a07417-d97a-45cb-824c-7a7467783830"
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
RBAC_CLUSTER_ADMIN = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"

ROLE_DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions/"
TOKEN_AUDIENCE = "api://AzureADTokenExchange"  # noqa: S105 (an audience, which everybody knows)


@dataclass(frozen=True, slots=True)
class Identities:
    """The identities of a cluster, and what they may do."""

    control_plane: "azure.managedidentity.UserAssignedIdentity"
    kubelet: "azure.managedidentity.UserAssignedIdentity"
    roles: Sequence[pulumi.Resource]
    """Their roles, without which neither cluster nor load balancers come up."""


def identities(
    place: Place, subnet_id: pulumi.Input[str], group: Sequence[pulumi.Resource], *, addresses: bool
) -> Identities:
    """The identities of control plane and kubelets, with what they need.

    Args:
        place: Where they are made.
        subnet_id: The subnet of the nodes.
        group: The resource group, where it is the cluster's own.
        addresses: Whether addresses are reserved in the resource group for load balancers to take.
    """
    control_plane = identity(place, "control-plane", group)
    kubelet = identity(place, "kubelet", group)
    planes: list[tuple[str, str, pulumi.Input[str]]] = [
        ("control-plane-subnet", NETWORK_CONTRIBUTOR, subnet_id),
        ("control-plane-kubelet", MANAGED_IDENTITY_OPERATOR, kubelet.id),
    ]
    if addresses:
        planes.append(("control-plane-addresses", NETWORK_CONTRIBUTOR, place.group_id))
    roles = [
        role(place, name, definition, scope, to=control_plane.principal_id)
        for name, definition, scope in planes
    ]
    return Identities(control_plane, kubelet, roles)


def identity(
    place: Place, name: str, group: Sequence[pulumi.Resource], called: str = ""
) -> "azure.managedidentity.UserAssignedIdentity":
    """An identity.

    Its tags stay as they are: an update makes its principal unknown to previews, and roles of an unknown
    principal are shown as replaced.
    """
    return azure.managedidentity.UserAssignedIdentity(
        place.child(name),
        resource_group_name=place.group,
        resource_name_=place.called(called or name),
        location=place.location,
        tags=place.tags,
        opts=place.options(depends_on=group, ignore_changes=["tags"]),
    )


def role(
    place: Place,
    name: str,
    definition: str,
    scope: pulumi.Input[str],
    *,
    to: pulumi.Input[str],
    principal_type: AksPrincipalType = AksPrincipalType.SERVICE_PRINCIPAL,
) -> "azure.authorization.RoleAssignment":
    """A role that a principal has.

    The type of the principal is always given: Azure looks for a principal without it in a directory that a
    new identity takes minutes to reach.
    """
    return azure.authorization.RoleAssignment(
        place.child(name),
        scope=scope,
        role_definition_id=pulumi.Output.concat(
            "/subscriptions/", place.subscription, ROLE_DEFINITIONS, definition
        ),
        principal_id=to,
        principal_type=str(principal_type),
        opts=place.options(),
    )


def admin_role(
    place: Place, cluster: "azure.containerservice.ManagedCluster", name: str, admin: AksAdmin
) -> "azure.authorization.RoleAssignment":
    """The role by which a principal may do everything in the cluster."""
    kind = admin.get("principal_type", AksPrincipalType.GROUP)
    return role(
        place, f"admin-{name}", RBAC_CLUSTER_ADMIN, cluster.id, to=admin["principal_id"], principal_type=kind
    )


def service_identity(
    place: Place,
    issuer: pulumi.Input[str],
    service: str,
    subject: tuple[str, str],
    roles: Sequence[AzureRole],
) -> ServiceIdentity:
    """An identity of a service's own, which its pods take by their service account.

    One for each service: Azure refuses credentials that are written to one identity at once.

    Args:
        place: Where it is made.
        issuer: Who vouches for the cluster's service accounts.
        service: Name of the service, for the names of what is made.
        subject: Namespace and name of its service account.
        roles: What it may do.
    """
    name, (namespace, account) = f"grant-{service}", subject
    own = identity(place, name, place.needed, called=f"{namespace}-{account}")
    credential = azure.managedidentity.FederatedIdentityCredential(
        place.child(f"{name}-credential"),
        resource_group_name=place.group,
        resource_name_=own.name,
        federated_identity_credential_resource_name="kubernetes",
        issuer=issuer,
        subject=f"system:serviceaccount:{namespace}:{account}",
        audiences=[TOKEN_AUDIENCE],
        opts=place.options(),
    )
    granted = [
        role(place, f"{name}-{_digest(each)}", each["role"], each["scope"], to=own.principal_id)
        for each in roles
    ]
    # By way of their ids, so that whatever has the annotation waits for credential and roles.
    waited = pulumi.Output.all(own.client_id, credential.id, *(each.id for each in granted))
    return {
        "service_account_annotations": {
            "azure.workload.identity/client-id": waited.apply(lambda values: str(values[0]))
        },
        "pod_labels": {"azure.workload.identity/use": "true"},
    }


def _digest(granted: AzureRole) -> str:
    """What tells a role of a service from its others, whatever their order."""
    return hashlib.sha256(f"{granted['role']} {granted['scope']}".lower().encode()).hexdigest()[:8]
