"""Functions about the caller, the region and its zones."""

from typing import Final, cast

from components.cluster.eks.offered import partition
from flotilla.sandbox.clouds.aws.places import dns_suffix, zone_id, zones_of
from flotilla.sandbox.clouds.kinds import Invoke
from flotilla.sandbox.clouds.request import Account
from flotilla.sandbox.plugin.protocol import Properties

_CALLER: Final = "AROAFLOTILLASANDBOX00"
"""The id of the role of everybody here."""


def region_of(account: Account, arguments: Properties) -> str:
    """The region that a function is asked about: an argument, or that of the provider."""
    given = arguments.get("region")
    return given if isinstance(given, str) and given else account.words["region"]


def _caller(account: Account, _arguments: Properties) -> Properties:
    """Who runs `pulumi`: a session of the role that the provider assumes, or of one called rehearsal."""
    number, region = account.words["account"], account.words["region"]
    assumed = account.settings.get("assumeRoles")
    first = cast("list[Properties]", assumed)[0] if isinstance(assumed, list) and assumed else {}
    role = str(first.get("roleArn", "")).rpartition("/")[2] or "rehearsal"
    session = str(first.get("sessionName") or "flotilla")
    return {
        "accountId": number,
        "arn": f"arn:{partition(region)}:sts::{number}:assumed-role/{role}/{session}",
        "userId": f"{_CALLER}:{session}",
        "id": number,
    }


def _region(account: Account, arguments: Properties) -> Properties:
    region = region_of(account, arguments)
    endpoint = f"ec2.{region}.{dns_suffix(region)}"
    return {"id": region, "name": region, "region": region, "description": region, "endpoint": endpoint}


def _partition(account: Account, _arguments: Properties) -> Properties:
    region = account.words["region"]
    suffix = dns_suffix(region)
    return {
        "id": partition(region),
        "partition": partition(region),
        "dnsSuffix": suffix,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _zones(account: Account, arguments: Properties) -> Properties:
    region = region_of(account, arguments)
    names = cast("list[object]", arguments.get("excludeNames") or [])
    ids = cast("list[object]", arguments.get("excludeZoneIds") or [])
    found = [zone for zone in zones_of(region) if zone not in names and zone_id(zone) not in ids]
    if arguments.get("state") not in (None, "available"):
        found = []
    return {
        **arguments,
        "id": region,
        "region": region,
        "names": found,
        "zoneIds": [zone_id(zone) for zone in found],
        "groupNames": [region] if found else [],
    }


def _default_tags(account: Account, _arguments: Properties) -> Properties:
    given = account.settings.get("defaultTags")
    tags = cast("Properties", given).get("tags") if isinstance(given, dict) else None
    return {"id": account.words["partition"], "tags": tags or {}}


INVOKES: Final[dict[str, Invoke]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
}
"""The functions."""
