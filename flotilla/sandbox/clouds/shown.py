"""What a cloud shows of a resource: inputs with defaults, what it made itself, what became of it since."""

from typing import cast

from flotilla.sandbox.clouds.differing import means_same
from flotilla.sandbox.clouds.facts import Property, TypeFacts
from flotilla.sandbox.clouds.paths import changed_at, filled, merged, without
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import is_hashed, matches
from flotilla.sandbox.plugin.protocol import UNKNOWN, Properties, Secret, any_in, has_unknown, plain


def with_defaults(request: Request) -> Properties:
    """The inputs with what the cloud takes where they say nothing: defaults, region or project."""
    found: object = request.inputs
    for path, rule in request.facts.properties.items():
        if rule.default is not None:
            found = filled(found, path, rule.default)
        if rule.keyed:
            found = changed_at(found, path, _keys)
    words = request.account.words
    placed = {name: words[name] for name in request.account.package.placed if name in words}
    known = {name: text for name, text in placed.items() if name in request.facts.inputs}
    return {**known, **cast("Properties", found)}


def before_made(request: Request, outputs: Properties) -> Properties:
    """Outputs of which those are unknown that only the cloud knows, below what the inputs say."""
    found: object = outputs
    for path in request.facts.computed:
        found = filled(found, path, UNKNOWN)
    return cast("Properties", found)


def _keys(found: object) -> object:
    """A list of texts as a map with these keys."""
    if not isinstance(found, list) or has_unknown(cast("object", found)):
        return UNKNOWN if isinstance(found, list) else found
    empty: Properties = {}
    return {str(item): empty for item in cast("list[object]", found)}


def _has_keys(found: object, known: object) -> bool:
    """Whether a map has the texts of a list for its keys, whatever the cloud says of each."""
    keys = _keys(known)
    return isinstance(found, dict) and isinstance(keys, dict) and found.keys() == keys.keys()


def made_of_templates(request: Request) -> Properties:
    """The outputs that the table has templates for, as far as all words are known."""
    words = {name: request.filled(text, id=request.identity) for name, text in request.facts.outputs.items()}
    return {name: text for name, text in words.items() if "{" not in text}


def joined(facts: TypeFacts, outputs: Properties, more: Properties) -> Properties:
    """Outputs and further ones: those that are inputs too are merged, others are as they come."""
    over = {name: value for name, value in more.items() if name in facts.inputs}
    return {**merged(outputs, over), **{name: more[name] for name in more.keys() - over.keys()}}


def after(request: Request, live: Properties, before: Properties) -> Properties:
    """What the cloud shows after a change: what it showed, defaults, and the new inputs."""
    properties = request.facts.properties
    removable = {
        name: value
        for name, value in before.items()
        if name not in properties or properties[name].when_removed != "none"
    }
    new = with_defaults(request)
    outputs = merged(without(live, removable, request.inputs), new)
    free = (name for name in request.inputs if name in properties and properties[name].type.endswith("{}"))
    return {**outputs, **{name: new[name] for name in free}}


def current_inputs(facts: TypeFacts, known: Properties, outputs: Properties) -> Properties:
    """The inputs as they are now, of what the program gave."""
    found = {name: _current(facts, name, outputs.get(name), value) for name, value in known.items()}
    return {name: value for name, value in found.items() if value is not None}


def revealed(outputs: Properties, state: Properties) -> Properties:
    """Outputs of the store, where hashes give way to the secrets that the state knows."""
    return {name: _revealed(value, state.get(name)) for name, value in outputs.items()}


def _current(facts: TypeFacts, path: str, live: object, known: object) -> object:
    """What is there now of an input: in maps what the program gave, elsewhere all."""
    rule = facts.properties.get(path, Property())
    if isinstance(known, Secret):
        return Secret(_revealed(live, known.value))
    if means_same(rule, live, known) or (rule.keyed and _has_keys(live, known)):
        return known
    if isinstance(known, dict) and isinstance(live, dict) and not rule.type.endswith("{}"):
        lives, names = cast("Properties", live), cast("Properties", known)
        inner = {
            name: _current(facts, f"{path}.{name}", lives.get(name), value) for name, value in names.items()
        }
        return {name: value for name, value in inner.items() if value is not None}
    if isinstance(known, list) and isinstance(live, list) and not any_in(cast("object", known), Secret):
        lists, items = cast("list[object]", live), cast("list[object]", known)
        if len(lists) == len(items):
            return [_current(facts, f"{path}[]", one, two) for one, two in zip(lists, items, strict=True)]
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
