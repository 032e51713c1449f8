"""What is particular to Azure: subscriptions, resource IDs, how errors print."""

from collections.abc import Mapping
from typing import Final

from flotilla.sandbox.clouds.package import Package
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.clouds.wording import azure

SUBSCRIPTION: Final = "00000000-0000-4000-8000-000000000001"
"""The subscription of everything where the provider's configuration names no other."""
CLOUD: Final = "azure-native"
"""The name by which control planes know Azure."""
TENANT: Final = "00000000-0000-4000-8000-000000000002"

_STATUS: Final = (("NotFound", 404), ("Conflict", 409), ("InUse", 400), ("CannotBeDeleted", 400))


def _words(account: Account) -> Mapping[str, str]:
    return {
        "sub": account.setting("subscriptionId", SUBSCRIPTION),
        "subscriptionId": account.setting("subscriptionId", SUBSCRIPTION),
        "tenantId": account.setting("tenantId", TENANT),
    }


def in_group(request: Request, path: str) -> str:
    """The id of something in the resource group of a request: `Microsoft.Network/virtualNetworks/main`."""
    return request.filled("/subscriptions/{sub}/resourceGroups/{resourceGroupName}/providers/") + path


def plane_of(cluster_id: str) -> str:
    """A control plane's name by a cluster's id: the path that tells it from all others."""
    parts = cluster_id.split("/")
    return f"{parts[2]}/{parts[4]}/{parts[-1]}"


def _identity(request: Request) -> str:
    module, kind = request.token.split(":")[1:]
    name = request.text(request.facts.autonamed) if request.facts.autonamed else ""
    kind = kind[:1].lower() + kind[1:] + ("es" if kind.endswith("s") else "s")
    return in_group(
        request, f"Microsoft.{module[:1].upper()}{module[1:]}/{kind}/{name or request.logical_name}"
    )


def _refers(request: Request, value: object, resource: Resource) -> bool:
    """By id, in whatever case; or by name, in the same resource group and below the same parents."""
    text, identity = str(value).casefold(), resource.id.casefold()
    if text.startswith("/"):
        return text == identity
    group = f"/resourcegroups/{request.text('resourceGroupName').casefold()}"
    return identity.endswith(f"/{text}") and (f"{group}/" in f"{identity}/")


def _refusal(_request: Request, code: str, message: str) -> str:
    if code == "provider error":
        return message
    status = next((status for part, status in _STATUS if part in code), 400)
    return f'Status={status} Code="{code}" Message="{message}"'


PACKAGE: Final = Package(
    name="azure-native",
    distribution="pulumi-azure-native",
    wording=azure,
    examine=False,
    digits=8,
    separator="",
    placed=(),
    words=_words,
    scope=lambda _request: "",
    identity=_identity,
    refers=_refers,
    refusal=_refusal,
)
"""The package `azure-native`."""
