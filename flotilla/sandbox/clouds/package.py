"""What is particular to one cloud's package: words, ids, messages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Final, Literal, cast

from flotilla.sandbox.clouds.kinds import Invoke, Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.clouds.wording import Wording

Name = Literal["aws", "gcp", "azure-native"]

PACKAGES: Final[Mapping[str, str]] = {"aws": "aws", "gcp": "gcp", "azure-native": "azure"}
"""The packages that the sandbox plays, each with the Python package of its kinds."""


@dataclass(frozen=True)
class Package:
    """A cloud's Pulumi package."""

    name: Name
    distribution: str
    """The Python distribution of its SDK, whose version is the plugin's."""
    wording: Wording
    examine: bool
    """Whether a failed check ends with the property's place: `Examine values at 'NAME.PROPERTY'.`"""
    digits: int
    """How many random digits end a name that the provider finds."""
    separator: str
    """What stands before them."""
    placed: tuple[str, ...]
    """Inputs that the provider's configuration fills where a resource does not give them."""
    words: Callable[[Account], Mapping[str, str]]
    """What ids and messages are made with."""
    scope: Callable[[Request], str]
    """What ids are unique in, besides their type."""
    identity: Callable[[Request], str]
    """The id of a resource whose type has no kind."""
    refers: Callable[[Request, object, Resource], bool]
    """Whether a value of a request names a resource."""
    refusal: Callable[[Request, str, str], str]
    """The provider's message for a code and a message of the cloud."""
    given: Callable[[Request, str, object], Resource | None] = lambda _request, _token, _value: None
    """What a value names of a type that is there already and of no stack: a resource that shows nothing."""


def canonical(token: str) -> str:
    """A type without the API version that azure-native may have in it: `network/v20240501:Subnet`."""
    package, module, name = token.split(":", 2)
    if package == "azure-native":
        module = module.partition("/v")[0]
    return f"{package}:{module}:{name}"


def load(name: str) -> Package:
    """A package by its name."""
    return cast("Package", import_module(f"{__package__}.{PACKAGES[name]}.package").PACKAGE)


def kind_of(package: Package, token: str) -> Kind | None:
    """The kind of a type; None where the sandbox has none."""
    kinds = cast("Iterable[Kind]", _table(package, token, "KINDS") or ())
    return next((kind for kind in kinds if kind.token == token), None)


def invoke_of(package: Package, token: str) -> Invoke | None:
    """The function of a token; None where the sandbox has none."""
    return cast("Mapping[str, Invoke]", _table(package, token, "INVOKES") or {}).get(token)


@cache
def _table(package: Package, token: str, table: str) -> object:
    """A table of the module that a token's service has: `aws/ec2.py` for `aws:ec2/vpc:Vpc`."""
    service = token.split(":")[1].partition("/")[0]
    name = f"{__package__}.{PACKAGES[package.name]}.{service}"
    if not service.isidentifier() or find_spec(name) is None:
        return None
    return cast("object", getattr(import_module(name), table, None))
