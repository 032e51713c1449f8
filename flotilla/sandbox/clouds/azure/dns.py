"""DNS zones and their records."""

from ipaddress import IPv4Address
from typing import Final, cast

from flotilla.sandbox.clouds.azure.given import found_or_given
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.plugin.protocol import Properties

ZONE: Final = "azure-native:dns:Zone"
RECORDS: Final = "azure-native:dns:RecordSet"
NAME_SERVERS: Final = (
    "ns1-01.azure-dns.com.", "ns2-01.azure-dns.net.", "ns3-01.azure-dns.org.", "ns4-01.azure-dns.info.",
)  # fmt: skip
KINDS_OF_RECORDS: Final = (
    "A", "AAAA", "CAA", "CNAME", "DS", "MX", "NAPTR", "NS", "PTR", "SOA", "SRV", "TLSA", "TXT",
)  # fmt: skip
FEWEST_LABELS: Final = 2


def _zone_outputs(request: Request) -> Properties:
    return {
        "location": request.text("location", "global"),
        "nameServers": list(NAME_SERVERS),
        "maxNumberOfRecordSets": 10000,
        "numberOfRecordSets": 2,
        "signingKeys": [],
    }


def _refuse_zone(request: Request) -> None:
    name = request.text("zoneName")
    if name.count(".") + 1 < FEWEST_LABELS or name.endswith(".") or not all(name.split(".")):
        request.refuse_with("BadRequest", f"The domain name '{name}' is invalid.")


def _take_records(request: Request) -> None:
    """Deleting a zone deletes its records."""
    for record in list(request.store.all(RECORDS)):
        if record.id.casefold().startswith(f"{request.identity.casefold()}/"):
            request.store.remove(record)


def _fqdn(request: Request) -> Properties:
    relative, zone = request.text("relativeRecordSetName"), request.text("zoneName")
    return {"fqdn": f"{zone}." if relative == "@" else f"{relative}.{zone}."}


def _refuse_records(request: Request) -> None:
    kind, relative = request.text("recordType"), request.text("relativeRecordSetName")
    if kind not in KINDS_OF_RECORDS:
        message = f"The record type '{kind}' is not one of {', '.join(KINDS_OF_RECORDS)}."
        request.refuse_with("BadRequest", message)
    for record in cast("list[Properties]", request.value("aRecords") or []):
        try:
            IPv4Address(str(record.get("ipv4Address")))
        except ValueError:
            message = f"The value '{record.get('ipv4Address')}' of an A record is not an IPv4 address."
            request.refuse_with("BadRequest", message)
    name = request.identity.rpartition("/")[0].rpartition("/")[0]
    for other in request.all(RECORDS):
        same = other.id.startswith(f"{name}/") and other.outputs.get("relativeRecordSetName") == relative
        if same and "CNAME" in {kind, other.outputs.get("recordType")}:
            request.refuse("cnameConflict")


def _get(account: Account, arguments: Properties) -> Properties:
    group, name = str(arguments["resourceGroupName"]), str(arguments["zoneName"])
    identity = (
        f"/subscriptions/{account.words['sub']}/resourceGroups/{group}"
        f"/providers/Microsoft.Network/dnszones/{name}"
    )
    found: Properties = {"name": name, "location": "global", "nameServers": list(NAME_SERVERS)}
    return found_or_given(account, ZONE, identity, found)


KINDS: Final = (
    Kind(ZONE, computed=_zone_outputs, creating=_refuse_zone, removing=_take_records),
    Kind(RECORDS, derived=_fqdn, creating=_refuse_records, updating=_refuse_records),
)
"""What is special of DNS."""
INVOKES: Final = {"azure-native:dns:getZone": _get}
