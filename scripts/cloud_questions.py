"""Questions to the provider of a sandbox cloud, made of recorded facts of the real one."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from cloud_samples import ALSO, ALWAYS, BASES, PROVIDERS, beyond, nest, sample

from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.facts import facts_of
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.store import Resource, Store
from flotilla.sandbox.clouds.wording import snake

Fact = dict[str, Any]
UNSURE: Final = ("docs", "assumed", "none")


@dataclass(frozen=True)
class Answer:
    """What a provider said to one fact."""

    token: str
    subject: str
    """The property, or the kind of error."""
    kind: str
    agrees: bool
    said: str = field(compare=False, default="")


def read_facts(path: Path) -> dict[str, Fact]:
    """The facts of a cloud by type."""
    return cast("dict[str, Fact]", json.loads(path.read_text(encoding="utf-8")))


def is_sure(source: str) -> bool:
    """Whether a fact was seen in the provider, its source or its models."""
    return bool(source) and not source.startswith(UNSURE)


class Questions:
    """All questions about one type."""

    def __init__(
        self, cloud: str, workspace: Path, token: str, fact: Fact, facts: Mapping[str, Fact]
    ) -> None:
        self.asked, self.workspace = Asked(cloud, workspace, **PROVIDERS[cloud]), workspace
        self.cloud, self.token, self.fact, self.facts = cloud, token, fact, facts
        self.properties = cast("dict[str, Fact]", fact["properties"])
        self._made: dict[str, Made] = {}

    def all(self) -> Iterator[Answer]:
        """Ask everything."""
        for path, rule in self.properties.items():
            if is_sure(str(rule["source"])) and rule["change"] != "unknown":
                yield from self.changes(path, rule)
            yield from self.values(path, rule)
            if is_sure(str(rule.get("limitsSource", rule["source"]))):
                yield from self.limits(path, rule)
        yield from self.references()
        yield from self.errors()

    # What a change does

    def changes(self, path: str, rule: Fact) -> Iterator[Answer]:
        """Change one property at a time."""
        kind = self.kind_of(path)
        old, new = sample(kind, rule, 0), sample(kind, rule, 1)
        if "whenDisabled" in rule:
            old, new = False, True
        if "whenShrunk" in rule:
            old, new = "10.0.0.0/20", "10.0.0.0/19"
        yield self.changed(path, "change", old, new, str(rule["change"]))
        directions: dict[str, tuple[object, object, Fact]] = {
            "whenRemoved": (Fact() if old is None else old, None, {}),
            "whenDisabled": (True, False, {}),
            "whenShrunk": ("10.0.0.0/19", "10.0.0.0/20", {}),
            "whenAutopilot": (old, new, {"enableAutopilot": True}),
        }
        for direction, (before, after, also) in directions.items():
            if direction in rule:
                yield self.changed(path, direction, before, after, str(rule[direction]), also)
        if is_sure(str(rule.get("cloudRefusesSource", ""))):
            yield self.refused_change(path, old, new, str(rule["cloudRefusesChange"]))
        if "diffIgnores" in rule:
            yield from self.ignored(path, str(rule["diffIgnores"]), old, new)

    def changed(  # noqa: PLR0917 (one row of a table of questions)
        self,
        path: str,
        kind: str,
        old: object,
        new: object,
        wanted: str,
        also: Mapping[str, object] | None = None,
    ) -> Answer:
        """Ask for one change, between inputs that have nothing else."""
        same = dict.fromkeys(self.autonamed(), "same") | dict(also or {})
        owner = path.rpartition(".")[0]
        around = nest(owner, {}) if owner else {}
        before, after = (
            _joined(same, _joined(around, nest(path, old))),
            _joined(same, _joined(around, nest(path, new))),
        )
        answer = self.asked.diff(Made(self.token, "it", "it", {"__defaults": [], **before}, {}), after)
        top = path.partition(".")[0].partition("[")[0]
        did = "replace" if top in answer.replaces else "update" if top in answer.diffs else "no change"
        first = bool(answer.deleteBeforeReplace)
        should = did == "replace" and self.fact["deleteBeforeReplaceRule"] != "never"
        said = f"{did}, delete first: {first}; recorded: {wanted}"
        return Answer(self.token, path, kind, did == wanted and first == should, said)

    def refused_change(self, path: str, old: object, new: object, code: str) -> Answer:
        """A change that the provider sends and the cloud refuses."""
        before, after = nest(path, old), nest(path, new)
        Store(self.workspace, self.cloud).put(Resource(self.token, "it", "", "", before, before))
        try:
            self.asked.update(Made(self.token, "it", "it", before, before), after)
        except RefusedError as error:
            return Answer(self.token, path, "refused change", code in str(error), str(error))
        return Answer(self.token, path, "refused change", agrees=False, said="the cloud takes it")

    def autonamed(self) -> list[str]:
        """The properties that the provider names itself."""
        return cast("list[str]", self.asked.check(self.token, "it", {})[0].get("__defaults", []))

    def ignored(self, path: str, how: str, old: object, new: object) -> Iterator[Answer]:
        """Differences that are none."""
        pairs: dict[str, tuple[object, object, Mapping[str, object]]] = {
            "name, relative path": ("projects/p/global/things/one", "one", {}),
            "host part": ("https://a.example/v1/one", "one", {}),
            "letter case": ("One", "ONE", {}),
            "any change while enableAutopilot": (old, new, {"enableAutopilot": True}),
            "custom: CompareResourceNames": ("projects/one", "one", {}),
            "custom: EmptyOrDefault": ("", None, {}),
        }
        pair = next((pair for start, pair in pairs.items() if how.startswith(start)), None)
        if pair is None:
            yield Answer(self.token, path, "comparison", agrees=False, said=how)
            return
        yield self.changed(path, "diffIgnores", pair[0], pair[1], "no change", pair[2])

    # Which values are refused and taken

    def values(self, path: str, rule: Fact) -> Iterator[Answer]:
        """The values that were tried with the real provider."""
        for tried in cast("list[Fact]", rule.get("check", [])):
            value = self.plain(path, tried["value"])
            found = self.failures(path, value)
            yield Answer(
                self.token, path, "bad value", bool(found), f"takes {value!r}, not: {tried['message']}"
            )
        for taken in cast("list[object]", rule.get("acceptedByProvider", [])):
            value = self.plain(path, taken)
            found = self.failures(path, value)
            yield Answer(self.token, path, "accepted value", not found, f"refuses {value!r}: {found}")

    def limits(self, path: str, rule: Fact) -> Iterator[Answer]:
        """Values at and beyond the limits, refused by the provider or, at the latest, by the cloud."""
        for kind, bad, good in beyond(rule, self.kind_of(path)):
            refused = self.failures(path, bad) or self.refused_by_cloud(path, bad)
            taken = [] if good is None else self.failures(path, good)
            taken = [reason for reason in taken if "ombination of arguments" not in reason]
            said = f"takes {bad!r}" if not refused else f"refuses {good!r}: {taken}"
            yield Answer(self.token, path, kind, bool(refused) and not taken, said)
        if "default" in rule:
            yield self.default(path, rule["default"])
        if rule.get("required"):
            owner = path.rpartition(".")[0]
            inputs = nest(owner, {}) if owner else {}
            _, found = self.asked.check(self.token, "it", inputs)
            named = [reason for _, reason in found if f"'{path.rpartition('.')[2]}'" in reason]
            autonamed = path in self.asked.check(self.token, "it", {})[0]
            yield Answer(self.token, path, "required", bool(named) or autonamed, f"not missed: {found}")
        for kind in ("conflictsWith", "exactlyOneOf"):
            others = [other for other in cast("list[str]", rule.get(kind, [])) if other != path]
            if others:
                yield self.excluded(path, kind, others)

    def excluded(self, path: str, kind: str, others: list[str]) -> Answer:
        """Properties that cannot stand together."""
        renamed = {"allow": "allows", "deny": "denies", "routingPolicy.wrr": "routingPolicy.wrrs",
                   "routingPolicy.geo": "routingPolicy.geos"}  # fmt: skip
        names = [renamed.get(other, other) for other in others if renamed.get(other, other) != path]
        missed: list[str] = []
        for other in names:
            rule = self.properties.get(other, {})
            inputs = _joined(nest(path, sample(self.kind_of(path), self.properties[path], 1)),
                             nest(other, sample(self.kind_of(other), rule, 1)))  # fmt: skip
            _, found = self.asked.check(self.token, "it", inputs)
            if not any("onflict" in reason or "combination" in reason for _, reason in found):
                missed.append(other)
        return Answer(self.token, path, kind, not missed, f"may stand with {missed}")

    def default(self, path: str, wanted: object) -> Answer:
        """What the cloud shows where the inputs say nothing."""
        owner = path.rpartition(".")[0]
        inputs = nest(owner, {}) if owner else {}
        shown = value_at(self.asked.create(self.token, "it", inputs, preview=True).outputs, path)
        agrees = str(shown).lower() == str(wanted).lower()
        return Answer(self.token, path, "default", agrees, f"{shown}; recorded: {wanted}")

    def failures(self, path: str, value: object) -> list[str]:
        """What Check says of a value, without what it says of everything else."""
        inputs = {**nest(path, value), **ALSO.get((self.token, path), {})}
        top = next(iter(inputs))
        _, found = self.asked.check(self.token, "it", inputs)
        return [
            reason
            for name, reason in found
            if (name == top or f"with {top}" in reason) and "required property" not in reason
        ]

    def refused_by_cloud(self, path: str, value: object) -> str:
        """What the cloud says of a value, if it says so because of it."""
        name = path.rpartition(".")[2].removesuffix("[]")
        try:
            self.asked.create(self.token, "it", _joined(ALWAYS.get(self.token, {}), nest(path, value)))
        except RefusedError as error:
            said = str(error)
            return said if name in said or snake((name,)) in said else ""
        return ""

    def kind_of(self, path: str) -> str:
        """The type of a property, as the provider knows it."""
        return kind_of(self.cloud, self.token, path)

    def plain(self, path: str, value: object) -> object:
        """A value in Pulumi's form: names in camelCase, single blocks no lists, long texts written out."""
        return _camel(self.kind_of, path, value)

    # What must exist, be unique, and stay

    def references(self) -> Iterator[Answer]:
        """A name of what is not there."""
        for reference in cast("list[Fact]", self.fact["references"]):
            to = re.match(r"[a-z-]+:[\w/]+:\w+", str(reference["to"]))
            path = str(reference["property"])
            if to and to[0] in self.facts and reference.get("mustExist") and not path.startswith("("):
                yield self.reference(path)

    def reference(self, path: str) -> Answer:
        """A property that names what is not there, in inputs that are right otherwise."""
        kind = f"{self.kind_of(path)}"
        gone = "arn:aws:iam::123456789012:role/gone" if path.casefold().endswith("arn") else "gone"
        if self.cloud == "azure-native" and path.casefold().endswith("id"):
            gone = "/subscriptions/0/resourceGroups/gone/providers/Microsoft.None/none/gone"
        try:
            self.asked.create(self.token, "it", _joined(self.base(), nest(path, gone)))
        except RefusedError as error:
            recorded = cast("dict[str, Fact]", self.fact["errors"])
            missing = [str(recorded[name]["code"]) for name in recorded if name.startswith("missing")]
            codes = [each.split()[0] for code in missing for each in code.split(" / ")]
            agrees = any(code in str(error) for code in codes) or not codes
            return Answer(self.token, path, "reference", agrees, f"{kind}: {error}; recorded: {codes}")
        return Answer(self.token, path, "reference", agrees=False, said="takes what is not there")

    def errors(self) -> Iterator[Answer]:
        """The same thing twice."""
        duplicate = cast("dict[str, Fact]", self.fact["errors"]).get("duplicate")
        if not duplicate or not is_sure(str(duplicate["source"])) or duplicate["code"] in (None, "none"):
            return
        try:
            self.asked.create(self.token, "it", self.base())
        except RefusedError as error:
            yield Answer(self.token, "duplicate", "error", agrees=False, said=f"cannot be made once: {error}")
            return
        code = str(duplicate["code"]).split()[-1]
        if code == "error":
            code = "already exist"
        try:
            self.asked.create(self.token, "it", self.base())
        except RefusedError as error:
            yield Answer(self.token, "duplicate", "error", code in str(error), str(error))
            return
        yield Answer(self.token, "duplicate", "error", agrees=False, said="can be made twice")

    def base(self) -> Fact:
        """Inputs that the cloud takes, with what they refer to made before."""
        if self.token in BASES:
            return BASES[self.token](self.make)
        return {"name": "it", **ALWAYS.get(self.token, {})}

    def make(self, token: str) -> Made:
        """A resource to refer to."""
        if token not in self._made:
            base = BASES.get(token)
            self._made[token] = self.asked.create(token, "other", base(self.make) if base else {})
        return self._made[token]


def kind_of(cloud: str, token: str, path: str) -> str:
    """The type of a property; empty where the provider knows none."""
    properties = facts_of(cloud, token).properties
    rule = properties.get(path) or properties.get(re.sub(r"\.", "{}.", path, count=1))
    return rule.type if rule else ""


def _joined(one: Mapping[str, object], other: Mapping[str, object]) -> Fact:
    both = dict(one)
    for name, value in other.items():
        mine = both.get(name)
        nested = isinstance(mine, dict) and isinstance(value, dict)
        both[name] = _joined(cast("Fact", mine), cast("Fact", value)) if nested else value
    return both


def _camel(kinds: Callable[[str], str], path: str, value: object) -> object:
    kind = kinds(path)
    if isinstance(value, list) and value and isinstance(value[0], dict) and not kind.endswith("[]"):
        value = cast("object", value[0])
    if isinstance(value, list):
        return [_camel(kinds, f"{path}[]", item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        words: Fact = {}
        for name, inner in cast("Fact", value).items():
            camel = re.sub(r"_(\w)", lambda match: match[1].upper(), name) if "{}" not in kind else name
            words[camel] = _camel(kinds, f"{path}.{camel}", inner)
        return words
    long = re.fullmatch(r"<(\d+) chars>", value) if isinstance(value, str) else None
    return "x" * int(long[1]) if long else value
