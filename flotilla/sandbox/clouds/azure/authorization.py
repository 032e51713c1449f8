"""Roles: who has which, where; and whether that lets the caller into a cluster."""

import re
from collections.abc import Iterator
from typing import Final

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.azure.managedidentity import IDENTITY
from flotilla.sandbox.clouds.azure.package import CLOUD, TENANT, plane_of
from flotilla.sandbox.clouds.azure.resources import MANAGED_CLUSTER, RESOURCE_GROUP
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.clouds.store import Resource, Store
from flotilla.sandbox.plugin.protocol import Properties

ROLE_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"

OWNER: Final = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
CONTRIBUTOR: Final = "b24988ac-6180-42a0-ab88-20f7382dd24c"
READER: Final = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
NETWORK_CONTRIBUTOR: Final = "4d97b98b-1d4f-4787-a291-c67834d212e7"
IDENTITY_OPERATOR: Final = "f1a07417-d97a-45cb-824c-7a7467783830"
ACR_PULL: Final = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
CLUSTER_ADMIN: Final = "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b"
KNOWN: Final = {
    OWNER, CONTRIBUTOR, READER, NETWORK_CONTRIBUTOR, IDENTITY_OPERATOR, ACR_PULL, CLUSTER_ADMIN,
}  # fmt: skip
"""Built-in roles whose meaning is known here; others, such as roles of one's own, may allow anything."""

CALLER: Final = "00000000-0000-4000-8000-000000000003"
"""Object id of whoever runs `pulumi`, for programs that ask."""
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def has_role(store: Store, principal: str, scope: str, allowing: set[str]) -> bool:
    """Whether a principal has one of the roles on a resource or what is around it."""
    return any(
        str(found.outputs.get("principalId")).casefold() == principal.casefold()
        and (role_of(found) in allowing or role_of(found) not in KNOWN)
        for found in _assignments(store, scope)
    )


def role_of(assignment: Resource) -> str:
    """The GUID of an assignment's role."""
    return str(assignment.outputs.get("roleDefinitionId", "")).rpartition("/")[2].lower()


def admitting(store: Store, cluster_id: str) -> bool:
    """Whether some assignment lets people or pipelines in; the stack's own identities are neither."""
    own = {str(identity.outputs.get("principalId")) for identity in store.all(IDENTITY)}
    return any(
        role_of(found) == CLUSTER_ADMIN and found.outputs.get("principalId") not in own
        for found in _assignments(store, cluster_id)
    )


def _assignments(store: Store, scope: str) -> Iterator[Resource]:
    for found in store.all(ROLE_ASSIGNMENT):
        around = str(found.outputs.get("scope", "")).casefold().rstrip("/")
        if f"{scope.casefold()}/".startswith(f"{around}/"):
            yield found


def _outputs(_request: Request) -> Properties:
    return {"createdBy": CALLER, "updatedBy": CALLER}


def _refuse(request: Request) -> None:
    if not _GUID.fullmatch(request.text("roleAssignmentName")):
        request.refuse("badName", v=request.text("roleAssignmentName"))
    definition = request.text("roleDefinitionId")
    if "/roleDefinitions/" not in definition or not _GUID.fullmatch(definition.rpartition("/")[2]):
        request.refuse("missingRole", id=definition.rpartition("/")[2])
    _refuse_principal(request)
    _refuse_scope(request)
    grant = (request.text("scope").casefold(), definition.rpartition("/")[2], request.text("principalId"))
    for other in request.all(ROLE_ASSIGNMENT):
        scope, principal = str(other.outputs.get("scope")).casefold(), other.outputs.get("principalId")
        if (scope, role_of(other), principal) == grant:
            request.refuse_with("RoleAssignmentExists", "The role assignment already exists.")


def _refuse_principal(request: Request) -> None:
    principal, kind = request.text("principalId"), request.text("principalType")
    identities = list(request.store.all(IDENTITY))
    is_identity = any(each.outputs.get("principalId") == principal for each in identities)
    is_client = any(each.outputs.get("clientId") == principal for each in identities)
    if not _GUID.fullmatch(principal) or is_client or (is_identity and not kind):
        request.refuse_with(
            "PrincipalNotFound",
            f"Principal {principal.replace('-', '')} does not exist in the directory {TENANT}. Check that "
            "you have the correct principal ID. If you are creating this principal and then immediately "
            "assigning a role, this error might be related to a replication delay. In this case, set the "
            "role assignment principalType property to a value, such as ServicePrincipal, User, or Group.",
        )
    if is_identity and kind != "ServicePrincipal":
        request.refuse_with(
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal.replace('-', '')}' has type 'ServicePrincipal', which is different "
            f"from specified PrinciaplType '{kind}'.",
        )


def _refuse_scope(request: Request) -> None:
    """A scope within a group of the stack's own has to be there; what is elsewhere cannot be known."""
    scope = request.text("scope").casefold().rstrip("/")
    every = list(request.store.all())
    inside = any(
        group.type == RESOURCE_GROUP and not group.given and f"{scope}/".startswith(f"{group.id.casefold()}/")
        for group in every
    )
    if inside and not any(each.id.casefold() == scope for each in every):
        request.refuse_with("ResourceNotFound", f"The Resource '{request.text('scope')}' was not found.")


def _admit(request: Request) -> Properties:
    for cluster in _clusters(request):
        if admitting(request.store, cluster.id):
            control_planes.admit(request.account.directory, CLOUD, plane_of(cluster.id))
    return {}


def _revoke(request: Request) -> None:
    left = [found for found in request.store.all(ROLE_ASSIGNMENT) if found.id != request.identity]
    if role_of(Resource("", "", "", "", {}, request.outputs)) != CLUSTER_ADMIN:
        return
    for cluster in _clusters(request):
        scopes = [
            str(each.outputs.get("scope")).casefold() for each in left if role_of(each) == CLUSTER_ADMIN
        ]
        if not any(f"{cluster.id.casefold()}/".startswith(f"{scope}/") for scope in scopes):
            control_planes.revoke(request.account.directory, CLOUD, plane_of(cluster.id))


def _clusters(request: Request) -> Iterator[Resource]:
    """The clusters on which the assignment holds."""
    scope = str(request.outputs.get("scope")).casefold().rstrip("/")
    for cluster in request.store.all(MANAGED_CLUSTER):
        there = control_planes.is_there(request.account.directory, CLOUD, plane_of(cluster.id))
        if there and f"{cluster.id.casefold()}/".startswith(f"{scope}/"):
            yield cluster


def _client(account: Account, _arguments: Properties) -> Properties:
    return {
        "clientId": CALLER,
        "objectId": CALLER,
        "subscriptionId": account.words["sub"],
        "tenantId": account.words["tenantId"],
    }


KINDS: Final = (Kind(ROLE_ASSIGNMENT, computed=_outputs, creating=_refuse, made=_admit, removing=_revoke),)
"""What is special of role assignments."""
INVOKES: Final = {
    "azure-native:authorization:getClientConfig": _client,
}
