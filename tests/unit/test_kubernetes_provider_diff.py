"""Differences between what is known of an object and new inputs, and which of them replace it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes.diff import compare, prune
from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.kubernetes.replacement import replacing_fields
from flotilla.sandbox.plugin.property_path import contains, format_path, parse_path
from flotilla.sandbox.plugin.protocol import UNKNOWN

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab.", max_size=3)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("xy", max_size=2), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.text("xyz", min_size=1, max_size=2), VALUES, max_size=4)


def object_of(api_version: str, kind: str, **fields: object) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, **fields}


def changes(old: Manifest, new: Manifest, *, mutable: bool = False) -> dict[str, str]:
    fields = replacing_fields(new, mutable_config_maps=mutable, mutable_secrets=mutable)
    found = compare(old, new, fields).changes
    return {text: change.kind + ("-replace" if change.replace else "") for text, change in found.items()}


@given(OBJECTS)
def test_equal_objects_do_not_differ(obj: Manifest) -> None:
    assert not compare(obj, obj, ()).changes


@given(OBJECTS)
def test_an_object_cut_to_its_own_shape_is_itself(obj: Manifest) -> None:
    assert not compare(prune(obj, obj), obj, ()).changes


@given(OBJECTS, OBJECTS)
def test_what_the_old_inputs_do_not_name_is_no_difference(live: Manifest, shape: Manifest) -> None:
    assert set(prune(live, shape)) <= set(shape)


def test_a_map_that_is_wholly_new_or_gone_is_one_entry() -> None:
    old = object_of("v1", "ConfigMap", metadata={"labels": {"a": "1", "b": "2"}})
    new = object_of("v1", "ConfigMap", metadata={"annotations": {"a": "1", "b": "2"}})
    assert changes(old, new) == {"metadata.labels": "delete", "metadata.annotations": "add"}


def test_lists_are_compared_by_index() -> None:
    old = object_of("x/v1", "X", spec={"ports": [{"port": 1}, {"port": 2}], "types": ["a"]})
    new = object_of("x/v1", "X", spec={"ports": [{"port": 3, "name": "n"}], "types": ["a", "b"]})
    assert changes(old, new) == {
        "spec.ports[0].name": "add",
        "spec.ports[0].port": "update",
        "spec.ports[1]": "delete",
        "spec.types[1]": "add",
    }


def test_numbers_are_compared_by_value_and_truth_is_no_number() -> None:
    assert not changes({"a": 1}, {"a": 1.0})
    assert changes({"a": 1}, {"a": True}) == {"a": "update"}


def test_an_unknown_value_is_a_difference() -> None:
    assert changes({"a": 1, "l": [1]}, {"a": UNKNOWN, "l": [UNKNOWN], "n": UNKNOWN}) == {
        "a": "update",
        "l[0]": "update",
        "n": "add",
    }


def test_a_zero_that_the_server_does_not_show_counts_as_there() -> None:
    shape: Manifest = {"hostNetwork": False, "replicas": 3, "env": []}
    assert prune({"image": "i"}, shape) == {"hostNetwork": False, "env": []}


@pytest.mark.parametrize(
    ("obj", "old", "new", "expected"),
    [
        (("v1", "ConfigMap"), {"data": {"k": "1"}}, {"data": {"k": "2"}}, {"data.k": "update-replace"}),
        (("v1", "ConfigMap"), {}, {"binaryData": {"k": "eA=="}}, {"binaryData": "add-replace"}),
        (("v1", "Secret"), {"type": "Opaque"}, {"type": "x/y"}, {"type": "update-replace"}),
        (("v1", "Service"), {"spec": {"clusterIP": "1"}}, {"spec": {}}, {"spec.clusterIP": "delete-replace"}),
        (
            ("apps/v1", "Deployment"),
            {"spec": {"selector": {"matchLabels": {"app": "a"}}, "replicas": 1}},
            {"spec": {"selector": {"matchLabels": {"app": "b"}}, "replicas": 2}},
            {"spec.selector.matchLabels.app": "update-replace", "spec.replicas": "update"},
        ),
        (
            ("batch/v1", "Job"),
            {"spec": {"template": {"spec": {"containers": [{"image": "1"}]}}, "backoffLimit": 1}},
            {"spec": {"template": {"spec": {"containers": [{"image": "2"}]}}, "backoffLimit": 2}},
            {"spec.template.spec.containers[0].image": "update-replace", "spec.backoffLimit": "update"},
        ),
        (
            ("v1", "Pod"),
            {"spec": {"containers": [{"name": "a", "image": "1"}], "activeDeadlineSeconds": 1}},
            {"spec": {"containers": [{"name": "a", "image": "2"}, {"name": "b", "image": "1"}]}},
            {
                "spec.activeDeadlineSeconds": "delete",
                "spec.containers[0].image": "update-replace",
                "spec.containers[1]": "add-replace",
            },
        ),
        (
            ("v1", "PersistentVolume"),
            {"spec": {"hostPath": {"path": "/a"}, "capacity": {"storage": "1Gi"}}},
            {"spec": {"nfs": {"path": "/a"}, "capacity": {"storage": "2Gi"}}},
            {
                "spec.hostPath": "delete-replace",
                "spec.nfs": "add-replace",
                "spec.capacity.storage": "update",
            },
        ),
        (
            ("v1", "PersistentVolumeClaim"),
            {"spec": {"accessModes": ["a"], "resources": {"requests": {"storage": "1Gi"}}}},
            {"spec": {"accessModes": ["b"], "resources": {"requests": {"storage": "2Gi"}}}},
            {"spec.accessModes[0]": "update-replace", "spec.resources.requests.storage": "update"},
        ),
        (
            ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
            {"roleRef": {"name": "a"}, "subjects": [{"name": "a"}]},
            {"roleRef": {"name": "b"}, "subjects": [{"name": "b"}]},
            {"roleRef.name": "update-replace", "subjects[0].name": "update"},
        ),
        (("policy/v1", "PodDisruptionBudget"), {"spec": {"a": 1}}, {"spec": {"a": 2}}, {"spec.a": "update"}),
        (
            ("policy/v1beta1", "PodDisruptionBudget"),
            {"spec": {"a": 1}},
            {"spec": {"a": 2}},
            {"spec.a": "update-replace"},
        ),
        (
            ("scheduling.k8s.io/v1", "PriorityClass"),
            {"value": 1, "metadata": {"name": "a"}},
            {"value": 2, "metadata": {"name": "b"}},
            {"value": "update", "metadata.name": "update-replace"},
        ),
    ],
)
def test_each_kind_is_replaced_by_its_own_fields(
    obj: tuple[str, str], old: Manifest, new: Manifest, expected: dict[str, str]
) -> None:
    assert changes(object_of(*obj, **old), object_of(*obj, **new)) == expected


def test_mutable_config_maps_change_in_place_until_they_are_immutable() -> None:
    old, new = object_of("v1", "ConfigMap", data={"k": "1"}), object_of("v1", "ConfigMap", data={"k": "2"})
    assert changes(old, new, mutable=True) == {"data.k": "update"}
    frozen = {"immutable": True}
    assert changes({**old, **frozen}, {**new, **frozen}, mutable=True) == {"data.k": "update-replace"}


def test_the_type_of_a_mutable_secret_still_replaces_it() -> None:
    old = object_of("v1", "Secret", type="a", data={"k": "1"})
    new = object_of("v1", "Secret", type="b", data={"k": "2"})
    assert changes(old, new, mutable=True) == {"data.k": "update", "type": "update-replace"}


def test_a_new_map_that_holds_a_replacing_field_replaces() -> None:
    old, new = object_of("apps/v1", "Deployment"), object_of("apps/v1", "Deployment", spec={"selector": {}})
    assert changes(old, new) == {"spec": "add-replace"}


def test_ignored_paths_are_taken_out_with_all_below_them() -> None:
    old: Manifest = {"spec": {"replicas": 1, "containers": [{"image": "1"}], "x": 1}}
    new: Manifest = {"spec": {"replicas": 2, "containers": [{"image": "2"}], "x": 2}}
    found = compare(old, new, ()).without(["spec.replicas", "spec.containers[*]"])
    assert set(found.changes) == {"spec.x"}


@given(st.lists(st.text('ab."[]', min_size=1, max_size=4) | st.integers(0, 9), min_size=1, max_size=5))
def test_paths_are_read_as_they_are_written(steps: list[str | int]) -> None:
    path = ("root", *steps)
    assert parse_path(format_path(path)) == path


def test_a_path_contains_itself_and_what_is_below() -> None:
    assert contains(("a", "*"), ("a", 0, "b"))
    assert not contains(("a", "b"), ("a",))
