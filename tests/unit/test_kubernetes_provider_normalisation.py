"""Inputs in the form in which the API server gives them back."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.kubernetes.normalisation import normalise
from flotilla.sandbox.kubernetes.quantity import canonical
from flotilla.sandbox.kubernetes.schemas import Schemas
from flotilla.sandbox.plugin.protocol import UNKNOWN

GROUP: Manifest = {"group": "apps", "version": "v1", "kind": "Deployment"}


def ref(name: str) -> Manifest:
    return {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "default": {}}


DEFINITIONS: Manifest = {
    "Deployment": {
        "type": "object",
        "x-kubernetes-group-version-kind": [GROUP],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": ref("ObjectMeta"),
            "spec": ref("Spec"),
        },
    },
    "ObjectMeta": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "uid": {"type": "string"},
            "labels": {"type": "object", "additionalProperties": {"type": "string", "default": ""}},
        },
    },
    "Spec": {
        "type": "object",
        "required": ["containers"],
        "properties": {
            "containers": {"type": "array", "items": ref("Container")},
            "hostNetwork": {"type": "boolean"},
            "replicas": {"type": "integer", "format": "int32"},
            "since": {"$ref": "#/components/schemas/meta.v1.Time"},
            "maxSurge": {"$ref": "#/components/schemas/intstr.IntOrString"},
            "strategy": ref("Strategy"),
        },
    },
    "Container": {
        "type": "object",
        "properties": {
            "command": {"type": "array", "items": {"type": "string"}},
            "limits": {
                "type": "object",
                "additionalProperties": {"$ref": "#/components/schemas/resource.Quantity"},
            },
        },
    },
    "Strategy": {"type": "object", "properties": {"type": {"type": "string"}}},
    "meta.v1.Time": {"type": "string", "format": "date-time"},
    "resource.Quantity": {"oneOf": [{"type": "string"}, {"type": "number"}]},
    "intstr.IntOrString": {
        "format": "int-or-string",
        "oneOf": [{"type": "integer"}, {"type": "string"}],
    },
}


@pytest.fixture
def schemas(tmp_path: Path) -> Schemas:
    def fetch(path: str) -> Manifest:
        if path == "/openapi/v3":
            return {"paths": {"apis/apps/v1": {"serverRelativeURL": "/openapi/v3/apis/apps/v1?hash=AB12"}}}
        return {"components": {"schemas": DEFINITIONS}}

    return Schemas(fetch, tmp_path)


def deployment(spec: Manifest, **metadata: object) -> Manifest:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def spec_after(spec: Manifest, schemas: Schemas) -> object:
    return normalise(deployment(spec), schemas)["spec"]


def test_unknown_fields_of_built_in_kinds_vanish(schemas: Schemas) -> None:
    assert spec_after({"replicas": 1, "replica": 3, "containers": [{"nmae": "x"}]}, schemas) == {
        "replicas": 1,
        "containers": [{}],
    }


def test_quantities_and_times_get_their_canonical_form(schemas: Schemas) -> None:
    given_spec: Manifest = {
        "containers": [{"limits": {"cpu": 0.5, "memory": "1024Mi"}}],
        "since": "2026-01-01T02:00:00+02:00",
        "maxSurge": "25%",
    }
    assert spec_after(given_spec, schemas) == {
        "containers": [{"limits": {"cpu": "500m", "memory": "1Gi"}}],
        "since": "2026-01-01T00:00:00Z",
        "maxSurge": "25%",
    }


def test_empty_lists_and_maps_and_default_zeros_vanish_but_required_ones_and_structs_stay(
    schemas: Schemas,
) -> None:
    given_spec: Manifest = {"containers": [], "hostNetwork": False, "replicas": 0, "strategy": {}}
    assert spec_after(given_spec, schemas) == {"containers": [], "replicas": 0, "strategy": {}}
    assert spec_after({"containers": [{"command": [], "limits": {}}]}, schemas) == {"containers": [{}]}


def test_a_value_of_a_wrong_type_leaves_all_as_it_is(schemas: Schemas) -> None:
    given_spec: Manifest = {"replicas": "three", "replica": 1}
    assert spec_after(given_spec, schemas) == given_spec


def test_what_the_server_sets_in_metadata_is_taken_out_always(schemas: Schemas) -> None:
    given_object = deployment({"replicas": UNKNOWN, "replica": 1}, name="a", uid="1")
    assert normalise(given_object, schemas) == deployment({"replicas": UNKNOWN, "replica": 1}, name="a")


def test_custom_resources_stay_as_they_are(schemas: Schemas) -> None:
    widget: Manifest = {"apiVersion": "example.com/v1", "kind": "Widget", "spec": {"sise": "1024Mi"}}
    assert normalise(widget, schemas) == widget


def test_string_data_of_a_secret_becomes_data_and_wins(schemas: Schemas) -> None:
    secret: Manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "data": {"a": "b2xk", "b": "Yg=="},
        "stringData": {"a": "new"},
    }
    assert normalise(secret, schemas) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "data": {"a": "bmV3", "b": "Yg=="},
    }


def test_a_definition_loses_what_the_server_does_not_show(schemas: Schemas) -> None:
    definition: Manifest = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "spec": {"preserveUnknownFields": False, "group": "x"},
        "status": {},
    }
    assert normalise(definition, schemas)["spec"] == {"group": "x"}
    assert "status" not in normalise(definition, schemas)


def test_schemas_are_kept_on_disk_and_used_without_a_cluster(schemas: Schemas, tmp_path: Path) -> None:
    assert schemas.of("apps/v1", "Deployment")
    assert [file.name for file in tmp_path.iterdir()] == ["apps-v1.AB12.json"]
    offline = Schemas(None, tmp_path)
    assert normalise(deployment({"replica": 1}), offline) == deployment({})
    assert offline.of("batch/v1", "Job") is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1000m", "1"), ("0.5", "500m"), ("1.5Gi", "1536Mi"), ("1024Ki", "1Mi"), ("1000Ki", "1000Ki"),
        ("1e3", "1e3"), ("100k", "100k"), ("1000k", "1M"), ("0", "0"), ("0.1m", "100u"), ("-1500m", "-1500m"),
        ("512", "512"), ("0.5Gi", "512Mi"), (1, "1"), (2.5, "2500m"), ("1Ei", "1Ei"), (".5", "500m"),
    ],
)  # fmt: skip
def test_quantities_are_shown_as_the_server_shows_them(written: str | float, shown: str) -> None:
    assert canonical(written) == shown


@pytest.mark.parametrize("text", ["", "a", "1 Gi", "1gi", "Gi", "1e", "--1"])
def test_what_is_no_quantity_is_told_apart(text: str) -> None:
    assert canonical(text) is None


SUFFIXES = {"": 1, "m": Decimal("1e-3"), "k": 1000, "Ki": 1024, "M": 10**6, "Mi": 2**20, "Gi": 2**30}


def value_of(text: str) -> Decimal:
    suffix = text.lstrip("+-.0123456789")
    factors = {**SUFFIXES, "n": Decimal("1e-9"), "u": Decimal("1e-6"), "G": 10**9, "T": 10**12, "P": 10**15}
    factors |= {"E": 10**18, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}
    return Decimal(text.removesuffix(suffix)) * factors[suffix]


@given(st.decimals(-9999, 9999, places=3), st.sampled_from(sorted(SUFFIXES)))
def test_the_canonical_form_has_the_same_value_and_is_its_own_canonical_form(
    number: Decimal, suffix: str
) -> None:
    written = f"{number}{suffix}"
    shown = canonical(written)
    assert shown is not None
    assert value_of(shown) == value_of(written)
    assert canonical(shown) == shown
