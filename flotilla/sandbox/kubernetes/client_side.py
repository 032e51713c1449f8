"""Client-side apply: the patch from the last inputs and the live object to new inputs, made here."""

from typing import cast

from flotilla.sandbox.kubernetes.connection import MERGE_PATCH, STRATEGIC_PATCH
from flotilla.sandbox.kubernetes.diff import same
from flotilla.sandbox.kubernetes.kinds import BUILT_IN_GROUPS, group_of
from flotilla.sandbox.kubernetes.manifest import (
    LAST_APPLIED,
    Manifest,
    annotations,
    api_version,
    kind,
    mapping,
    text,
)
from flotilla.sandbox.kubernetes.naming import with_metadata
from flotilla.sandbox.kubernetes.schemas import Schema
from flotilla.sandbox.kubernetes.session import Session


def update(
    session: Session,
    last: Manifest,
    inputs: Manifest,
    live: Manifest,
    *,
    dry_run: bool,
) -> Manifest:
    """The live object after a patch: strategic for built-in kinds, a JSON merge patch for others."""
    if LAST_APPLIED in annotations(live) and LAST_APPLIED not in annotations(last):
        last = with_metadata(last, annotations={**annotations(last), LAST_APPLIED: ""})
    built_in = group_of(api_version(inputs)) in BUILT_IN_GROUPS
    schema = session.schemas.of(api_version(inputs), kind(inputs)) if built_in else None
    patch = three_way(last, inputs, live, schema)
    content = STRATEGIC_PATCH if schema else MERGE_PATCH
    return session.cluster.patch(live, patch, content, dry_run=dry_run)


def three_way(last: Manifest, new: Manifest, live: Manifest, schema: Schema | None) -> Manifest:
    """What to send: new and changed values, null for what the last inputs had and the new ones have not.

    With a schema, lists that are merged are patched item by item, with the directives of strategic merge
    patches; other lists are sent whole.
    """
    patch: Manifest = {key: None for key in last if key not in new and key in live}
    for key, value in new.items():
        known, old = cast("object", live.get(key)), last.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            wanted = cast("Manifest", value)
            field = schema.field(key) if schema and schema.properties else None
            inner = three_way(_map(old), wanted, cast("Manifest", known), field)
            if inner:
                patch[key] = _retaining(inner, wanted, _declared(schema, key))
        elif key not in live:
            patch[key] = value
        elif isinstance(value, list) and isinstance(known, list):
            lists = _list(old), cast("list[object]", value), cast("list[object]", known)
            patch |= _list_patch(key, *lists, schema)
        elif not same(cast("object", value), known):
            patch[key] = value
    return patch


def _declared(schema: Schema | None, name: str) -> Manifest:
    """What the schema says of a field as a member of its map: how it is merged."""
    return mapping(schema.properties, name) if schema else {}


def _retaining(patch: Manifest, wanted: Manifest, declared: Manifest) -> Manifest:
    """A patch of a map whose members exclude one another: those not wanted go, such as defaults of a type."""
    return {**patch, "$retainKeys": sorted(wanted)} if "retainKeys" in _strategy(declared) else patch


def _strategy(declared: Manifest) -> list[str]:
    return text(declared, "x-kubernetes-patch-strategy").split(",")


def _list_patch(
    name: str, last: list[object], new: list[object], live: list[object], schema: Schema | None
) -> Manifest:
    """The entries of a patch that change a list; none if there is nothing to change."""
    declared = _declared(schema, name)
    if schema is None or "merge" not in _strategy(declared):
        return {} if same(new, live) else {name: new}
    key = text(declared, "x-kubernetes-patch-merge-key")
    if not key:
        gone = [item for item in last if item not in new and item in live]
        more = [item for item in new if item not in live]
        return {
            **({f"$deleteFromPrimitiveList/{name}": gone} if gone else {}),
            **({name: more} if more else {}),
        }
    patch = _items_patch(key, last, new, live, schema, declared)
    order = [{key: _map(item).get(key)} for item in new]
    return {name: patch, f"$setElementOrder/{name}": order} if patch else {}


def _items_patch(  # noqa: PLR0917 (one side each)
    key: str, last: list[object], new: list[object], live: list[object], schema: Schema, declared: Manifest
) -> list[object]:
    """The items of a merged list that are new, changed or gone, told apart by their merge key."""
    inside = schema.resolve(declared.get("items"))
    known = {_map(item).get(key): _map(item) for item in live}
    before = {_map(item).get(key): _map(item) for item in last}
    wanted = {_map(item).get(key): _map(item) for item in new}
    patch: list[object] = [
        {"$patch": "delete", key: gone} for gone in before if gone not in wanted and gone in known
    ]
    for value, item in wanted.items():
        if value not in known:
            patch.append(item)
        elif inner := three_way(before.get(value, {}), item, known[value], inside):
            patch.append(_retaining({key: value, **inner}, item, declared))
    return patch


def _map(value: object) -> Manifest:
    return cast("Manifest", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
