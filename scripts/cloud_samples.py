"""Values to ask sandbox clouds with: of a type, beyond a pattern, and whole inputs that a cloud takes."""

import re
from collections.abc import Callable
from typing import Any, Final, cast

from flotilla.sandbox.clouds.asking import Made

Inputs = dict[str, Any]
Make = Callable[[str], Made]
"""Makes a resource of a type once, to refer to."""

PROVIDERS: Final[dict[str, dict[str, object]]] = {
    "aws": {"region": "eu-west-1"},
    "gcp": {"project": "acme", "region": "europe-west1"},
    "azure-native": {"subscriptionId": "00000000-0000-4000-8000-000000000001", "location": "westeurope"},
}
"""The configuration of the providers that are asked."""

ALWAYS: Final[dict[str, Inputs]] = {
    "azure-native:containerservice:MaintenanceConfiguration": {"configName": "default"},
}
"""Inputs without which a cloud finds nothing else wrong, by type."""

ALSO: Final[dict[tuple[str, str], Inputs]] = {("aws:route53/record:Record", "aliases"): {"ttl": 300}}
"""What stood beside a value when it was tried: by type and property."""

BASES: Final[dict[str, Callable[[Make], Inputs]]] = {
    "aws:ec2/vpc:Vpc": lambda _: {"cidrBlock": "10.0.0.0/16"},
    "aws:ec2/subnet:Subnet": lambda make: {
        "vpcId": make("aws:ec2/vpc:Vpc").id, "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a",
    },
    "gcp:compute/network:Network": lambda _: {"name": "it", "autoCreateSubnetworks": False},
    "gcp:compute/subnetwork:Subnetwork": lambda make: {
        "name": "it", "ipCidrRange": "10.0.0.0/20", "network": make("gcp:compute/network:Network").id,
    },
    "azure-native:resources:ResourceGroup": lambda _: {"resourceGroupName": "it", "location": "westeurope"},
    "azure-native:network:VirtualNetwork": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "virtualNetworkName": "it",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    },
}  # fmt: skip
"""Inputs that a cloud takes, by type."""


def nest(path: str, value: object) -> Inputs:
    """Inputs with nothing but a value at a path; nothing at all for None."""
    if value is None:
        return {}
    first, _, rest = path.partition(".")
    inner = nest(rest, value) if rest else value
    bare = first.removesuffix("[]").removesuffix("{}")
    return {bare: [inner] if first.endswith("[]") else {"key": inner} if first.endswith("{}") else inner}


def sample(kind: str, rule: Inputs, number: int) -> object:
    """The first or the second value of a type; of objects, first none and then an empty one."""
    options = cast("list[object]", rule.get("enum", []))
    least = int(rule.get("min", 1))
    empty: Inputs = {}
    if kind in ("object[]", "object"):
        none = [] if kind.endswith("[]") else None
        return ([empty] if kind.endswith("[]") else empty) if number else none
    match kind:
        case "boolean":
            return bool(number) if rule.get("default") is not True else not number
        case "integer" | "number":
            return least + number
        case _ if kind.endswith("[]"):
            return [sample(kind[:-2], rule, number)]
        case _ if kind.endswith("{}"):
            return {"key": sample(kind[:-2], {}, number)}
        case _:
            return options[-1 - number] if len(options) > 1 else ("one", "two")[number]


def bad_text(pattern: str) -> str | None:
    """A text that does not match a pattern, or that begins or ends as it should not."""
    candidates = ("", "!", " ", "-", "A B", "\u20ac", "a\u20ac", "\u0000")
    try:
        return next((text for text in candidates if not re.fullmatch(pattern, text)), None)
    except re.error:
        return None
