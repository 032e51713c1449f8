"""Cloud DNS: zones and their records."""

import ipaddress
import secrets
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds.gcp.given import given, placed
from flotilla.sandbox.clouds.gcp.package import now
from flotilla.sandbox.clouds.gcp.places import all_of, needs
from flotilla.sandbox.clouds.kinds import Invoke, Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

ZONE: Final = "gcp:dns/managedZone:ManagedZone"
RECORD: Final = "gcp:dns/recordSet:RecordSet"
SERVERS: Final = 4

_ADDRESSES: Final = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}
"""Types of records whose values are addresses."""


def _zone_outputs(_request: Request) -> Properties:
    family = secrets.choice("abcde")
    return {
        "managedZoneId": str(secrets.randbelow(10**18)),
        "nameServers": [f"ns-cloud-{family}{n}.googledomains.com." for n in range(1, SERVERS + 1)],
        "creationTime": now(),
        "description": "Managed by Pulumi",
        "visibility": "public",
    }


def _records(request: Request) -> Iterator[Resource]:
    for record in request.store.all(RECORD):
        if record.id.startswith(f"{request.identity}/rrsets/"):
            yield record


def _refuse_records(request: Request) -> None:
    if not request.outputs.get("forceDestroy") and any(_records(request)):
        request.refuse("notEmpty")


def _remove_records(request: Request) -> None:
    for record in list(_records(request)):
        request.store.remove(record)


def _record(request: Request) -> str:
    zone = request.text("managedZone").rpartition("/")[2]
    name, kind = request.text("name"), request.text("type")
    return f"projects/{request.word('project')}/managedZones/{zone}/rrsets/{name}/{kind}"


def _refuse_record(request: Request) -> None:
    """A record lies in its zone, and an address is one."""
    zone = request.referred(ZONE, request.value("managedZone"))
    domain = str(zone.outputs.get("dnsName", "")) if zone else ""
    name = request.text("name")
    if domain and name != domain and not name.endswith(f".{domain}"):
        request.refuse_with("400 invalid", f"Invalid value for 'entity.change.additions[0].name': '{name}'")
    form = _ADDRESSES.get(request.text("type"))
    for index, value in enumerate(cast("list[object]", request.value("rrdatas") or [])):
        if form and not _is(form, value):
            where = f"entity.change.additions[0].rrdata[{index}]"
            request.refuse_with("400 invalid", f"Invalid value for '{where}': '{value}'")


def _is(form: type[ipaddress.IPv4Address | ipaddress.IPv6Address], value: object) -> bool:
    try:
        form(str(value))
    except ValueError:
        return False
    return True


KINDS: Final = (
    Kind(
        ZONE,
        computed=_zone_outputs,
        creating=needs("dns"),
        deleting=_refuse_records,
        removing=_remove_records,
    ),
    Kind(RECORD, _record, creating=all_of(needs("dns"), _refuse_record), updating=_refuse_record),
)
"""What is special of Cloud DNS's types."""


def _get_zone(account: Account, arguments: Properties) -> Properties:
    project, name = placed(account, arguments, "project"), str(arguments.get("name"))
    found = given(
        account, ZONE, f"projects/{project}/managedZones/{name}", {"name": name, "project": project}
    )
    return {"description": "", "dnsName": "", "managedZoneId": "", "visibility": "public", **found}


INVOKES: Final[dict[str, Invoke]] = {"gcp:dns/getManagedZone:getManagedZone": _get_zone}
"""The functions."""
