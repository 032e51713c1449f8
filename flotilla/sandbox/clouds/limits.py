"""What is wrong with one value, by the limits of a table; how it is said is another matter: `wording`."""

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast

from flotilla.sandbox.clouds.facts import Limits
from flotilla.sandbox.plugin.protocol import Secret, Unknown, has_unknown

Broken = Literal[
    "enum", "pattern", "not", "length", "range", "items", "prefix", "hostBits", "within", "format"
]


@dataclass(frozen=True)
class Violation:
    """A limit that a value does not keep."""

    broken: Broken
    value: object
    limits: Limits
    index: int | None = None
    """The item of a list that is meant."""


def violations(value: object, limits: Limits) -> Iterator[Violation]:
    """What is wrong with a value. A list's length counts for the list, all else for each of its items."""
    value = value.value if isinstance(value, Secret) else value
    if limits == _NONE or isinstance(value, Unknown) or value is None:
        return
    if isinstance(value, list):
        items = cast("list[object]", value)
        if _outside(len(items), limits.min_items, limits.max_items):
            yield Violation("items", items, limits)
        for index, item in enumerate(items):
            if not has_unknown(item):
                yield from _of_scalar(item, limits, index)
    else:
        yield from _of_scalar(value, limits, None)


_NONE: Final = Limits()


def _of_scalar(value: object, limits: Limits, index: int | None) -> Iterator[Violation]:
    if isinstance(value, dict):
        return
    if limits.enum and value not in limits.enum:
        yield Violation("enum", value, limits, index)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if _outside(value, limits.min, limits.max):
            yield Violation("range", value, limits, index)
    elif isinstance(value, str):
        yield from (Violation(broken, value, limits, index) for broken in _of_text(value, limits))


def _of_text(text: str, limits: Limits) -> Iterator[Broken]:
    if _outside(len(text), limits.min_length, limits.max_length):
        yield "length"
    elif limits.pattern and not re.search(limits.pattern, text):
        yield "pattern"
    elif limits.not_ and re.search(limits.not_, text):
        yield "not"
    if limits.format and text and not FORMATS[limits.format](text):
        yield "format"
    elif limits.format == "cidr" and text and str(ipaddress.ip_network(text, strict=False)) != text:
        yield "hostBits"
    elif limits.prefix or limits.within:
        yield from _of_network(text, limits)


def _of_network(text: str, limits: Limits) -> Iterator[Broken]:
    if not _is_cidr(text):
        return  # a length alone, such as /14, or empty: the cloud chooses
    network = ipaddress.ip_network(text, strict=False)
    if limits.prefix and _outside(network.prefixlen, *limits.prefix):
        yield "prefix"
    if limits.within and not any(_contains(outer, network) for outer in limits.within):
        yield "within"


def _contains(outer: str, inner: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    around = ipaddress.ip_network(outer)
    return (
        isinstance(inner, ipaddress.IPv4Network)
        and isinstance(around, ipaddress.IPv4Network)
        and (inner.subnet_of(around))
    )


def _outside(number: float, least: float | None, most: float | None) -> bool:
    return (least is not None and number < least) or (most is not None and number > most)


def _is_cidr(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "/" in text


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _is_arn(text: str) -> bool:
    parts = text.split(":", 5)
    return len(parts) == len(["arn", "partition", "service", "region", "account", "resource"]) and all(
        (parts[0] == "arn", parts[1], parts[2], parts[5])
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_private_asn(text: str) -> bool:
    return text.isdigit() and any(
        least <= int(text) <= most
        for least, most in ((64512, 65534), (4200000000, 4294967294), (16550, 16550))
    )


FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "arn": _is_arn,
    "cidr": _is_cidr,
    "cidr-loose": _is_cidr,
    "domain": lambda text: "." in text,
    "final-dot": lambda text: text.endswith("."),
    "ipv4": _is_ipv4,
    "json": _is_json,
    "json-policy": lambda text: text.lstrip().startswith("{") and _is_json(text),
    "private-asn": _is_private_asn,
}
"""Forms of a text by name. `cidr` has no host bits, `cidr-loose` may."""
