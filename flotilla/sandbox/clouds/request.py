"""One request to a cloud, with all that a kind needs to answer it."""

import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from flotilla.sandbox.clouds.errors import CloudError
from flotilla.sandbox.clouds.facts import TypeFacts
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.store import Resource, Store
from flotilla.sandbox.plugin.engine_log import EngineLog
from flotilla.sandbox.plugin.protocol import Properties

if TYPE_CHECKING:
    from flotilla.sandbox.clouds.package import Package

Verb = Literal["creating", "reading", "updating", "deleting"]

_WORD: Final = re.compile(r"\{(\w+(?: \w+)*)\}")


@dataclass(frozen=True)
class Account:
    """A configured provider: which account, project or subscription it works in, and what it holds."""

    package: "Package"
    directory: Path
    """The workspace."""
    store: Store
    log: EngineLog
    settings: Mapping[str, object] = field(default_factory=dict[str, object])
    """The provider's configuration, as the program or the stack gives it."""

    def setting(self, name: str, default: str = "") -> str:
        """A setting that is a text."""
        found = self.settings.get(name)
        return found if isinstance(found, str) and found else default

    @property
    def words(self) -> Mapping[str, str]:
        """What ids and messages are made with: region and account, project, or subscription."""
        return self.package.words(self)


@dataclass
class Request:
    """A resource that is made, changed, read or deleted."""

    account: Account
    facts: TypeFacts
    verb: Verb
    urn: str
    inputs: Properties
    """What the program gives: plain values."""
    identity: str = ""
    old: Resource | None = None
    """What the store holds, where the resource is there already."""
    outputs: Properties = field(default_factory=dict[str, object])
    """What the cloud shows, as far as it is known."""

    @property
    def token(self) -> str:
        """The type."""
        return self.facts.token

    @property
    def store(self) -> Store:
        """What the cloud holds."""
        return self.account.store

    @property
    def logical_name(self) -> str:
        """The name that the program knows the resource by."""
        return self.urn.rpartition("::")[2]

    def value(self, path: str) -> object:
        """The input at a path."""
        return value_at(self.inputs, path)

    def text(self, path: str, default: str = "") -> str:
        """The input at a path, where it is a text."""
        found = self.value(path)
        return found if isinstance(found, str) else default

    def word(self, name: str) -> str:
        """What ids are made with: an input, or what the provider's configuration says."""
        return self.text(name) or self.account.words.get(name, "")

    def filled(self, template: str, **words: object) -> str:
        """A template, each `{word}` in it replaced: by one of `words`, an output, an input or a setting."""

        def fill(match: re.Match[str]) -> str:
            name = match[1]
            if name.endswith(" hex"):
                return hexadecimal(int(name.removesuffix(" hex")))
            if name == "uuid":
                return unique()
            known = words.get(name, self.outputs.get(name, self.inputs.get(name)))
            return str(known if known is not None else self.account.words.get(name, match[0]))

        return _WORD.sub(fill, template)

    def all(self, token: str) -> Iterator[Resource]:
        """The resources of a type that the cloud holds, without this one."""
        return (
            found for found in self.store.all(token) if (found.type, found.id) != (self.token, self.identity)
        )

    def referred(self, token: str, value: object) -> Resource | None:
        """The resource of a type that a value names: by id, ARN, name or link, as the cloud takes it.

        What is there already, and of no stack, is taken for granted where the cloud's package can tell it:
        then nothing but its id is known.
        """
        package = self.account.package
        held = (found for found in self.store.all(token) if package.refers(self, value, found))
        return next(held, None) or package.given(self, token, value)

    def refuse(self, error: str, **words: object) -> NoReturn:
        """Say no with an error of the type's table.

        Raises:
            CloudError: always.
        """
        code, message = self.facts.errors.get(error, ("", ""))
        name = self.outputs.get("name") or self.text("name") or self.text(self.facts.autonamed)
        known = {"id": self.identity, "name": name or self.logical_name, **words}
        self.refuse_with(code or error, self.filled(message or f"{error}: {self.identity}", **known))

    def refuse_with(self, code: str, message: str) -> NoReturn:
        """Say no with a code and a message of one's own.

        Raises:
            CloudError: always.
        """
        raise CloudError(self.account.package.refusal(self, code, message), code)


MADE_HERE: Final = "0f107"
"""How long ids begin that a sandbox cloud makes, which tells them from those of a real one."""

_LONG: Final = 17


def hexadecimal(digits: int) -> str:
    """Random digits for an id."""
    start = MADE_HERE if digits >= _LONG else ""
    return (start + secrets.token_hex((digits + 1) // 2))[:digits]


def unique() -> str:
    """A random UUID."""
    return str(uuid.uuid4())
