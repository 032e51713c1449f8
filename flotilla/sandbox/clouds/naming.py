"""Names that the provider finds where the program gives none."""

import hashlib
import secrets
from typing import Final

from pulumi.runtime.proto import provider_pb2

from flotilla.sandbox.clouds.differing import DEFAULTS
from flotilla.sandbox.clouds.facts import TypeFacts
from flotilla.sandbox.clouds.package import Package
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Properties

CREATE_FIRST: Final = "__createBeforeDelete"
"""The input by which azure-native marks resources whose name it found: a new one may stand beside the old."""

_UUIDS: Final = {"azure-native:authorization:RoleAssignment"}
"""Types whose names are UUIDs."""

_UNDASHED: Final = {"azure-native:containerregistry:Registry"}
"""Types whose names have letters and digits alone."""

_PREFIXES: Final = {"aws:kms/alias:Alias": "alias/"}
"""What such names must begin with."""


def with_name(package: Package, facts: TypeFacts, request: provider_pb2.CheckRequest, old: Properties,
              new: Properties) -> Properties:  # fmt: skip
    """The inputs with a name: the given one, the one found earlier, or a new one.

    Raises:
        OperationError: there is none, and the engine allows none to be found.
    """
    field = facts.autonamed
    noted: Properties = {} if package.name == "azure-native" else {DEFAULTS: []}
    if not field or field in new:
        return {**new, **noted}
    found_here: Properties = {DEFAULTS: [field]}
    if package.name == "azure-native":
        found_here[CREATE_FIRST] = True
    before = old.get(DEFAULTS)
    if field in old and isinstance(before, list) and field in before:
        return {**new, field: old[field], **found_here}
    return {**new, field: _new_name(package, facts, request), **found_here}


def _new_name(package: Package, facts: TypeFacts, request: provider_pb2.CheckRequest) -> str:
    options = provider_pb2.CheckRequest.AutonamingOptions
    chosen = request.autonaming if request.HasField("autonaming") else None
    if chosen and chosen.mode == options.DISABLE:
        raise OperationError(
            f"autonaming is disabled: give {request.urn.rpartition('::')[2]} a name ({facts.autonamed})."
        )
    if chosen and chosen.proposed_name:
        return chosen.proposed_name
    name = request.urn.rpartition("::")[2]
    if facts.token in _UUIDS:
        digits = _digits(request.randomSeed, name, 32)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    if package.name == "gcp":
        name = name.lower()
    limits = facts.properties[facts.autonamed].limits
    room = limits.max_length or 63 if package.name == "gcp" else limits.max_length or 255
    end = package.separator + _digits(request.randomSeed, name, package.digits)
    if facts.token in _UNDASHED:
        name, end = name.replace("-", ""), end.replace("-", "")
    prefix = _PREFIXES.get(facts.token, "")
    return prefix + name[: room - len(end) - len(prefix)] + end


def _digits(seed: bytes, salt: str, count: int) -> str:
    if not seed:
        return secrets.token_hex(16)[:count]
    return hashlib.sha256(seed + salt.encode()).hexdigest()[:count]
