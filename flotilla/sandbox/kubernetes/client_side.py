"""Client-side apply: the patch from the last inputs and the live object to new inputs, made here."""

from collections.abc import Sequence
from typing import cast

from flotilla.sandbox.kubernetes.connection import MERGE_PATCH, STRATEGIC_PATCH
from flotilla.sandbox.kubernetes.diff import same
from flotilla.sandbox.kubernetes.kinds import BUILT_IN_GROUPS, group_of
from flotilla.sandbox.kubernetes.managers import with_live_value
from flotilla.sandbox.kubernetes.manifest import LAST_APPLIED, Manifest, annotations, api_version, kind, text
from flotilla.sandbox.kubernetes.naming import with_metadata
from flotilla.sandbox.kubernetes.property_path import parse_path
from flotilla.sandbox.kubernetes.schemas import Schema
from flotilla.sandbox.kubernetes.session import Session


def update(
    session: Session,
    last: Manifest,
    inputs: Manifest,
    live: Manifest,
    *,
    ignored: Sequence[str],
    dry_run: bool,
) -> Manifest:
    """The live object after a patch: strategic for built-in kinds, a JSON merge patch for others."""
    for path in ignored:
        inputs = with_live_value(inputs, live, parse_path(path))
    if LAST_APPLIED in annotations(live) and LAST_APPLIED not in annotations(last):
        last = with_metadata(last, annotations={**annotations(last), LAST_APPLIED: ""})
    built_in = group_of(api_version(inputs)) in BUILT_IN_GROUPS
    schema = session.schemas.of(api_version(inputs), kind(inputs)) if built_in else None
    patch = three_way(last, inputs, live, schema)
    content = STRATEGIC_PATCH if schema else MERGE_PATCH
    return session.cluster.patch(live, patch, content, dry_run=dry_run)


def three_way(last: Manifest, new: Manifest, live: Manifest, schema: Schema | None) -> Manifest:
    """What to send: new and changed values, null for what the last inputs had and the new ones have not.

    With a schema, lists of maps that have a merge key are patched item by item; other lists are sent whole.
    """
    patch: Manifest = {key: None for key in last if key not in new and key in live}
    for key, value in new.items():
        known: object = live.get(key)
        old = last.get(key)
        field = schema.field(key) if schema and schema.properties else None
        if isinstance(value, dict) and isinstance(known, dict):
            inner = three_way(_map(old), cast("Manifest", value), cast("Manifest", known), field)
            if inner:
                patch[key] = inner
        elif key not in live:
            patch[key] = value
        elif isinstance(value, list) and isinstance(known, list):
            changed = _lists(
                _list(old), cast("list[object]", value), cast("list[object]", known), schema, key
            )
            if changed is not None:
                patch[key] = changed
        elif not same(cast("object", value), known):
            patch[key] = value
    return patch


def _lists(
    last: list[object], new: list[object], live: list[object], schema: Schema | None, name: str
) -> list[object] | None:
    """The patch of a list; None if there is nothing to change."""
    declared = schema.properties.get(name) if schema else None
    merge_key = text(declared, "x-kubernetes-patch-merge-key")
    if schema is None or not merge_key or "merge" not in text(declared, "x-kubernetes-patch-strategy"):
        return None if same(new, live) else new
    items = schema.resolve(_map(declared).get("items"))
    by_key = {_map(item).get(merge_key): _map(item) for item in live}
    before = {_map(item).get(merge_key): _map(item) for item in last}
    wanted = [_map(item) for item in new]
    kept = {item.get(merge_key) for item in wanted}
    patch: list[object] = [
        {"$patch": "delete", merge_key: key} for key in before if key not in kept and key in by_key
    ]
    for item in wanted:
        key = item.get(merge_key)
        if key not in by_key:
            patch.append(item)
        elif inner := three_way(before.get(key, {}), item, by_key[key], items):
            patch.append({merge_key: key, **inner})
    return patch or None


def _map(value: object) -> Manifest:
    return cast("Manifest", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
