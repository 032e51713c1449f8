"""Route 53: zones and their records."""

import ipaddress
import re
import secrets
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.kinds import Invoke, Kind
from flotilla.sandbox.clouds.request import Account, Request, hexadecimal
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Properties

ZONE: Final = "aws:route53/zone:Zone"
RECORD: Final = "aws:route53/record:Record"

_NAME: Final = re.compile(r"(?:[A-Za-z0-9_*-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")
_ENDS: Final = ("com", "net", "org", "co.uk")


def _plain(name: object) -> str:
    """A name as Route 53 compares it."""
    return str(name).rstrip(".").lower()


def _zone_id(_request: Request) -> str:
    return f"Z{hexadecimal(20).upper()}"


def _zone_outputs(request: Request) -> Properties:
    servers = sorted(f"ns-{secrets.randbelow(2048)}.awsdns-{secrets.randbelow(64):02}.{end}" for end in _ENDS)
    private = bool(request.value("vpcs"))
    return {
        "zoneId": request.identity,
        "forceDestroy": False,
        "nameServers": [] if private else servers,
        "primaryNameServer": "" if private else servers[0],
        "vpcs": [],
    }


def _refuse_zone(request: Request) -> None:
    if not _NAME.fullmatch(str(request.outputs.get("name"))):
        request.refuse("invalidName", name=request.outputs.get("name"))


def _records(request: Request, zone: object) -> Iterator[Resource]:
    return (each for each in request.store.all(RECORD) if each.outputs.get("zoneId") == zone)


def _refuse_full(request: Request) -> None:
    if request.outputs.get("forceDestroy") is not True and any(_records(request, request.identity)):
        request.refuse("notEmpty")


def _forget_records(request: Request) -> None:
    for each in list(_records(request, request.identity)):
        request.store.remove(each)


def _zone_name(request: Request) -> str:
    zone = request.referred(ZONE, request.value("zoneId"))
    return _plain(zone.outputs.get("name", "")) if zone and zone.outputs else ""


def _fqdn(request: Request) -> str:
    """A record's full name: the zone's is added where the given one lacks it."""
    name, zone = _plain(request.text("name")), _zone_name(request)
    if not zone or name == zone or name.endswith(f".{zone}"):
        return name
    return f"{name}.{zone}" if name else zone


def _record_id(request: Request) -> str:
    parts = (request.text("zoneId"), _plain(request.text("name")), request.text("type"))
    return "_".join(part for part in (*parts, request.text("setIdentifier")) if part)


def _record_outputs(request: Request) -> Properties:
    return {"fqdn": _fqdn(request)}


def _refuse_record(request: Request) -> None:
    """A record has values of its type, and stands beside no other that excludes it."""
    name, kind = _fqdn(request), request.text("type")
    zone = _zone_name(request)
    if kind == "CNAME" and name == zone:
        request.refuse("cnameConflict", name=name, zone=zone)
    for other in _records(request, request.value("zoneId")):
        if _plain(other.outputs.get("fqdn")) != name:
            continue
        same = other.outputs.get("type") == kind
        if not same and "CNAME" in (kind, other.outputs.get("type")):
            request.refuse("cnameConflict", name=name, zone=zone)
        if same and not request.value("setIdentifier") and request.value("allowOverwrite") is not True:
            request.refuse("duplicate", fqdn=name, type=kind)
    _refuse_values(request)


def _refuse_values(request: Request) -> None:
    kind, records = request.text("type"), cast("list[object]", request.value("records") or [])
    if not records and not request.value("aliases"):
        message = (
            "[Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]]]"
        )
        request.refuse_with("InvalidInput", message)
    if records and request.value("ttl") is None:
        message = "[Invalid request: Missing field 'TTL' in Change with Resource Records]"
        request.refuse_with("InvalidInput", message)
    for value in records:
        if kind in ("A", "AAAA") and not _is_address(value, 4 if kind == "A" else 6):
            request.refuse("invalidValue", value=value)
    if kind == "CNAME" and len(records) > 1:
        request.refuse_with("InvalidChangeBatch", "[A CNAME record has one value, and no more.]")


def _is_address(value: object, version: int) -> bool:
    try:
        return ipaddress.ip_address(str(value)).version == version
    except ValueError:
        return False


KINDS: Final = (
    Kind(
        ZONE,
        identity=_zone_id,
        computed=_zone_outputs,
        derived=all_tags,
        creating=_refuse_zone,
        deleting=_refuse_full,
        removing=_forget_records,
    ),
    Kind(
        RECORD,
        identity=_record_id,
        computed=_record_outputs,
        creating=_refuse_record,
        updating=_refuse_values,
        repeatable=True,
    ),
)
"""What is special of Route 53's types."""


def _get_zone(account: Account, arguments: Properties) -> Properties:
    """A zone of a stack by name or id; one that is asked for by id is taken for granted."""
    name, identity = _plain(arguments.get("name") or ""), arguments.get("zoneId")
    for found in account.store.all(ZONE):
        private = bool(found.outputs.get("vpcs"))
        if (identity and found.id == identity) or (
            name
            and _plain(found.outputs.get("name")) == name
            and private == bool(arguments.get("privateZone"))
        ):
            return {
                **_UNKNOWN_ZONE,
                **found.outputs,
                "id": found.id,
                "zoneId": found.id,
                "privateZone": private,
            }
    if identity:
        arn = f"arn:{account.words['partition']}:route53:::hostedzone/{identity}"
        return {**_UNKNOWN_ZONE, "id": identity, "zoneId": identity, "arn": arn, "name": name}
    raise OperationError(
        f"no matching Route 53 Hosted Zone found: {name}. In a sandbox only zones of its own stacks are "
        "found by name; give the id of one that the account has."
    )


_UNKNOWN_ZONE: Final[Properties] = {
    "callerReference": "",
    "comment": "",
    "enableAcceleratedRecovery": False,
    "linkedServiceDescription": "",
    "linkedServicePrincipal": "",
    "nameServers": [],
    "primaryNameServer": "",
    "privateZone": False,
    "resourceRecordSetCount": 2,
    "tags": {},
    "vpcId": "",
}

INVOKES: Final[dict[str, Invoke]] = {"aws:route53/getZone:getZone": _get_zone}
"""The functions."""
