"""Checks a document's value against a type, and says what is wrong in words for people."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, NotRequired, Required, TypeVar, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails
from typing_extensions import get_type_hints, is_typeddict

from components.document import Document
from components.documentation import field_descriptions
from components.errors import Path, Problem, listing, nearest
from components.guessing import amended

T = TypeVar("T")

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map",
}
"""What a value should have been, by pydantic's names of errors."""


GUESSES = 3
"""How often a value with mistakes is mended before it is given up."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Keys that are unknown here and known in another file, which is where they are to go."""

    keys: Collection[str] = ()
    """The keys, in camelCase."""
    what: str = ""
    """What is wrong with one of them."""
    cure: str = ""
    """Where it belongs."""


class Checker(Generic[T]):
    """Checks values against one type; made once for each type, as making it takes longer than checking.

    Example:
        CATALOG = Checker(CatalogService)
        service, problems = CATALOG.check(document)
    """

    def __init__(self, of: type[T], elsewhere: Elsewhere = Elsewhere()) -> None:
        """Prepare to check.

        Args:
            of: The type.
            elsewhere: Keys that users look for here. Default: none.
        """
        self._type = of
        self._elsewhere = elsewhere
        self._adapter = TypeAdapter(of)

    def check(self, document: Document, value: object, path: Path = ()) -> tuple[T | None, list[Problem]]:
        """Check one value; of a wrong one, make the best.

        Args:
            document: Where the value comes from.
            value: What to check: maps, lists, text, numbers, truth values and None.
            path: Where the value stands in the document.

        Returns:
            The value with keys in snake_case, or what it was probably meant to be, None if nobody can tell;
            and the problems with their places.
        """
        try:
            # As JSON, because then text is taken for the enumerations and nothing else is converted.
            return self._adapter.validate_json(json.dumps(value), strict=True), []
        except ValidationError as error:
            details = error.errors()
            problems = [document.located(self._problem(each, document, path)) for each in details]
            return self._guess(value, details), problems

    def _guess(self, value: object, details: Sequence[ErrorDetails]) -> T | None:
        # What is left out for being wrong may have been required, so mending one mistake can show another.
        for _ in range(GUESSES):
            value = amended(value, [(each["type"], each["loc"]) for each in details], self._meant)
            try:
                return self._adapter.validate_json(json.dumps(value), strict=True)
            except ValidationError as error:
                details = error.errors()
        return None

    def _meant(self, inside: Path) -> str:
        if self._is_elsewhere(inside):
            return ""
        return nearest(str(inside[-1]), keys_of(type_at(self._type, inside[:-1])))

    def _problem(self, details: ErrorDetails, document: Document, path: Path) -> Problem:
        inside: Path = details["loc"]
        where = (*path, *inside)
        found = details["input"]
        match details["type"]:
            case "extra_forbidden":
                return self._unknown_key(inside, where)
            case "missing":
                return Problem(where, "is missing", f'Add "{inside[-1]}". {self._description(inside)}')
            case "enum":
                choices = [str(member.value) for member in _enumeration(self._type, inside)]
                return Problem(
                    where,
                    f'"{found}" is not possible',
                    f"Possible: {listing(choices)}.",
                    nearest(str(found), choices),
                )
            case kind:
                return _wrong_type(where, _EXPECTED.get(kind, details["msg"]), found, document.text(where))

    def _description(self, inside: Path) -> str:
        declared = type_at(self._type, inside[:-1])
        return field_descriptions(declared)[str(inside[-1])] if isinstance(declared, type) else ""

    def _is_elsewhere(self, inside: Path) -> bool:
        return len(inside) == 1 and inside[0] in self._elsewhere.keys

    def _unknown_key(self, inside: Path, where: Path) -> Problem:
        if self._is_elsewhere(inside):
            return Problem(where, self._elsewhere.what, self._elsewhere.cure)
        known, meant = keys_of(type_at(self._type, inside[:-1])), self._meant(inside)
        cure = "Rename or remove it." if meant else f"Possible here: {listing(known)}."
        return Problem(where, "unknown key", cure, meant)


def type_at(declared: object, path: Path) -> object:
    """The declared type of what stands at a path inside a value of type `declared`; None if nothing can."""
    for step in path:
        declared = _plain(declared)
        if is_typeddict(declared):
            declared = {
                to_camel(key): hint for key, hint in get_type_hints(declared, include_extras=True).items()
            }.get(str(step))
        elif get_origin(declared) in {dict, list}:
            declared = get_args(declared)[-1]
        else:
            return None
    return _plain(declared)


def keys_of(declared: object) -> list[str]:
    """The keys, in camelCase, of a typed map; none for other types."""
    return (
        [to_camel(key) for key in get_type_hints(declared, include_extras=True)]
        if is_typeddict(declared)
        else []
    )


def _plain(declared: object) -> object:
    return get_args(declared)[0] if get_origin(declared) in {NotRequired, Required} else declared


def _enumeration(declared: object, path: Path) -> list[Enum]:
    found = type_at(declared, path)
    return list(found) if isinstance(found, type) and issubclass(found, Enum) else []


def _wrong_type(where: Path, expected: str, found: object, written: str) -> Problem:
    """Say what was expected and what was found, and how to write it."""
    what = f"expected {expected}, found {_name(found)}"
    if expected == "text" and isinstance(found, bool | int | float):
        return Problem(where, what, f'Write it in quotes: "{written or json.dumps(found)}".')
    if isinstance(found, str) and expected in {"a whole number", "true or false"}:
        bare = found.isdecimal() or found in {"true", "false"}
        return Problem(
            where, what, f"Take the quotes away: {found}." if bare else f"Write {expected}, without quotes."
        )
    if found is None:
        return Problem(where, what, "Give it a value, or remove the key.")
    return Problem(where, what, f"Write {expected}.")


def _name(found: object) -> str:
    match found:
        case None:
            return "nothing"
        case bool():
            return "true" if found else "false"
        case int() | float():
            return f"the number {found}"
        case str():
            return f'the text "{found}"'
        case list():
            return "a list"
        case _:
            return "a map"
