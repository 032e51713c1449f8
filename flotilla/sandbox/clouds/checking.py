"""Whether the inputs of a resource are what its type takes: names, types, limits, what excludes what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

from flotilla.sandbox.clouds.facts import TypeFacts
from flotilla.sandbox.clouds.limits import violations
from flotilla.sandbox.clouds.paths import value_at, values_at
from flotilla.sandbox.clouds.wording import Wording
from flotilla.sandbox.plugin.property_path import Path, format_path
from flotilla.sandbox.plugin.protocol import Properties, Secret, Unknown


@dataclass(frozen=True)
class Failure:
    """What is wrong with an input; an empty path means the whole resource."""

    path: str
    reason: str


def failures(facts: TypeFacts, inputs: Properties, wording: Wording) -> Iterator[Failure]:
    """What the provider finds wrong before it asks the cloud. Unknown values count as right."""
    if not facts.known:
        return
    yield from _misshapen(facts, inputs, "", ())
    for path, rule in facts.properties.items():
        for here, value in values_at(inputs, path):
            for violation in violations(value, rule.limits):
                yield Failure(format_path(here), wording(here, violation))
        if rule.required:
            yield from _missing(inputs, path)
        if rule.conflicts_with and value_at(inputs, path) is not None:
            for other in rule.conflicts_with:
                if _is_set(value_at(inputs, other)):
                    yield Failure(
                        path, f'Conflicting configuration arguments: "{path}": conflicts with {other}'
                    )
    yield from _not_one(facts, inputs)


def refused_by_cloud(facts: TypeFacts, inputs: Properties, wording: Wording) -> Iterator[Failure]:
    """What only the cloud finds wrong with the inputs."""
    for path, rule in facts.properties.items():
        for here, value in values_at(inputs, path):
            for violation in violations(value, rule.cloud):
                yield Failure(format_path(here), wording(here, violation))


def _is_set(value: object) -> bool:
    return value is not None and value is not False and value != []


def _missing(inputs: Properties, path: str) -> Iterator[Failure]:
    """A required property is missing only where what it belongs to is there."""
    parent, _, name = path.rpartition(".")
    owners = values_at(inputs, parent) if parent else iter([((), cast("object", inputs))])
    for here, owner in owners:
        if isinstance(owner, Mapping) and cast("Mapping[str, object]", owner).get(name) is None:
            yield Failure(format_path((*here, name)), f"Missing required property '{name}'")


def _not_one(facts: TypeFacts, inputs: Properties) -> Iterator[Failure]:
    groups = dict.fromkeys(rule.exactly_one_of for rule in facts.properties.values() if rule.exactly_one_of)
    for group in groups:
        owner = group[0].rpartition(".")[0]
        if owner and value_at(inputs, owner) is None:
            continue
        given = [path for path in group if value_at(inputs, path) is not None]
        if len(given) != 1:
            names = ",".join(group)
            said = (
                f"only one of `{names}` can be specified" if given else f"one of `{names}` must be specified"
            )
            yield Failure(given[0] if given else group[0], f"Invalid combination of arguments: {said}")


def _misshapen(
    facts: TypeFacts, value: Mapping[str, object], table_path: str, here: Path
) -> Iterator[Failure]:
    """Names that the type does not have, and values of another type."""
    known = facts.children.get(table_path)
    if known is None:
        return  # a map whose names the table does not have
    for name, inner in value.items():
        path = f"{table_path}.{name}" if table_path else name
        if name.startswith("__"):
            continue
        if name not in known:
            yield Failure(format_path((*here, name)), f"Invalid or unknown key '{name}'")
        else:
            yield from _mistyped(facts, inner, facts.properties[path].type, path, (*here, name))


def _mistyped(facts: TypeFacts, value: object, kind: str, path: str, here: Path) -> Iterator[Failure]:
    value = value.value if isinstance(value, Secret) else value
    if isinstance(value, Unknown) or value is None or kind in ("", "any"):
        return
    if kind.endswith("[]") and isinstance(value, list):
        for index, item in enumerate(cast("list[object]", value)):
            yield from _mistyped(facts, item, kind[:-2], f"{path}[]", (*here, index))
    elif kind.endswith("{}") and isinstance(value, Mapping):
        for name, item in cast("Mapping[str, object]", value).items():
            yield from _mistyped(facts, item, kind[:-2], f"{path}{{}}", (*here, name))
    elif kind == "object" and isinstance(value, Mapping):
        yield from _misshapen(facts, cast("Mapping[str, object]", value), path, here)
    elif kind.endswith("[]"):
        yield _expected("an array", value, here)
    elif kind.endswith("{}") or kind == "object":
        yield _expected("an object", value, here)
    elif not _fits(value, kind):
        yield _expected(f"a {kind}", value, here)


_TEXTS: Final = {"true", "false"}


def _fits(value: object, kind: str) -> bool:
    match kind:
        case "boolean":
            return isinstance(value, bool) or value in _TEXTS
        case "integer" | "number":
            return (isinstance(value, (int, float)) and not isinstance(value, bool)) or (
                isinstance(value, str) and value.lstrip("-").replace(".", "", 1).isdigit()
            )
        case _:
            return isinstance(value, (str, int, float, bool))


def _expected(kind: str, value: object, here: Path) -> Failure:
    got = (
        "a boolean" if isinstance(value, bool)
        else "a number" if isinstance(value, (int, float))
        else "a string" if isinstance(value, str)
        else "an array" if isinstance(value, list)
        else "an object"
    )  # fmt: skip
    return Failure(format_path(here), f"expected {kind}, got {got}")
