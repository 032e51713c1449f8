"""What users ask to wait for: `pulumi.com/waitFor`, JSONPath, and the generic rule."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes.awaiting import generic, wait_for
from flotilla.sandbox.kubernetes.awaiting.jsonpath import JsonPathError, parse
from flotilla.sandbox.kubernetes.manifest import Manifest

WIDGET: Manifest = {
    "kind": "Widget",
    "metadata": {"generation": 2, "labels": {"a/b.c": "x"}, "dotted.name": "y"},
    "spec": {"size": 3, "ratio": 0.5, "on": True, "none": None, "names": ["a", "b", "c"]},
    "status": {
        "phase": "Done",
        "conditions": [
            {"type": "Ready", "status": "True", "age": 7},
            {"type": "Synced", "status": "False", "reason": "Slow", "message": "wait", "age": 2},
        ],
    },
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".status.phase", ["Done"]),
        ("$.status.phase", ["Done"]),
        (".status['phase']", ["Done"]),
        ('.metadata.labels["a/b.c"]', ["x"]),
        (r".metadata.dotted\.name", ["y"]),
        (".spec.names[0]", ["a"]),
        (".spec.names[-1]", ["c"]),
        (".spec.names[7]", []),
        (".spec.names[*]", ["a", "b", "c"]),
        (".spec.names[1:]", ["b", "c"]),
        (".spec.names[::2]", ["a", "c"]),
        (".spec.names[0,2]", ["a", "c"]),
        (".spec['size','on']", [3, True]),
        (".status.conditions[*].type", ["Ready", "Synced"]),
        ("..phase", ["Done"]),
        (".status.conditions[?(@.type=='Ready')].status", ["True"]),
        ('.status.conditions[?@.type == "Synced"].reason', ["Slow"]),
        (".status.conditions[?(@.reason)].type", ["Synced"]),
        (".status.conditions[?(!@.reason)].type", ["Ready"]),
        (".status.conditions[?(@.age>=7 || @.type=='Synced' && @.age<3)].age", [7, 2]),
        (".status.conditions[?(@.age!=7)].age", [2]),
        (".status.conditions[?(@.type<'S')].type", ["Ready"]),
        (".nothing.here", []),
    ],
)
def test_paths_find_what_they_name(path: str, found: list[object]) -> None:
    assert parse(path)(WIDGET) == found


@pytest.mark.parametrize(
    "path", [".", ".a[", ".a[]", ".a[?]", ".a[?(b)]", ".a[?(@.b==)]", ".a b", ".a[1.5]", ".a%"]
)
def test_what_is_no_path_is_refused_with_the_whole_text(path: str) -> None:
    with pytest.raises(JsonPathError) as refused:
        parse(path)
    assert repr(path) in str(refused.value)


@given(st.text(max_size=20))
def test_no_text_makes_the_parser_fail_otherwise(path: str) -> None:
    with suppress(JsonPathError):
        parse(path)(WIDGET)


def lacking(annotation: str) -> tuple[str, ...]:
    return wait_for.observe(WIDGET, wait_for.wishes(annotation)).causes


@pytest.mark.parametrize(
    "annotation",
    [
        "condition=Ready",
        "condition=Ready=True",
        "condition=Synced=false",
        "jsonpath={.status.phase}",
        "jsonpath={.status.phase}=Done",
        "jsonpath={.spec.size}=3",
        "jsonpath={.spec.ratio}=0.5",
        "jsonpath={.spec.on}=true",
        "jsonpath={.spec.names}",
        "jsonpath={.status.conditions[?(@.type=='Ready')].status}=True",
        '["condition=Ready", "jsonpath={.status.phase}=Done"]',
    ],
)
def test_what_is_wished_for_and_there_is_ready(annotation: str) -> None:
    assert lacking(annotation) == ()


@pytest.mark.parametrize(
    ("annotation", "cause"),
    [
        ("condition=Synced", "condition Synced is False, wanted True: [Slow] wait"),
        ("condition=Gone", "condition Gone is not there, wanted True"),
        ("jsonpath={.status.phase}=Over", "{.status.phase} is 'Done', wanted 'Over'"),
        ("jsonpath={.status.nothing}", "{.status.nothing} is not there"),
        ("jsonpath={.spec.none}=x", "{.spec.none} is '<nil>', wanted 'x'"),
        ("jsonpath={.spec.names}=a", "{.spec.names} is no single value that could be 'a'"),
    ],
)
def test_what_is_missing_is_told_with_what_is_there(annotation: str, cause: str) -> None:
    assert lacking(annotation) == (cause,)


def test_of_several_wishes_each_missing_one_is_told() -> None:
    progress = wait_for.observe(
        WIDGET, wait_for.wishes(json.dumps(["condition=Ready", "condition=A", "condition=B"]))
    )
    assert len(progress.causes) == 2
    assert progress.waits_for.startswith("[2/3]")


def test_a_condition_of_an_earlier_generation_does_not_count() -> None:
    stale: Manifest = {
        **WIDGET,
        "status": {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]},
    }
    assert not wait_for.observe(stale, wait_for.wishes("condition=Ready")).ready


@pytest.mark.parametrize(
    "annotation",
    [
        "Ready",
        "jsonpath=.status.phase",
        "jsonpath='{.a}'",
        "jsonpath={.a}=",
        "jsonpath={.a}={.b}",
        "jsonpath={.a[}",
        "[]",
        '["x"]',
    ],
)
def test_a_wish_that_cannot_be_read_fails_at_once_and_says_why(annotation: str) -> None:
    with pytest.raises(wait_for.WaitForError) as refused:
        wait_for.wishes(annotation)
    assert "pulumi.com/waitFor" in str(refused.value)


def conditions(**found: str) -> Manifest:
    return {
        "kind": "Widget",
        "status": {"conditions": [{"type": kind, "status": value} for kind, value in found.items()]},
    }


@pytest.mark.parametrize(
    ("obj", "ready"),
    [
        ({"kind": "ConfigMap"}, True),
        (conditions(Ready="True"), True),
        (conditions(Ready="False"), False),
        (conditions(Ready="Unknown"), False),
        (conditions(Ready="True", Reconciling="True"), False),
        (conditions(Other="False"), True),
        ({"kind": "Widget", "metadata": {"generation": 2}, "status": {"observedGeneration": 1}}, False),
        ({"kind": "Widget", "metadata": {"generation": 2}}, True),
        ({"kind": "CustomResourceDefinition"}, False),
        (
            {"kind": "CustomResourceDefinition", **conditions(Established="True"), "x": 1}
            | {"kind": "CustomResourceDefinition"},
            True,
        ),
        ({"kind": "ReplicaSet", "spec": {"replicas": 2}, "status": {"readyReplicas": 1}}, False),
        ({"kind": "ReplicaSet", "spec": {"replicas": 2}, "status": {"readyReplicas": 2}}, True),
    ],
)
def test_any_object_is_ready_by_the_conventions_of_status(obj: Manifest, ready: bool) -> None:  # noqa: FBT001 (a parameter)
    assert generic.observe(obj).ready == ready


def test_a_stalled_object_has_failed() -> None:
    stalled: Manifest = {
        "status": {"conditions": [{"type": "Stalled", "status": "True", "message": "no quota"}]}
    }
    assert (generic.observe(stalled).failed, generic.observe(stalled).causes) == (
        True,
        ("Stalled: no quota",),
    )
