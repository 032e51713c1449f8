"""How the providers of the clouds word what they refuse."""

import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from flotilla.sandbox.clouds.limits import Broken, Violation
from flotilla.sandbox.plugin.property_path import Path, format_path

Wording = Callable[[Path, Violation], str]
"""The message for a value that breaks a limit, without the name of the resource."""

_CAPITAL: Final = re.compile(r"(?<!^)([A-Z]+(?=[A-Z][a-z])|[A-Z])")


def snake(path: Path) -> str:
    """A path as the providers from Terraform name it: maps are lists of one there."""
    words: list[str] = []
    for index, step in enumerate(path):
        words.append(_CAPITAL.sub(r"_\1", step).lower() if isinstance(step, str) else str(step))
        follows = path[index + 1] if index + 1 < len(path) else None
        if isinstance(step, str) and isinstance(follows, str):
            words.append("0")
    return ".".join(words)


def bridged(path: Path, violation: Violation) -> str:
    """As the providers for AWS and Google Cloud say it."""
    where = path if violation.index is None else (*path, violation.index)
    return _BRIDGED[violation.broken](snake(where), violation)


def _range(least: float | None, most: float | None) -> str:
    if most is None:
        return f"at least ({least})"
    if least is None:
        return f"at most ({most})"
    return f"in the range ({least} - {most})"


def _not_listed(name: str, violation: Violation) -> str:
    allowed = " ".join(json.dumps(item) for item in violation.limits.enum)
    return f"expected {name} to be one of [{allowed}], got {violation.value}"


def _wrong_length(name: str, violation: Violation) -> str:
    least, most = violation.limits.min_length or 0, violation.limits.max_length
    if most is None and least == 1:
        return f"{name} must not be empty, got {violation.value}"
    return f"expected length of {name} to be {_range(least, most)}, got {violation.value}"


def _wrong_prefix(name: str, violation: Violation) -> str:
    least, most = violation.limits.prefix or (0, 0)
    bits = str(violation.value).rpartition("/")[2]
    return (
        f'expected "{name}" to contain a network Value with between {least} and {most} '
        f"significant bits, got: {bits}"
    )


def _with_host_bits(_name: str, violation: Violation) -> str:
    right = ipaddress.ip_network(str(violation.value), strict=False)
    return f'"{violation.value}" is not a valid IPv4 CIDR block; did you mean "{right}"?'


def _badly_formed(name: str, violation: Violation) -> str:
    form = _FORMS.get(violation.limits.format, _FORMS["cidr"])
    return form.format(name=name, text=violation.value)


_FORMS: Final = {
    "arn": '"{name}" ({text}) is an invalid ARN: arn: invalid prefix',
    "cidr": '"{text}" is not a valid CIDR block: invalid CIDR address: {text}',
    "domain": "expected {text} to be a domain like serviceusage.googleapis.com",
    "final-dot": '"{name}" ("{text}") doesn\'t end with ".", it must end with a trailing dot',
    "ipv4": "expected {name} to contain a valid IPv4 address, got: {text}",
    "json": '"{name}" contains an invalid JSON: it cannot be read',
    "json-policy": '"{name}" contains an invalid JSON policy: it cannot be read',
    "private-asn": 'expected "{name}" to be a RFC6996-compliant Local ASN: {text}',
}
"""What to say of a text that is not of a form."""

_BRIDGED: Final[Mapping[Broken, Callable[[str, Violation], str]]] = {
    "enum": _not_listed,
    "range": lambda name, it: f"expected {name} to be {_range(it.limits.min, it.limits.max)}, got {it.value}",
    "length": _wrong_length,
    "pattern": lambda name, it: (
        f'invalid value for {name} ("{it.value}" doesn\'t match "{it.limits.pattern}")'
    ),
    "not": lambda name, it: f'invalid value for {name} ("{it.value}" must not match "{it.limits.not_}")',
    "items": lambda name, it: (
        f"Attribute {name} requires {_range(it.limits.min_items, it.limits.max_items)} items"
    ),
    "prefix": _wrong_prefix,
    "hostBits": _with_host_bits,
    "within": lambda name, it: (
        f"invalid value for {name} (must be within {', '.join(it.limits.within)}): {it.value}"
    ),
    "format": _badly_formed,
}


def azure(path: Path, violation: Violation) -> str:
    """As the provider `azure-native` says it."""
    where = path if violation.index is None else (*path, violation.index)
    say = _AZURE.get(violation.broken)
    name = format_path(where)
    return (
        say(name, violation) if say else f"The value '{violation.value}' of parameter '{name}' is not valid."
    )


def _azure_length(name: str, violation: Violation) -> str:
    length, least = len(str(violation.value)), violation.limits.min_length
    if least is not None and length < least:
        return f"'{name}' is too short ({length}): at least {least} characters required"
    return f"'{name}' is too long ({length}): at most {violation.limits.max_length} characters allowed"


_AZURE: Final[Mapping[Broken, Callable[[str, Violation], str]]] = {
    "pattern": lambda name, it: f"'{name}' does not match expression '{it.limits.pattern}'",
    "length": _azure_length,
    "range": lambda name, it: f"'{name}' must be {_range(it.limits.min, it.limits.max)}, and is {it.value}",
    "enum": lambda name, it: (
        f"The value '{it.value}' of parameter '{name}' is not allowed. "
        f"Allowed values are: {', '.join(str(item) for item in it.limits.enum)}."
    ),
}
