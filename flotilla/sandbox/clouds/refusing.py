"""What a cloud refuses of any type, by its table: values, dangling references, changes, deletion."""

from collections.abc import Mapping
from typing import Final, NoReturn

from flotilla.sandbox.clouds.checking import refused_by_cloud
from flotilla.sandbox.clouds.differing import Plan
from flotilla.sandbox.clouds.facts import facts_of
from flotilla.sandbox.clouds.paths import values_at
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import has_unknown

_INVALID: Final[Mapping[str, str]] = {
    "aws": "ValidationException",
    "gcp": "400 invalid",
    "azure-native": "InvalidParameter",
}
"""What a cloud calls a value that it does not take, where a type has no word of its own."""

_MISSING: Final[Mapping[str, str]] = {
    "aws": "ResourceNotFoundException",
    "gcp": "404 notFound",
    "azure-native": "ResourceNotFound",
}
"""What a cloud calls a reference to what is not there, where a type has no word of its own."""


def refuse_inputs(request: Request) -> None:
    """Refuse what the cloud finds wrong: values, and names of what is not there."""
    package, errors = request.account.package, request.facts.errors
    for failure in refused_by_cloud(request.facts, request.inputs, package.wording):
        code = next((error[0] for kind, error in errors.items() if kind.startswith("invalid")), "")
        request.refuse_with(code or _INVALID[package.name], failure.reason)
    for reference in request.facts.references:
        for _, value in values_at(request.inputs, reference.property):
            if not value or has_unknown(value) or request.referred(reference.to, value):
                continue
            if reference.error not in errors:
                request.refuse_with(_MISSING[package.name], f"{value} ({reference.to}) does not exist.")
            words = dict.fromkeys(("id", "arn", "email", reference.property), value)
            request.refuse(reference.error, **words, name=str(value).rpartition("/")[2])


def refuse_gone(request: Request) -> NoReturn:
    """Refuse to change what is not there any more.

    Raises:
        CloudError: always.
    """
    code = _MISSING[request.account.package.name]
    request.refuse_with(code, f"{request.token} {request.identity} is not there any more.")


def refuse_changes(request: Request, changes: Plan) -> None:
    """Refuse changes that the provider sends as an update and the cloud does not take."""
    for change in changes.changes:
        if change.rule.refused_by_cloud:
            request.refuse_with(
                change.rule.refused_by_cloud, f"Changing property '{change.name}' is not allowed."
            )


def refuse_deletion(request: Request, found: Resource) -> None:
    """Refuse to delete what is guarded, or what another resource needs."""
    for name, (value, error) in request.facts.guards.items():
        rule = request.facts.properties.get(name)
        if request.outputs.get(name, rule.default if rule else None) == value:
            request.refuse(error)
    user = holder_of(request, found)
    if user:
        by = dict.fromkeys(("user", "user id", "user path", "subnet id"), user.id)
        request.refuse("inUseOnDelete", **by, path=request.identity)


def holder_of(request: Request, target: Resource) -> Resource | None:
    """Another resource that refers to this one, and so holds it; None where there is none."""
    package = request.account.package
    for other in request.store.all():
        if (other.type, other.id, other.scope) == (target.type, target.id, target.scope):
            continue
        facts = facts_of(package.name, other.type)
        asking = Request(request.account, facts, "reading", other.urn, other.inputs, other.id, other)
        for reference in facts.references:
            if reference.holds and reference.to == target.type:
                shown = values_at(other.outputs, reference.property)
                given = values_at(other.inputs, reference.property)
                if any(package.refers(asking, value, target) for _, value in (*shown, *given)):
                    return other
    return None
