"""ACM: certificates and their validation by DNS."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from flotilla.sandbox.clouds.aws.route53 import RECORD
from flotilla.sandbox.clouds.aws.tagging import all_tags, now
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

CERTIFICATE: Final = "aws:acm/certificate:Certificate"
VALIDATION: Final = "aws:acm/certificateValidation:CertificateValidation"

_LIFETIME: Final = timedelta(days=198)


def _names(request: Request) -> list[str]:
    others = cast("list[object]", request.value("subjectAlternativeNames") or [])
    return list(dict.fromkeys([request.text("domainName"), *map(str, others)]))


def _options(request: Request) -> list[Properties]:
    """The records that prove to whom names belong; a wildcard and its domain share one."""

    def option(name: str) -> Properties:
        domain = name.removeprefix("*.")
        digest = hashlib.sha256(f"{request.word('account')}/{domain}".encode()).hexdigest()
        return {
            "domainName": name,
            "resourceRecordName": f"_{digest[:32]}.{domain}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{digest[32:]}.{digest[:10]}.acm-validations.aws.",
        }

    return [option(name) for name in _names(request)]


def _outputs(request: Request) -> Properties:
    method = request.text("validationMethod", "DNS")
    return {
        "domainValidationOptions": _options(request) if method == "DNS" else [],
        "keyAlgorithm": "RSA_2048",
        "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
        "pendingRenewal": False,
        "renewalEligibility": "INELIGIBLE",
        "renewalSummaries": [],
        "status": "PENDING_VALIDATION",
        "subjectAlternativeNames": _names(request),
        "type": "AMAZON_ISSUED",
        "validationEmails": [],
        "validationMethod": method,
        **dict.fromkeys(("notBefore", "notAfter"), ""),
    }


def _refuse_source(request: Request) -> None:
    if not request.value("domainName") and not request.value("privateKey"):
        request.refuse_with("ValidationException", "A certificate needs a domain name, or a key to import.")


def _refuse_unproved(request: Request) -> None:
    """Every name's record is in DNS, and among those that the program names."""
    certificate = cast("Resource", request.referred(CERTIFICATE, request.value("certificateArn")))
    options = cast("list[Properties]", certificate.outputs.get("domainValidationOptions") or [])
    needed = {_plain(each["resourceRecordName"]): each["resourceRecordValue"] for each in options}
    given = request.value("validationRecordFqdns")
    fqdns = {_plain(each) for each in cast("list[object]", given)} if isinstance(given, list) else None
    there = {
        _plain(each.outputs.get("fqdn")): [
            _plain(value) for value in cast("list[object]", each.outputs.get("records") or [])
        ]
        for each in request.store.all(RECORD)
    }
    for name, value in needed.items():
        if fqdns is not None and name not in fqdns:
            request.refuse_with("provider error", f"missing {name} DNS validation record")
        if _plain(value) not in there.get(name, []):
            request.refuse("timeout")


def _plain(name: object) -> str:
    return str(name).rstrip(".").lower()


def _issue(request: Request) -> Properties:
    """The certificate is issued."""
    found = request.referred(CERTIFICATE, request.value("certificateArn"))
    if found:
        until = (datetime.now(UTC) + _LIFETIME).strftime("%Y-%m-%dT%H:%M:%SZ")
        issued = {"status": "ISSUED", "notBefore": now(), "notAfter": until, "renewalEligibility": "ELIGIBLE"}
        request.store.put(
            Resource(
                found.type,
                found.id,
                found.scope,
                found.urn,
                found.inputs,
                {**found.outputs, **issued},
                found.created,
            )
        )
    return {}


KINDS: Final = (
    Kind(CERTIFICATE, computed=_outputs, derived=all_tags, creating=_refuse_source),
    Kind(
        VALIDATION,
        identity=lambda _: datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f +0000 UTC"),
        creating=_refuse_unproved,
        made=_issue,
    ),
)
"""What is special of ACM's types."""
