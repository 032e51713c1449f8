"""What is special of the types of a cloud: the tables in `tables/`, one file for each package.

An entry of a table is a resource type. Its keys, all but `properties` optional:

`deleteFirst`    whether a replacement deletes before it creates: `always`, `never`, or `named`: where the
                 program gave the name
`autonamed`      the property that gets a name where the program gives none
`id`             a template of its id: inputs, settings, `{17 hex}`, `{uuid}`
`outputs`        templates of outputs that the cloud makes once, by name; `{id}` is among their words
`computed`       outputs below an input that are unknown before the cloud makes them
`createSeconds`  the least and the most that the cloud takes
`references`     properties that name another resource, which must exist: `property`, `to` (its type), `error`
                 (if another than `missingReference`), `holds` (the other cannot be deleted meanwhile)
`guards`         properties that, at a value, stand against deletion: `[value, error]`
`errors`         what the cloud refuses: `[code, message]`; `{words}` in messages are filled in
`properties`     by path, `a.b` in a map, `a[].b` in the items of a list, `a{}.b` in the values of a free map:
                 the type alone, or a map of `Property`'s fields

A change is an update in place unless `replace` says otherwise.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Literal, cast

Direction = Literal["replace", "update", "none"]

TABLES: Final = Path(__file__).parent / "tables"


@dataclass(frozen=True)
class Limits:
    """What a value must be like."""

    pattern: str = ""
    not_: str = ""
    """What the text must not match."""
    enum: tuple[object, ...] = ()
    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    prefix: tuple[int, int] | None = None
    """The shortest and the longest prefix of a network."""
    within: tuple[str, ...] = ()
    """Networks, in one of which the value must lie."""
    format: str = ""
    """A form by name: see `limits.FORMATS`."""


@dataclass(frozen=True)
class Property:
    """What is known of one property."""

    type: str = ""
    """`string`, `integer`, `number`, `boolean`, `object` or `any`; with `[]` a list, with `{}` a map."""
    required: bool = False
    replace: bool | None = None
    """Whether a change replaces; None where what it belongs to decides."""
    when_removed: Direction | None = None
    when_shrunk: Direction | None = None
    when_disabled: Direction | None = None
    when_autopilot: Direction | None = None
    default: object = None
    limits: Limits = Limits()
    """What the provider checks before it asks the cloud."""
    cloud: Limits = Limits()
    """What only the cloud finds, when the resource is made or changed."""
    conflicts_with: tuple[str, ...] = ()
    exactly_one_of: tuple[str, ...] = ()
    same: str = ""
    """Which different texts mean the same: see `differing.SAME`."""
    keyed: bool = False
    """Whether the cloud shows a list of texts as a map with these keys."""
    refused_by_cloud: str = ""
    """The code by which the cloud refuses a change that the provider sends as an update."""


@dataclass(frozen=True)
class Reference:
    """A property that names another resource."""

    property: str
    to: str
    error: str = "missingReference"
    holds: bool = False


@dataclass(frozen=True)
class TypeFacts:
    """What is known of a resource type; of one that no table has, nothing."""

    token: str
    known: bool = False
    delete_first: Literal["always", "never", "named"] = "never"
    autonamed: str = ""
    identity: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])
    computed: tuple[str, ...] = ()
    create_seconds: tuple[float, float] = (0, 0)
    references: tuple[Reference, ...] = ()
    guards: Mapping[str, tuple[object, str]] = field(default_factory=dict[str, tuple[object, str]])
    errors: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    properties: Mapping[str, Property] = field(default_factory=dict[str, Property])

    @cached_property
    def children(self) -> Mapping[str, frozenset[str]]:
        """The names below each path; those at the top are below the empty one."""
        found: dict[str, set[str]] = {}
        for path in self.properties:
            if not path.endswith(("[]", "{}")):
                parent, _, name = path.rpartition(".")
                found.setdefault(parent, set()).add(name)
        return {path: frozenset(names) for path, names in found.items()}

    @property
    def inputs(self) -> frozenset[str]:
        """The names of all inputs at the top."""
        return self.children.get("", frozenset())


@cache
def _table(package: str) -> dict[str, dict[str, object]]:
    return cast("dict[str, dict[str, object]]", json.loads((TABLES / f"{package}.json").read_bytes()))


def tokens(package: str) -> list[str]:
    """The types that a package's table has."""
    return list(_table(package))


@cache
def facts_of(package: str, token: str) -> TypeFacts:
    """What is known of a type."""
    entry = _table(package).get(token)
    if entry is None:
        return TypeFacts(token)
    seconds = cast("list[float]", entry.get("createSeconds", [0, 0]))
    references = cast("list[dict[str, str | bool]]", entry.get("references", []))
    guards = cast("dict[str, list[object]]", entry.get("guards", {}))
    errors = cast("dict[str, list[str]]", entry.get("errors", {}))
    properties = cast("dict[str, str | dict[str, object]]", entry["properties"])
    return TypeFacts(
        token,
        known=True,
        delete_first=cast("Literal['always', 'never', 'named']", entry.get("deleteFirst", "never")),
        autonamed=cast("str", entry.get("autonamed", "")),
        identity=cast("str", entry.get("id", "")),
        outputs=cast("dict[str, str]", entry.get("outputs", {})),
        computed=_texts(entry.get("computed")),
        create_seconds=(seconds[0], seconds[1]),
        references=tuple(_reference(reference) for reference in references),
        guards={name: (guard[0], str(guard[1])) for name, guard in guards.items()},
        errors={kind: (error[0], error[1]) for kind, error in errors.items()},
        properties={path: _property(rule) for path, rule in properties.items()},
    )


def _reference(entry: Mapping[str, str | bool]) -> Reference:
    return Reference(
        str(entry["property"]),
        str(entry["to"]),
        str(entry.get("error", "missingReference")),
        holds=bool(entry.get("holds")),
    )


def _property(rule: str | dict[str, object]) -> Property:
    if isinstance(rule, str):
        return Property(rule)
    return Property(
        type=cast("str", rule.get("type", "")),
        required=bool(rule.get("required")),
        replace=cast("bool | None", rule.get("replace")),
        when_removed=cast("Direction | None", rule.get("whenRemoved")),
        when_shrunk=cast("Direction | None", rule.get("whenShrunk")),
        when_disabled=cast("Direction | None", rule.get("whenDisabled")),
        when_autopilot=cast("Direction | None", rule.get("whenAutopilot")),
        default=rule.get("default"),
        limits=_limits(rule),
        cloud=_limits(cast("dict[str, object]", rule.get("cloud", {}))),
        conflicts_with=_texts(rule.get("conflictsWith")),
        exactly_one_of=_texts(rule.get("exactlyOneOf")),
        same=cast("str", rule.get("same", "")),
        keyed=bool(rule.get("keyed")),
        refused_by_cloud=cast("str", rule.get("refusedByCloud", "")),
    )


_NO_LIMITS: Final = Limits()


def _limits(rule: Mapping[str, object]) -> Limits:
    if not rule:
        return _NO_LIMITS
    prefix = cast("list[int] | None", rule.get("prefix"))
    return Limits(
        pattern=cast("str", rule.get("pattern", "")),
        not_=cast("str", rule.get("not", "")),
        enum=tuple(cast("list[object]", rule.get("enum", []))),
        min=cast("float | None", rule.get("min")),
        max=cast("float | None", rule.get("max")),
        min_length=cast("int | None", rule.get("minLength")),
        max_length=cast("int | None", rule.get("maxLength")),
        min_items=cast("int | None", rule.get("minItems")),
        max_items=cast("int | None", rule.get("maxItems")),
        prefix=(prefix[0], prefix[1]) if prefix else None,
        within=_texts(rule.get("within")),
        format=cast("str", rule.get("format", "")),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(cast("list[str]", value)) if value else ()
