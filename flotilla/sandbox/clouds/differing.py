"""What a change of inputs means: an update in place, a replacement, or nothing."""

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from flotilla.sandbox.clouds.facts import Direction, Property, TypeFacts
from flotilla.sandbox.plugin.property_path import Path, format_path
from flotilla.sandbox.plugin.protocol import Properties, Unknown, plain

DEFAULTS: Final = "__defaults"
"""The input in which a provider notes the names that it found itself."""

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True)
class Change:
    """One difference between old and new inputs."""

    path: Path
    kind: Kind
    old: object
    new: object
    rule: Property
    """What is known of the property, or of the nearest one around it."""
    replace: bool

    @property
    def name(self) -> str:
        """The path as text."""
        return format_path(self.path)


@dataclass(frozen=True)
class Plan:
    """What an update would do."""

    changes: tuple[Change, ...]
    delete_first: bool

    @property
    def replaces(self) -> bool:
        """Whether it takes a new resource."""
        return any(change.replace for change in self.changes)


def plan(facts: TypeFacts, old: Properties, new: Properties, outputs: Properties) -> Plan:
    """Compare inputs.

    Args:
        facts: What is known of the type.
        old: The inputs of the state.
        new: The inputs that the program gives now.
        outputs: The outputs of the state: an input that names what is so already is no change.
    """
    before, after, live = plain(old), plain(new), plain(outputs)
    found = _Comparison(facts, before, after)
    changes = tuple(found.of_maps((), "", before, after, live))
    replaces = any(change.replace for change in changes)
    named = facts.autonamed not in cast("list[object]", before.get(DEFAULTS, []))
    delete_first = facts.delete_first == "always" or (facts.delete_first == "named" and named)
    return Plan(changes, delete_first=replaces and delete_first)


@dataclass(frozen=True)
class _Comparison:
    facts: TypeFacts
    old_inputs: Properties
    new_inputs: Properties

    def of_maps(
        self, path: Path, table: str, old: Mapping[str, object], new: Mapping[str, object], live: object
    ) -> Iterator[Change]:
        lives = cast("Mapping[str, object]", live if isinstance(live, Mapping) else {})
        for name in sorted({*old, *new}):
            if path or not name.startswith("__"):
                yield from self.of_values(
                    (*path, name), self._below(table, name), old.get(name), new.get(name), lives.get(name)
                )

    def of_values(self, path: Path, table: str, old: object, new: object, live: object) -> Iterator[Change]:
        if old is None or new is None:
            yield from self._one_sided(path, table, old, new, live)
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            befores, afters = cast("Mapping[str, object]", old), cast("Mapping[str, object]", new)
            yield from self.of_maps(path, table, befores, afters, live)
        elif isinstance(old, list) and isinstance(new, list):
            befores, afters = cast("list[object]", old), cast("list[object]", new)
            if not _same_items(befores, afters):
                yield from self._of_lists(path, table, befores, afters, live)
        elif not self._same(table, cast("object", old), new):
            yield self._change(path, table, "update", cast("object", old), new)

    def _of_lists(
        self, path: Path, table: str, old: list[object], new: list[object], live: object
    ) -> Iterator[Change]:
        lives = cast("list[object]", live) if isinstance(live, list) else []
        for index in range(max(len(old), len(new))):
            yield from self.of_values(
                (*path, index),
                f"{table}[]",
                old[index] if index < len(old) else None,
                new[index] if index < len(new) else None,
                lives[index] if index < len(lives) else None,
            )

    def _one_sided(self, path: Path, table: str, old: object, new: object, live: object) -> Iterator[Change]:
        """Something appears or vanishes: it, and all that is in it."""
        if old is None and new is None:
            return
        value = new if old is None else old
        rule = self.facts.properties.get(table)
        if rule and rule.default is not None and value == rule.default:
            return
        if self._same(table, old, new) or (old is None and live is not None and live == new):
            return
        kind: Kind = "add" if old is None else "delete"
        yield self._change(path, table, kind, old, new)
        if isinstance(value, Mapping):
            inner = cast("Mapping[str, object]", value)
            yield from self.of_maps(
                path, table, {} if old is None else inner, {} if new is None else inner, live
            )
        elif isinstance(value, list):
            items = cast("list[object]", value)
            yield from self._of_lists(
                path, table, [] if old is None else items, [] if new is None else items, live
            )

    def _below(self, table: str, name: str) -> str:
        inner = f"{table}.{name}" if table else name
        if inner in self.facts.properties or table.endswith("[]"):
            return inner
        free = self.facts.properties.get(table)
        return f"{table}{{}}" if free and free.type.endswith("{}") else inner

    def _change(self, path: Path, table: str, kind: Kind, old: object, new: object) -> Change:
        rule, decides = self._rules(table)
        replace = bool(decides.replace)
        direction = self._direction(rule, kind, old, new)
        if direction is not None:
            replace = direction == "replace"
        return Change(path, kind, old, new, rule, replace=replace)

    def _rules(self, table: str) -> tuple[Property, Property]:
        """The nearest rule of all, and the nearest that says whether to replace."""
        nearest: Property | None = None
        while table:
            rule = self.facts.properties.get(table)
            if rule:
                nearest = nearest or rule
                if rule.replace is not None:
                    return nearest, rule
            table = table.removesuffix("[]") if table.endswith("[]") else (
                table.removesuffix("{}") if table.endswith("{}") else table.rpartition(".")[0]
            )  # fmt: skip
        return nearest or Property(), Property()

    def _direction(self, rule: Property, kind: Kind, old: object, new: object) -> Direction | None:
        if rule.when_removed and kind == "delete":
            return rule.when_removed
        if rule.when_disabled and old is True and not new:
            return rule.when_disabled
        if rule.when_autopilot and self.new_inputs.get("enableAutopilot") is True:
            return rule.when_autopilot
        if rule.when_shrunk and kind == "update" and not _grows(old, new):
            return rule.when_shrunk
        return None

    def _same(self, table: str, old: object, new: object) -> bool:
        if isinstance(old, Unknown) or isinstance(new, Unknown):
            return False
        if old == new and isinstance(old, bool) == isinstance(new, bool):
            return True
        rule = self.facts.properties.get(table)
        while rule is None and table.endswith("[]"):
            table = table.removesuffix("[]")
            rule = self.facts.properties.get(table)
        if rule is None:
            return False
        if rule.when_removed == "none" and new is None:
            return True
        if rule.same == "autopilot":
            return self.new_inputs.get("enableAutopilot") is True
        return means_same(rule, old, new)


def means_same(rule: Property, old: object, new: object) -> bool:
    """Whether the cloud takes two different values of a property for the same."""
    return rule.same in SAME and SAME[rule.same](old, new, rule.default)


def _same_items(old: list[object], new: list[object]) -> bool:
    """Whether two lists of texts hold the same, in whatever order."""
    if all(isinstance(item, str) for item in [*old, *new]):
        return sorted(cast("list[str]", old)) == sorted(cast("list[str]", new))
    return old == new


def _grows(old: object, new: object) -> bool:
    try:
        before, after = ipaddress.ip_network(str(old)), ipaddress.ip_network(str(new))
    except ValueError:
        return False
    return (
        isinstance(before, ipaddress.IPv4Network)
        and isinstance(after, ipaddress.IPv4Network)
        and before.subnet_of(after)
    )


def same_link(old: object, new: object, _default: object = None) -> bool:
    """Whether two texts name the same: a name, a path and a full link may."""
    one, two = str(old or "").split("/"), str(new or "").split("/")
    shorter = min(len(one), len(two))
    return bool(old) and bool(new) and one[-shorter:] == two[-shorter:]


def _folded(value: object) -> str:
    return str(value if value is not None else "").replace(" ", "").casefold()


SAME: Final[dict[str, Callable[[object, object, object], bool]]] = {
    "link": same_link,
    "case": lambda old, new, _default: str(old).casefold() == str(new).casefold(),
    "location": lambda old, new, _default: _folded(old) == _folded(new),
    "empty-or-default": lambda old, new, default: {old or default, new or default} in (
        {default}, {None}, {old or default},
    ),
}  # fmt: skip
"""When different values mean the same: by the old one, the new one and the default."""
