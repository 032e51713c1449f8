"""Making, reading, changing and deleting resources, whatever their type."""

import os
import threading
from dataclasses import dataclass, replace
from typing import Final

from flotilla.sandbox.clouds.differing import Plan, plan
from flotilla.sandbox.clouds.facts import TypeFacts, facts_of
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.package import canonical, kind_of
from flotilla.sandbox.clouds.paths import merged
from flotilla.sandbox.clouds.refusing import refuse_changes, refuse_deletion, refuse_gone, refuse_inputs
from flotilla.sandbox.clouds.request import Account, Request, Verb
from flotilla.sandbox.clouds.shown import (
    after,
    before_made,
    current_inputs,
    joined,
    made_of_templates,
    revealed,
    with_defaults,
)
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Properties, Unknown, has_unknown, plain
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
            request.outputs = with_defaults(request)
            request.identity = self._identity(request, kind)
            refuse_inputs(request)
            repeatable = kind is not None and kind.repeatable
            if not repeatable and request.store.find(request.token, request.identity, package.scope(request)):
                request.refuse("duplicate")
            if kind:
                kind.creating(request)
                request.outputs = merged(kind.computed(request), request.outputs)
            request.outputs = merged(made_of_templates(request), request.outputs)
            if kind:
                request.outputs = joined(request.facts, request.outputs, kind.derived(request))
            made = Resource(
                request.token, request.identity, package.scope(request), urn, request.inputs, request.outputs
            )
            request.store.put(_hidden(made, marked))
        try:
            self._wait(request)
            more = kind.made(request) if kind else {}
        except BaseException:
            request.store.remove(made)
            raise
        if more:
            request.outputs = joined(request.facts, request.outputs, more)
            request.store.put(_hidden(replace(made, outputs=request.outputs), marked))
        return request.identity, hide_again(request.outputs, marked)

    def preview_create(self, token: str, inputs: Properties) -> Properties:
        """What is known of a resource before it is made: inputs and defaults."""
        request, _ = self.start("creating", "", token, inputs)
        return hide_again(before_made(request, with_defaults(request)), _own(inputs))

    def read(
        self, urn: str, token: str, identity: str, state: Properties, inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """Outputs and inputs as they are now; None for what is not there."""
        request, _ = self.start("reading", urn, token, plain(state))
        request.identity = identity
        found = request.store.find(request.token, identity, self.account.package.scope(request))
        if found is None:
            return None
        noted = {name: value for name, value in inputs.items() if name.startswith("__")}
        live = current_inputs(request.facts, _own(inputs) or found.inputs, found.outputs)
        return hide_again(revealed(found.outputs, state), inputs), {**noted, **live}

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
            if name in facts.inputs
            and name not in inputs
            and not isinstance(self.account.settings.get(name), Unknown)
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
                refuse_gone(request)
            request.old = found
            refuse_changes(request, self.plan(token, old_inputs, inputs, old))
            refuse_inputs(request)
            request.outputs = after(request, plain(revealed(found.outputs, old)), before)
            if kind:
                kind.updating(request)
                request.outputs = joined(request.facts, request.outputs, kind.derived(request))
            changed = replace(found, inputs=request.inputs, outputs=request.outputs)
            request.store.put(_hidden(changed, marked))
        self._wait(request)
        more = kind.changed(request) if kind else {}
        if more:
            request.outputs = joined(request.facts, request.outputs, more)
            request.store.put(_hidden(replace(changed, outputs=request.outputs), marked))
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
            return hide_again(before_made(request, merged(kept, with_defaults(request))), marked)
        request.outputs = after(request, live, _own(plain(old_inputs)))
        if kind and not has_unknown(request.inputs):
            request.outputs = joined(request.facts, request.outputs, kind.derived(request))
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
            refuse_deletion(request, found)
            if request.outputs.get("deletionPolicy") == "ABANDON":
                return  # the provider forgets it, and the cloud keeps it
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

    def _wait(self, request: Request) -> None:
        """Take as long as the cloud does, by the factor that is asked for."""
        asked = os.environ.get(WAITS) or "0"
        try:
            factor = float(asked)
        except ValueError as error:
            raise OperationError(f"{WAITS} is a number, such as 0.01, not {asked!r}.") from error
        if factor:
            self.cancelled.wait(factor * sum(request.facts.create_seconds) / 2)


def _hidden(resource: Resource, marked: Properties) -> Resource:
    """The resource with marks on what is secret, as the store wants it."""
    return replace(resource, inputs=marked, outputs=hide_again(resource.outputs, marked))


def _own(inputs: Properties) -> Properties:
    """The inputs without what the provider noted among them."""
    return {name: value for name, value in inputs.items() if not name.startswith("__")}
