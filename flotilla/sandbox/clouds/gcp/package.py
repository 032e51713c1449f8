"""What is particular to Google Cloud: projects and regions, links, how errors print."""

import base64
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from flotilla.sandbox.clouds.differing import same_link
from flotilla.sandbox.clouds.package import Package
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.clouds.wording import bridged

PROJECT: Final = "flotilla-sandbox"
"""The project of everything where the provider's configuration names no other."""
REGION: Final = "us-central1"

_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def _words(account: Account) -> Mapping[str, str]:
    region = account.setting("region", REGION)
    return {
        "project": account.setting("project", PROJECT),
        "region": region,
        "zone": account.setting("zone", f"{region}-a"),
    }


def link(path: str) -> str:
    """The full link to a resource of Compute Engine."""
    return f"https://www.googleapis.com/compute/v1/{path}"


def number() -> str:
    """A number as Google Cloud gives to resources."""
    return str(10**18 + secrets.randbelow(8 * 10**18))


def now() -> str:
    """The time as Compute Engine writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def fingerprint() -> str:
    """What tells one state of a resource from another."""
    return base64.b64encode(secrets.token_bytes(8)).decode()


def _identity(request: Request) -> str:
    name = request.text(request.facts.autonamed) if request.facts.autonamed else request.text("name")
    place = next((request.text(word) for word in ("location", "region") if request.text(word)), "global")
    kind = request.token.rpartition(":")[2]
    plural = f"{kind[:1].lower()}{kind[1:]}s"
    return f"projects/{request.word('project')}/{place}/{plural}/{name or request.logical_name}"


def _refers(_request: Request, value: object, resource: Resource) -> bool:
    named = (resource.id, resource.outputs.get("selfLink"), resource.outputs.get("name"))
    return any(same_link(value, known) for known in named if known)


def _refusal(request: Request, code: str, message: str) -> str:
    if code == "provider error":
        return message
    kind = _CAPITAL.sub(" ", request.token.rpartition(":")[2])
    if message.startswith("Error "):
        return message
    if not message.startswith("googleapi:"):
        number, _, reason = code.partition(" ")
        message = f"googleapi: Error {number}: {message}" + (f", {reason}" if reason else "")
    return f"Error {request.verb} {kind}: {message}"


PACKAGE: Final = Package(
    name="gcp",
    distribution="pulumi-gcp",
    wording=bridged,
    examine=True,
    digits=7,
    separator="-",
    placed=("project", "region"),
    words=_words,
    scope=lambda _request: "",
    identity=_identity,
    refers=_refers,
    refusal=_refusal,
)
"""The package `gcp`."""
