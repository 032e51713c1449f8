"""Identities, and what else may act as one of them."""

import threading
import time
from typing import Final, cast

from flotilla.sandbox.clouds.azure.resources import in_a_location, located
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"
CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"

MOST_CREDENTIALS: Final = 20
"""Most credentials of an identity (Azure's documentation)."""
WRITING_SECONDS: Final = 0.2
"""How long a credential is written: another one of the same identity is refused meanwhile."""

_writing: set[str] = set()
_guard: Final = threading.Lock()


def _owner(request: Request) -> str:
    return request.identity.rpartition("/federatedIdentityCredentials/")[0].casefold()


def _identity_outputs(request: Request) -> Properties:
    return {**located(request), "tenantId": request.account.words["tenantId"]}


def _refuse_credential(request: Request) -> None:
    owner = _owner(request)
    audiences = cast("list[object]", request.value("audiences") or [])
    if not (request.text("issuer") and request.text("subject") and audiences):
        request.refuse("missingFields")
    if len(audiences) > 1:
        request.refuse_with("BadRequest", "Federated Identity Credential must specify exactly one audience.")
    others = [each for each in request.all(CREDENTIAL) if each.id.casefold().startswith(f"{owner}/")]
    for other in others:
        if (other.outputs.get("issuer"), other.outputs.get("subject")) == (
            request.text("issuer"),
            request.text("subject"),
        ):
            request.refuse("duplicateSubject")
    if len(others) >= MOST_CREDENTIALS and request.verb == "creating":
        request.refuse("quota")


def _begin_writing(request: Request) -> None:
    _refuse_credential(request)
    with _guard:
        if _owner(request) in _writing:
            request.refuse("concurrent", id=request.identity.rpartition("/federatedIdentityCredentials/")[0])
        _writing.add(_owner(request))


def _write(request: Request) -> Properties:
    time.sleep(WRITING_SECONDS)
    with _guard:
        _writing.discard(_owner(request))
    return {}


KINDS: Final = (
    Kind(IDENTITY, computed=_identity_outputs, creating=in_a_location),
    Kind(CREDENTIAL, creating=_begin_writing, updating=_begin_writing, made=_write, changed=_write),
)
"""What is special of managed identities."""
