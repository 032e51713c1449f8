"""Values on the wire, secrets, names and the placing of objects."""

import threading

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes import checkpoint
from flotilla.sandbox.kubernetes.checking import check
from flotilla.sandbox.kubernetes.checkpoint import Checkpoint
from flotilla.sandbox.kubernetes.kinds import Resource, parse_urn, removal
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, text
from flotilla.sandbox.kubernetes.naming import Autonaming
from flotilla.sandbox.kubernetes.options import Options
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.secrecy import hide_like
from flotilla.sandbox.kubernetes.session import Session
from flotilla.sandbox.plugin.engine_log import EngineLog
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import UNKNOWN, Properties, Secret, decode, encode, has_unknown

CONFIG_MAP = parse_urn("urn:pulumi:dev::shop::kubernetes:core/v1:ConfigMap::settings")
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-9, 9) | st.text(max_size=4) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
        | st.builds(Secret, inner)
    ),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), VALUES, max_size=4))
def test_values_survive_the_way_to_the_engine_and_back(properties: Properties) -> None:
    wire = struct_pb2.Struct.FromString(encode(properties).SerializeToString())
    assert decode(wire) == properties


def test_whole_numbers_come_as_integers_and_nulls_in_maps_not_at_all() -> None:
    struct = struct_pb2.Struct()
    struct.update({"a": 1.0, "b": None, "c": 1.5})
    found = decode(struct)
    assert found == {"a": 1, "c": 1.5}
    assert isinstance(found["a"], int)


def test_plain_values_have_no_marks_and_kubernetes_own_names() -> None:
    given_properties: Properties = {"x_kubernetes_list_type": Secret("map"), "a": [Secret({"b": UNKNOWN})]}
    assert plain(given_properties) == {"x-kubernetes-list-type": "map", "a": [{"b": UNKNOWN}]}
    assert has_unknown(given_properties)


def test_outputs_are_secret_where_inputs_are() -> None:
    inputs: Properties = {
        "data": {"a": Secret("1"), "b": "2"},
        "env": [{"value": Secret("3")}, {"value": "4"}],
    }
    outputs: Properties = {"data": {"a": "1", "b": "2"}, "env": [{"value": "3"}], "status": {}}
    assert hide_like(outputs, inputs) == {
        "data": {"a": Secret("1"), "b": "2"},
        "env": Secret([{"value": "3"}]),
        "status": {},
    }


def test_data_of_a_kubernetes_secret_is_secret_unasked() -> None:
    found = hide_like({"kind": "Secret", "data": {"a": "b"}, "type": "Opaque"}, {})
    assert found == {"kind": "Secret", "data": Secret({"a": "b"}), "type": "Opaque"}


def test_a_state_is_read_as_it_was_written() -> None:
    written = Checkpoint(
        {"kind": "Secret", "data": {"a": "b"}}, {"kind": "Secret", "data": {"a": "b"}}, "v1", "me"
    )
    state = checkpoint.write(written, {})
    assert checkpoint.read(state) == written
    assert "data" in str(state)
    assert state["__inputs"] == {"kind": "Secret", "data": Secret({"a": "b"})}


def test_a_urn_tells_type_and_name_also_of_children_and_with_colons() -> None:
    found = parse_urn("urn:pulumi:dev::shop::a:b:C$kubernetes:apps/v1:Deployment::web::one")
    assert (found.token, found.logical_name) == ("kubernetes:apps/v1:Deployment", "web::one")
    assert (found.api_version, found.type_name) == ("apps/v1", "Deployment")
    assert CONFIG_MAP.api_version == "v1"


@pytest.mark.parametrize(
    ("token", "kind", "is_list", "is_patch"),
    [
        ("kubernetes:core/v1:ConfigMapList", "ConfigMapList", True, False),
        ("kubernetes:core/v1:ConfigMapPatch", "ConfigMap", False, True),
        ("kubernetes:example.com/v1:AllowList", "AllowList", False, False),
        ("kubernetes:example.com/v1:HotPatch", "HotPatch", False, False),
    ],
)
def test_lists_and_patches_are_told_from_kinds_with_such_names(
    token: str, kind: str, *, is_list: bool, is_patch: bool
) -> None:
    resource = Resource("urn", token, "a")
    assert (resource.is_list, resource.is_patch({"kind": kind})) == (is_list, is_patch)


def test_a_removed_api_is_named_with_its_successor() -> None:
    told = removal("extensions/v1beta1", "Ingress", (1, 36))
    assert told
    assert "networking.k8s.io/v1/Ingress" in told
    assert removal("extensions/v1beta1", "Ingress", (1, 21)) is None
    assert removal("apps/v1", "Deployment", (1, 36)) is None


def checked(
    inputs: Properties,
    *,
    old: Properties | None = None,
    resource: Resource = CONFIG_MAP,
    options: Options | None = None,
    autonaming: Autonaming | None = None,
    seed: bytes = b"seed",
) -> Manifest:
    session = Session(
        log=EngineLog(""),
        options=options or Options(),
        namespace="room",
        cancelled=threading.Event(),
        unreachable="so",
    )
    return plain(check(session, resource, old or {}, inputs, seed=seed, autonaming=autonaming))


def test_a_name_is_found_from_the_seed_and_marked() -> None:
    found = checked({"metadata": {"annotations": {"a": "b"}}})
    name = text(found, "metadata", "name")
    assert name.startswith("settings-")
    assert len(name) == len("settings-") + 8
    assert dig(found, "metadata", "annotations") == {"a": "b", "pulumi.com/autonamed": "true"}
    assert checked({"metadata": {"annotations": {"a": "b"}}}) == found
    assert text(checked({}, seed=b"other"), "metadata", "name") != name


def test_an_automatic_name_is_kept_and_a_given_one_taken_away_is_not() -> None:
    automatic = checked({})
    assert checked({}, old=dict(automatic), seed=b"other") == automatic
    given_name = checked({"metadata": {"name": "mine"}})
    assert text(checked({}, old=dict(given_name)), "metadata", "name").startswith("settings-")


def test_a_name_that_is_not_known_yet_counts_as_given() -> None:
    assert dig(checked({"metadata": {"name": UNKNOWN}}), "metadata", "name") is UNKNOWN


def test_the_engine_may_propose_or_forbid_a_name() -> None:
    assert text(checked({}, autonaming=Autonaming("propose", "proposed")), "metadata", "name") == "proposed"
    with pytest.raises(OperationError, match="autonaming is disabled"):
        checked({}, autonaming=Autonaming("disable"))


def test_the_default_namespace_goes_to_namespaced_kinds_that_name_none() -> None:
    assert dig(checked({}), "metadata", "namespace") == "room"
    assert dig(checked({"metadata": {"namespace": "mine"}}), "metadata", "namespace") == "mine"
    assert dig(checked({"metadata": {"namespace": UNKNOWN}}), "metadata", "namespace") is UNKNOWN
    namespace = Resource("urn", "kubernetes:core/v1:Namespace", "a")
    assert dig(checked({}, resource=namespace), "metadata", "namespace") is None


def test_the_server_finds_names_under_client_side_apply_alone() -> None:
    with pytest.raises(OperationError, match="generateName"):
        checked({"metadata": {"generateName": "x-"}})
    found = checked({"metadata": {"generateName": "x-"}}, options=Options(server_side_apply=False))
    assert dig(found, "metadata", "name") is None
    assert dig(found, "metadata", "labels") == {"app.kubernetes.io/managed-by": "pulumi"}


def test_lists_cannot_be_created() -> None:
    with pytest.raises(OperationError, match="list resources exist"):
        checked({}, resource=Resource("urn", "kubernetes:core/v1:ConfigMapList", "a"))


def test_a_patch_needs_a_name_and_server_side_apply() -> None:
    patch = Resource("urn", "kubernetes:core/v1:ConfigMapPatch", "a")
    with pytest.raises(OperationError, match="name"):
        checked({"kind": "ConfigMap"}, resource=patch)
    with pytest.raises(OperationError, match="server-side apply"):
        checked(
            {"kind": "ConfigMap", "metadata": {"name": "a"}},
            resource=patch,
            options=Options(server_side_apply=False),
        )


def test_secrets_among_the_inputs_stay_secret_and_string_data_is_folded() -> None:
    session = Session(log=EngineLog(""), unreachable="so")
    resource = Resource("urn", "kubernetes:core/v1:Secret", "a")
    found = check(
        session, resource, {}, {"stringData": {"k": Secret("x")}, "metadata": {"name": Secret("n")}}
    )
    assert found["data"] == Secret({"k": "eA=="})
    assert "stringData" not in found


def test_nothing_is_changed_while_unreachable_if_the_option_says_so() -> None:
    old: Properties = {"metadata": {"name": "a"}}
    found = checked({"metadata": {"name": "b"}}, old=old, options=Options(skip_update_unreachable=True))
    assert found == old
