"""Who owns which fields, and patches that are computed on the client."""

import re
from typing import cast

import pytest

from flotilla.sandbox.kubernetes.client_side import three_way
from flotilla.sandbox.kubernetes.errors import ApiError
from flotilla.sandbox.kubernetes.forcing import conflict_text, force
from flotilla.sandbox.kubernetes.managers import leave_ignored, moved_to
from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.kubernetes.naming import manager_name
from flotilla.sandbox.kubernetes.options import Options
from flotilla.sandbox.kubernetes.schemas import Schema

MINE = "pulumi-kubernetes-0a1b2c3d"


def entry(manager: str, operation: str, fields: Manifest, subresource: str = "") -> Manifest:
    found: Manifest = {"manager": manager, "operation": operation, "fieldsV1": fields}
    return {**found, "subresource": subresource} if subresource else found


def live(*entries: Manifest, **fields: object) -> Manifest:
    return {"metadata": {"managedFields": [*entries]}, **fields}


def test_fields_of_creation_and_of_kubectl_move_to_the_apply_manager() -> None:
    other = entry("controller", "Update", {"f:status": {}})
    scaled = entry("kubectl", "Update", {"f:spec": {"f:replicas": {}}}, "scale")
    moved = moved_to(
        live(
            entry("pulumi-kubernetes", "Update", {"f:data": {"f:a": {}}}),
            entry("kubectl-patch", "Update", {"f:data": {"f:b": {}}}),
            other,
            scaled,
        ),
        MINE,
    )
    assert moved == [other, scaled, entry(MINE, "Apply", {"f:data": {"f:a": {}, "f:b": {}}})]


def test_fields_move_to_the_entry_that_the_manager_has_already() -> None:
    own = {**entry(MINE, "Apply", {"f:data": {"f:a": {}}}), "time": "t"}
    moved = moved_to(live(entry("before-first-apply", "Update", {"f:x": {}}), own), MINE)
    assert moved == [{**own, "fieldsV1": {"f:data": {"f:a": {}}, "f:x": {}}}]


def test_nothing_moves_where_others_alone_have_written() -> None:
    assert moved_to(live(entry("other", "Apply", {}), entry(MINE, "Apply", {})), MINE) is None


def test_an_ignored_field_of_another_manager_is_left_out() -> None:
    found = leave_ignored(
        {"spec": {"replicas": 1, "paused": True}},
        live(entry("hpa", "Update", {"f:spec": {"f:replicas": {}}}), spec={"replicas": 5}),
        MINE,
        ["spec.replicas"],
    )
    assert found == {"spec": {"paused": True}}


@pytest.mark.parametrize("owners", [[], [MINE], [MINE, "hpa"]])
def test_an_ignored_field_of_ours_keeps_its_live_value(owners: list[str]) -> None:
    entries = [entry(owner, "Apply", {"f:spec": {"f:replicas": {}}}) for owner in owners]
    found = leave_ignored({"spec": {}}, live(*entries, spec={"replicas": 5}), MINE, ["spec.replicas"])
    assert found == {"spec": {"replicas": 5}}


@pytest.mark.parametrize(
    "path", ["spec.containers[0].image", 'metadata.annotations["a.b/c"]', 'spec["node-name"]', "spec.*"]
)
def test_ignored_items_of_lists_and_quoted_names_are_applied_as_the_engine_gives_them(path: str) -> None:
    inputs: Manifest = {
        "metadata": {"annotations": {"a.b/c": "old"}},
        "spec": {"containers": [{"image": "old", "name": "a"}], "node-name": "old"},
    }
    changed: Manifest = {"containers": [{"image": "new"}], "node-name": "new"}
    metadata: Manifest = {"annotations": {"a.b/c": "new"}}
    assert leave_ignored(inputs, {"metadata": metadata, "spec": changed}, MINE, [path]) == inputs


def test_applies_are_forced_by_annotation_by_option_and_in_previews_of_the_first_update() -> None:
    forced: Manifest = {"metadata": {"annotations": {"pulumi.com/patchForce": "true"}}}
    created = live(entry("pulumi-kubernetes", "Update", {}))
    assert force(Options(), forced, created, preview=False)
    assert force(Options(force=True), {}, created, preview=False)
    assert not force(Options(force=False), {}, created, preview=True)
    assert not force(Options(), {}, created, preview=False)
    assert force(Options(), {}, created, preview=True)
    assert not force(Options(), {}, live(entry("other", "Apply", {})), preview=True)


def test_the_manager_is_the_annotated_one_or_the_kept_one_or_a_new_one() -> None:
    chosen: Manifest = {"metadata": {"annotations": {"pulumi.com/patchFieldManager": "mine"}}}
    assert manager_name(chosen, "kept", server_side=True) == "mine"
    assert manager_name({}, "kept", server_side=True) == "kept"
    assert re.fullmatch("pulumi-kubernetes-[0-9a-f]{8}", manager_name({}, None, server_side=True))
    assert manager_name(chosen, "kept", server_side=False) == "pulumi-kubernetes"


def test_a_conflict_names_the_manager_and_the_cure() -> None:
    error = ApiError(409, {"message": 'conflict with "other": .spec.replicas', "reason": "Conflict"})
    told = conflict_text(error, MINE)
    assert all(word in told for word in (MINE, "apply conflict", "other", "patchForce"))
    assert conflict_text(ApiError(422, {"message": "invalid"}), MINE) == "invalid"


PORTS: Manifest = {
    "type": "object",
    "properties": {
        "ports": {
            "type": "array",
            "items": {"type": "object", "properties": {"port": {}, "name": {}, "nodePort": {}}},
            "x-kubernetes-patch-merge-key": "port",
            "x-kubernetes-patch-strategy": "merge",
        },
        "names": {"type": "array", "items": {"type": "string"}},
        "finalizers": {
            "type": "array",
            "items": {"type": "string"},
            "x-kubernetes-patch-strategy": "merge",
        },
        "strategy": {
            "type": "object",
            "properties": {"type": {}, "rolling": {}},
            "x-kubernetes-patch-strategy": "retainKeys",
        },
    },
}


def patch(last: Manifest, new: Manifest, seen: Manifest, schema: Manifest | None = None) -> Manifest:
    return three_way(last, new, seen, Schema({}, schema) if schema else None)


def test_a_patch_holds_what_is_new_changed_or_gone_from_the_program() -> None:
    last, new = {"a": 1, "b": {"c": 1, "d": 1}, "e": 1}, {"a": 2, "b": {"c": 1}, "f": 1}
    seen = {"a": 1, "b": {"c": 1, "d": 1, "theirs": 1}, "e": 1, "theirs": 1}
    assert patch(
        cast("Manifest", last), cast("Manifest", new), cast("Manifest", seen)
    ) == {"a": 2, "b": {"d": None}, "e": None, "f": 1}  # fmt: skip


def test_drift_is_put_right_by_a_patch() -> None:
    assert patch({"a": 1}, {"a": 1}, {"a": 2}) == {"a": 1}


def test_items_with_a_merge_key_are_patched_one_by_one() -> None:
    last: Manifest = {"ports": [{"port": 1}, {"port": 2, "name": "old"}]}
    new: Manifest = {"ports": [{"port": 2, "name": "new"}, {"port": 3}]}
    seen: Manifest = {"ports": [{"port": 1}, {"port": 2, "name": "old", "nodePort": 9}, {"port": 7}]}
    assert patch(last, new, seen, PORTS) == {
        "ports": [{"$patch": "delete", "port": 1}, {"port": 2, "name": "new"}, {"port": 3}],
        "$setElementOrder/ports": [{"port": 2}, {"port": 3}],
    }
    assert patch(new, new, {"ports": [{"port": 3}, {"port": 2, "name": "new", "nodePort": 9}]}, PORTS) == {}


def test_lists_without_merge_key_are_sent_whole() -> None:
    assert patch({"names": ["a"]}, {"names": ["b"]}, {"names": ["a"]}, PORTS) == {"names": ["b"]}
    assert patch({"l": [1]}, {"l": [1, 2]}, {"l": [1]}) == {"l": [1, 2]}


def test_merged_lists_of_texts_are_added_to_and_taken_from() -> None:
    found = patch(
        {"finalizers": ["a", "b"]}, {"finalizers": ["b", "c"]}, {"finalizers": ["a", "b", "theirs"]}, PORTS
    )
    assert found == {"$deleteFromPrimitiveList/finalizers": ["a"], "finalizers": ["c"]}


def test_of_members_that_exclude_one_another_only_the_wanted_are_kept() -> None:
    found = patch({}, {"strategy": {"type": "new"}}, {"strategy": {"type": "old", "rolling": 1}}, PORTS)
    assert found == {"strategy": {"type": "new", "$retainKeys": ["type"]}}
