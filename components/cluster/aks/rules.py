"""What a stack's cluster on Azure is when all is said, and what can be wrong with it; without the SDK."""

import re
from collections.abc import Iterator

from components.cluster.aks.addresses import address_problems, public_cidr_problems
from components.cluster.aks.ids import GUID, REGISTRY_ID, SUBNET_ID
from components.cluster.aks.locations import LOCATIONS
from components.cluster.aks.pool_rules import pool_problems, zone_problems
from components.cluster.surroundings import Surroundings
from components.errors import Problem, listing, nearest
from components.types import AksClusterSpec, AksNodeUpgradeChannel, AksTier, AksUpgradeChannel, Tier

VERSIONS = ("1.34", "1.35", "1.36")
"""Minor versions of Kubernetes that AKS offered in November 2026; 1.34 ended with that month
(learn.microsoft.com/azure/aks/supported-kubernetes-versions)."""
MOST_TAGS = 50
"""Most tags of a resource (learn.microsoft.com/azure/azure-resource-manager/management/tag-resources)."""

_NAME = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?")
_GROUP = re.compile(r"[-\w.()]{0,89}[-\w()]")
_REGISTRY = re.compile(r"[a-zA-Z0-9]{5,50}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_OFFSET = re.compile(r"[+-](0[0-9]|1[0-4]):[0-5][0-9]")
_TAG_KEY = re.compile(r"[^<>%&\\?/]{1,512}")
_LONGEST_TAG = 256
_HOURS = range(4, 25)


def completed(spec: AksClusterSpec, around: Surroundings) -> AksClusterSpec:
    """The cluster with the defaults that its stack gives it.

    Args:
        spec: What the stack file says of it.
        around: The stack it belongs to.
    """
    in_production = around.environment["tier"] == Tier.PRODUCTION
    return {
        **spec,
        "subscription_id": spec.get("subscription_id", around.text("azure-native:subscriptionId")),
        "location": spec.get("location", around.text("azure-native:location")),
        "name": spec.get("name", around.cloud_name),
        "sku_tier": spec.get("sku_tier", AksTier.STANDARD if in_production else AksTier.FREE),
        "deletion_protection": spec.get("deletion_protection", around.deletion_protection),
        "labels": {**around.labels, **spec.get("labels", {})},
    }


def problems(spec: AksClusterSpec) -> Iterator[Problem]:
    """What is impossible in a completed cluster; paths are relative to it."""
    yield from _of_place(spec)
    yield from _of_version(spec)
    yield from _of_admins(spec)
    yield from _of_labels(spec)
    yield from address_problems(spec)
    yield from _of_access(spec)
    yield from _of_adopted(spec)
    yield from zone_problems(spec)
    yield from pool_problems(spec)
    yield from _of_maintenance(spec)
    yield from _of_registry(spec)
    yield from _of_dns_zone(spec)


def _of_place(spec: AksClusterSpec) -> Iterator[Problem]:
    subscription, location, name = spec.get("subscription_id"), spec.get("location"), spec.get("name", "")
    if not subscription:
        cure = "Add it, or set azure-native:subscriptionId in the configuration of the stack."
        yield Problem(("subscriptionId",), "is missing", cure)
    elif not GUID.fullmatch(subscription):
        cure = "`az account show --query id` prints it."
        yield Problem(("subscriptionId",), f'"{subscription}" is no id of a subscription', cure)
    if not location:
        cure = "Add it, or set azure-native:location in the configuration of the stack."
        yield Problem(("location",), "is missing", cure)
    elif location not in LOCATIONS:
        plain = location.replace(" ", "").lower()
        meant = plain if plain in LOCATIONS else nearest(plain, sorted(LOCATIONS))
        cure = "`az account list-locations --query '[].name'` shows all."
        yield Problem(("location",), f'"{location}" is no location of Azure', cure, meant)
    if name and not _NAME.fullmatch(name):
        cure = "Use letters, digits and -, at most 54, from a letter or digit to one."
        yield Problem(("name",), f'"{name}" cannot name a cluster', cure)


def _of_version(spec: AksClusterSpec) -> Iterator[Problem]:
    version = spec["kubernetes_version"]
    if version in VERSIONS:
        return
    minor = ".".join(version.removeprefix("v").split(".")[:2])
    cure = f"AKS offers {listing(VERSIONS)}; patches of these come by themselves (upgradeChannel)."
    yield Problem(
        ("kubernetesVersion",), f'AKS does not offer "{version}"', cure, minor if minor in VERSIONS else ""
    )


def _of_admins(spec: AksClusterSpec) -> Iterator[Problem]:
    admins = spec.get("admins", {})
    if not admins:
        cure = (
            "Name whoever runs `pulumi`: admins: { me: { principalId: ID, principalType: User } }, "
            "with the ID that `az ad signed-in-user show --query id` prints."
        )
        yield Problem(("admins",), "nobody could do anything in the cluster", cure)
    seen: dict[str, str] = {}
    for name, admin in admins.items():
        principal = admin["principal_id"].lower()
        where = ("admins", name, "principalId")
        if not GUID.fullmatch(principal):
            cure = "Give the object id in Microsoft Entra, a GUID, not a name."
            yield Problem(where, f'"{admin["principal_id"]}" is no object id', cure)
        elif principal in seen:
            cure = "Remove one of them: Azure refuses the same role twice."
            yield Problem(where, f"is the same as that of {seen[principal]}", cure)
        seen.setdefault(principal, name)


def _of_labels(spec: AksClusterSpec) -> Iterator[Problem]:
    labels = spec.get("labels", {})
    if len(labels) > MOST_TAGS:
        yield Problem(("labels",), f"{len(labels)} are too many", f"Azure takes {MOST_TAGS} tags.")
    for key, value in labels.items():
        if not _TAG_KEY.fullmatch(key) or len(value) > _LONGEST_TAG:
            cure = "Leave out < > % & \\ ? and /, and keep to 512 characters, the value to 256."
            yield Problem(("labels", key), f'"{key}" cannot be a tag', cure)


def _of_access(spec: AksClusterSpec) -> Iterator[Problem]:
    access = spec.get("endpoint_access", {})
    cidrs = access.get("public_cidrs", [])
    if not access.get("public", True) and cidrs:
        cure = "Remove them, or set public to true."
        yield Problem(
            ("endpointAccess", "publicCidrs"), "the API is not reached from the internet at all", cure
        )
        return
    yield from public_cidr_problems(("endpointAccess", "publicCidrs"), cidrs)


def _of_adopted(spec: AksClusterSpec) -> Iterator[Problem]:
    group = spec.get("resource_group")
    if group is not None and not _GROUP.fullmatch(group):
        cure = "Give its name, not its id: letters, digits, _ - . ( ), at most 90."
        yield Problem(("resourceGroup",), f'"{group}" cannot name a resource group', cure)
    subnet = spec.get("network", {}).get("subnet_id")
    if subnet is None:
        return
    found = SUBNET_ID.fullmatch(subnet)
    where = ("network", "subnetId")
    if not found:
        cure = "`az network vnet subnet show --query id` prints it: /subscriptions/…/subnets/NAME."
        yield Problem(where, f'"{subnet}" is no id of a subnet', cure)
    elif found[1].lower() != spec.get("subscription_id", "").lower():
        cure = "Choose a subnet of the cluster's own subscription."
        yield Problem(where, f"the subnet belongs to another subscription, {found[1]}", cure)


def _of_maintenance(spec: AksClusterSpec) -> Iterator[Problem]:
    window = spec.get("maintenance_window")
    if window is None:
        return
    path = ("maintenanceWindow",)
    start, hours, offset = window.get("start"), window.get("duration_hours"), window.get("utc_offset")
    if start is not None and not _TIME.fullmatch(start):
        yield Problem((*path, "start"), f'"{start}" is no time of day', 'Write it like "02:00".')
    if hours is not None and hours not in _HOURS:
        yield Problem((*path, "durationHours"), f"{hours} hours are not possible", "Give 4 to 24.")
    if offset is not None and not _OFFSET.fullmatch(offset):
        yield Problem((*path, "utcOffset"), f'"{offset}" is no offset', 'Write it like "+01:00".')
    channels = spec.get("upgrade_channel"), spec.get("node_upgrade_channel")
    if channels == (AksUpgradeChannel.NONE, AksNodeUpgradeChannel.NONE):
        cure = "Remove it, or choose a channel: upgradeChannel, nodeUpgradeChannel."
        yield Problem(path, "nothing is upgraded by itself", cure)


def _of_registry(spec: AksClusterSpec) -> Iterator[Problem]:
    registry = spec.get("registry")
    if registry is None:
        return
    name, existing = registry.get("name"), registry.get("id")
    if (name is None) == (existing is None):
        what = "needs a name or an id" if name is None else "has both a name and an id"
        yield Problem(("registry",), what, "Give a name to create one, or the id of one that exists.")
    if name is not None and not _REGISTRY.fullmatch(name):
        yield Problem(
            ("registry", "name"), f'"{name}" cannot name a registry', "Use 5 to 50 letters and digits."
        )
    found = REGISTRY_ID.fullmatch(existing) if existing is not None else None
    if existing is not None and not found:
        cure = "`az acr show --name NAME --query id` prints it."
        yield Problem(("registry", "id"), f'"{existing}" is no id of a registry', cure)
    elif found and found[1].lower() != spec.get("subscription_id", "").lower():
        cure = "Choose a registry of the cluster's own subscription."
        yield Problem(("registry", "id"), f"it belongs to another subscription, {found[1]}", cure)


def _of_dns_zone(spec: AksClusterSpec) -> Iterator[Problem]:
    zone, group = spec.get("dns_zone"), spec.get("dns_zone_resource_group")
    if zone is not None and group is None:
        cure = "Add dnsZoneResourceGroup: `az network dns zone list` shows it."
        yield Problem(("dnsZone",), "its resource group is missing", cure)
    if zone is not None and "/" in zone:
        yield Problem(("dnsZone",), f'"{zone}" is no name of a zone', "Write it like shop.example.com.")
    if group is not None and zone is None:
        yield Problem(("dnsZoneResourceGroup",), "there is no dnsZone", "Add dnsZone, or remove it.")
    if zone is not None and not spec.get("static_addresses", True):
        cure = "Remove dnsZone, or set staticAddresses to true."
        yield Problem(("dnsZone",), "records would have no address to point at", cure)
