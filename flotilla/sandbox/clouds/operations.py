"""Making, reading, changing and deleting resources, whatever their type."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, cast

from flotilla.sandbox.clouds.checking import refused_by_cloud
from flotilla.sandbox.clouds.differing import Plan, plan
from flotilla.sandbox.clouds.facts import TypeFacts, facts_of
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.package import canonical, kind_of
from flotilla.sandbox.clouds.paths import filled, merged, values_at, without
from flotilla.sandbox.clouds.request import Account, Request, Verb
from flotilla.sandbox.clouds.store import Resource, is_hashed, matches
from flotilla.sandbox.plugin.protocol import Properties, Secret, any_in, has_unknown, plain
from flotilla.sandbox.plugin.secrecy import hide_again

WAITS: Final = "FLOTILLA_CLOUD_WAITS"
"""The variable that makes the sandbox clouds take a part of the real ones' time: 0.01, 1, …"""


@dataclass(frozen=True)
class Operations:
    """What can be done with resources in an account."""

    account: Account
    cancelled: threading.Event

    def start(self, verb: Verb, urn: str, token: str, inputs: Properties) -> tuple[Request, Kind | None]:
        """A request for a resource of this type, and what is special of it."""
        package = self.account.package
        facts = facts_of(package.name, canonical(token))
        given = {name: value for name, value in plain(inputs).items() if not name.startswith("__")}
        return Request(self.account, facts, verb, urn, given), kind_of(package, facts.token)

    def create(self, urn: str, token: str, inputs: Properties) -> tuple[str, Properties]:
        """Make a resource; its id and state.

        Raises:
            CloudError: the cloud refuses.
        """
        request, kind = self.start("creating", urn, token, inputs)
        package, marked = self.account.package, _own(inputs)
        with request.store.locked():
            request.outputs = _defaults(request)
            request.identity = self._identity(request, kind)
            self._refuse_inputs(request)
            if request.store.find(request.token, request.identity, package.scope(request)):
                request.refuse("duplicate")
            if kind:
                kind.creating(request)
                request.outputs = merged(kind.computed(request), request.outputs)
            request.outputs = merged(_made_of_templates(request), request.outputs)
            if kind:
                request.outputs = merged(request.outputs, kind.derived(request))
            made = Resource(
                request.token, request.identity, package.scope(request), urn, request.inputs, request.outputs
            )
            request.store.put(_shown(made, marked))
        try:
            self._wait(request)
            more = kind.made(request) if kind else {}
        except BaseException:
            request.store.remove(made)
            raise
        if more:
            request.outputs = merged(request.outputs, more)
            request.store.put(_shown(replace(made, outputs=request.outputs), marked))
        return request.identity, hide_again(request.outputs, marked)

    def preview_create(self, token: str, inputs: Properties) -> Properties:
        """What is known of a resource before it is made: inputs and defaults."""
        request, _ = self.start("creating", "", token, inputs)
        return hide_again(_defaults(request), _own(inputs))

    def read(
        self, urn: str, token: str, identity: str, state: Properties, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Outputs and inputs as they are now; None for what is not there."""
        request, _ = self.start("reading", urn, token, plain(state))
        request.identity = identity
        found = request.store.find(request.token, identity, self.account.package.scope(request))
        if found is None:
            return None
        request.old, request.outputs = found, found.outputs
        shape = _own(inputs) or found.inputs
        live = {
            name: _current(request.facts, name, found.outputs.get(name), value)
            for name, value in shape.items()
        }
        noted = {name: value for name, value in inputs.items() if name.startswith("__")}
        known = {name: value for name, value in live.items() if value is not None}
        outputs = {name: _revealed(value, state.get(name)) for name, value in found.outputs.items()}
        return hide_again(outputs, inputs), {**noted, **known}

    def plan(self, token: str, old: Properties, new: Properties, outputs: Properties) -> Plan:
        """What new inputs would change."""
        facts = facts_of(self.account.package.name, canonical(token))
        return plan(facts, self._placed(facts, old, outputs), self._placed(facts, new, {}), outputs)

    def _placed(self, facts: TypeFacts, inputs: Properties, outputs: Properties) -> Properties:
        """The inputs with region or project: where the state says, or the provider's configuration."""
        words = self.account.words
        placed = {
            name: outputs.get(name, words.get(name))
            for name in self.account.package.placed
            if name in facts.inputs and name not in inputs
        }
        return {**inputs, **placed}

    def update(  # noqa: PLR0917 (what the engine sends, in its order)
        self, urn: str, token: str, identity: str, old: Properties, old_inputs: Properties, inputs: Properties
    ) -> Properties:
        """Change a resource in place; its new state.

        Raises:
            CloudError: the cloud refuses, or has it no more.
        """
        request, kind = self.start("updating", urn, token, inputs)
        request.identity = identity
        marked, before = _own(inputs), _own(plain(old_inputs))
        scoped, _ = self.start("updating", urn, token, plain(old))
        with request.store.locked():
            found = request.store.find(request.token, identity, self.account.package.scope(scoped))
            if found is None:
                request.refuse_with("NotFound", f"{request.token} {identity} is not there any more.")
            request.old = found
            self._refuse_changes(request, self.plan(token, old_inputs, inputs, old))
            self._refuse_inputs(request)
            request.outputs = self._after(request, found.outputs, before)
            if kind:
                kind.updating(request)
                request.outputs = merged(request.outputs, kind.derived(request))
            changed = replace(found, inputs=request.inputs, outputs=request.outputs)
            request.store.put(_shown(changed, marked))
        self._wait(request)
        more = kind.changed(request) if kind else {}
        if more:
            request.outputs = merged(request.outputs, more)
            request.store.put(_shown(replace(changed, outputs=request.outputs), marked))
        return hide_again(request.outputs, marked)

    def preview_update(
        self, token: str, old: Properties, old_inputs: Properties, inputs: Properties
    ) -> Properties:
        """What is known of a resource before it is changed.

        azure-native keeps the inputs, name and location alone, so that all else is unknown.
        """
        request, kind = self.start("updating", "", token, inputs)
        live, marked = plain(old), _own(inputs)
        if self.account.package.name == "azure-native":
            kept = {name: live[name] for name in ("name", "location") if name in live}
            return hide_again(merged(kept, request.inputs), marked)
        request.outputs = self._after(request, live, _own(plain(old_inputs)))
        if kind and not has_unknown(request.inputs):
            request.outputs = merged(request.outputs, kind.derived(request))
        return hide_again(request.outputs, marked)

    def delete(self, urn: str, token: str, identity: str, state: Properties, inputs: Properties) -> None:
        """Delete a resource; one that is not there any more is no mistake.

        Raises:
            CloudError: the cloud refuses.
        """
        request, kind = self.start("deleting", urn, token, state)
        request.identity, package = identity, self.account.package
        scope = package.scope(request)
        with request.store.locked():
            found = request.store.find(request.token, identity, scope)
            if found is None:
                return
            request.old, request.outputs = found, found.outputs
            request.inputs = {**found.inputs, **_own(plain(inputs))}
            self._refuse_deletion(request)
            if kind:
                kind.deleting(request)
        if kind:
            kind.removing(request)
        with request.store.locked():
            request.store.remove(found)

    def _identity(self, request: Request, kind: Kind | None) -> str:
        if kind and kind.identity:
            return kind.identity(request)
        if request.facts.identity:
            return request.filled(request.facts.identity)
        return self.account.package.identity(request)

    def _after(self, request: Request, live: Properties, before: Properties) -> Properties:
        """What the cloud shows after a change: what it showed, defaults, and the new inputs."""
        kept = without(live, _unless_kept(request.facts, before), request.inputs)
        return merged(kept, _defaults(request))

    def _refuse_inputs(self, request: Request) -> None:
        """Refuse what the cloud finds wrong: values, and names of what is not there."""
        package = self.account.package
        for failure in refused_by_cloud(request.facts, request.inputs, package.wording):
            code = next(
                (code for kind, (code, _) in request.facts.errors.items() if kind.startswith("invalid")), ""
            )
            request.refuse_with(code or _INVALID[package.name], failure.reason)
        for reference in request.facts.references:
            for _, value in values_at(request.inputs, reference.property):
                if value and not has_unknown(value) and request.referred(reference.to, value) is None:
                    if reference.error not in request.facts.errors:
                        request.refuse_with(
                            _MISSING[package.name], f"{value} ({reference.to}) does not exist."
                        )
                    words = dict.fromkeys(("id", "arn", "name", "email", reference.property), value)
                    request.refuse(reference.error, **words)

    def _refuse_changes(self, request: Request, changes: Plan) -> None:
        for change in changes.changes:
            if change.rule.refused_by_cloud:
                request.refuse_with(
                    change.rule.refused_by_cloud, f"Changing property '{change.name}' is not allowed."
                )

    def _refuse_deletion(self, request: Request) -> None:
        """Refuse while the resource is guarded, or another needs it."""
        for name, (value, error) in request.facts.guards.items():
            rule = request.facts.properties.get(name)
            if request.outputs.get(name, rule.default if rule else None) == value:
                request.refuse(error)
        user = self._holder(request)
        if user:
            request.refuse(
                "inUseOnDelete", **{"user path": user.id, "user": user.id, "path": request.identity}
            )

    def _holder(self, request: Request) -> Resource | None:
        """Another resource that refers to this one, and so holds it."""
        refers = self.account.package.refers
        target = cast("Resource", request.old)
        for other in request.store.all():
            if (other.type, other.id, other.scope) == (target.type, target.id, target.scope):
                continue
            for reference in facts_of(self.account.package.name, other.type).references:
                if reference.holds and reference.to == target.type:
                    asking = Request(self.account, facts_of(self.account.package.name, other.type), "reading",
                                     other.urn, other.inputs, other.id, other)  # fmt: skip
                    values = values_at(other.outputs, reference.property)
                    if any(refers(asking, value, target) for _, value in values):
                        return other
        return None

    def _wait(self, request: Request) -> None:
        """Take as long as the cloud does, by the factor that is asked for."""
        factor = float(os.environ.get(WAITS) or 0)
        if factor:
            self.cancelled.wait(factor * sum(request.facts.create_seconds) / 2)


_INVALID: Final[Mapping[str, str]] = {
    "aws": "ValidationException",
    "gcp": "400 invalid",
    "azure-native": "InvalidParameter",
}
"""What a cloud calls a value that it does not take, where a type has no word of its own."""


_MISSING: Final[Mapping[str, str]] = {
    "aws": "ResourceNotFoundException",
    "gcp": "404 notFound",
    "azure-native": "ResourceNotFound",
}
"""What a cloud calls a reference to what is not there, where a type has no word of its own."""


def _shown(resource: Resource, marked: Properties) -> Resource:
    """The resource with marks on what is secret, as the store wants it."""
    return replace(resource, inputs=marked, outputs=hide_again(resource.outputs, marked))


def _own(inputs: Properties) -> Properties:
    """The inputs without what the provider noted among them."""
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _defaults(request: Request) -> Properties:
    """The inputs with what the cloud takes where they say nothing: defaults, region or project."""
    found: object = request.inputs
    for path, rule in request.facts.properties.items():
        if rule.default is not None:
            found = filled(found, path, rule.default)
    words = request.account.words
    placed = {name: words[name] for name in request.account.package.placed if name in words}
    known = {name: text for name, text in placed.items() if name in request.facts.inputs}
    return {**known, **cast("Properties", found)}


def _made_of_templates(request: Request) -> Properties:
    """The outputs that the table has templates for, as far as all words are known."""
    words = {name: request.filled(text, id=request.identity) for name, text in request.facts.outputs.items()}
    return {name: text for name, text in words.items() if "{" not in text}


def _unless_kept(facts: TypeFacts, inputs: Properties) -> Properties:
    """The inputs that leave the outputs when the program gives them no more."""
    return {
        name: value
        for name, value in inputs.items()
        if name not in facts.properties or facts.properties[name].when_removed != "none"
    }


def _current(facts: TypeFacts, path: str, live: object, known: object) -> object:
    """What is there now of an input: in maps what the program gave, elsewhere all."""
    if isinstance(known, Secret):
        return Secret(_revealed(live, known.value))
    if any_in(known, Secret) and not isinstance(known, dict):
        return _revealed(live, known)
    rule = facts.properties.get(path)
    if isinstance(known, dict) and isinstance(live, dict) and not (rule and rule.type.endswith("{}")):
        lives, names = cast("Properties", live), cast("Properties", known)
        inner = {
            name: _current(facts, f"{path}.{name}", lives.get(name), value) for name, value in names.items()
        }
        return {name: value for name, value in inner.items() if value is not None}
    if isinstance(known, list) and isinstance(live, list):
        lives_, items = cast("list[object]", live), cast("list[object]", known)
        if len(lives_) == len(items):
            return [_current(facts, f"{path}[]", one, two) for one, two in zip(lives_, items, strict=True)]
    return _revealed(cast("object", live), cast("object", known))


def _revealed(stored: object, known: object) -> object:
    """A value of the store, where hashes give way to the secrets that the state knows."""
    secret = plain({"": known})[""]
    if is_hashed(stored):
        return known if matches(stored, secret) else "a secret that was changed outside of Pulumi"
    if isinstance(stored, dict) and isinstance(known, dict):
        names = cast("Properties", known)
        return {name: _revealed(value, names.get(name)) for name, value in cast("Properties", stored).items()}
    if isinstance(stored, list) and isinstance(known, list):
        values, items = cast("list[object]", stored), cast("list[object]", known)
        if len(values) == len(items):
            return [_revealed(one, two) for one, two in zip(values, items, strict=True)]
    return cast("object", stored)
