"""The waits themselves: who is waited for, how long, what is told, and how a wait ends."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes import awaiting
from flotilla.sandbox.kubernetes.awaiting import controllers, rules, volumes
from flotilla.sandbox.kubernetes.awaiting.deletion import what_holds
from flotilla.sandbox.kubernetes.errors import ApiError, UnreachableError
from flotilla.sandbox.kubernetes.manifest import Manifest


class Film:
    """A cluster that shows one object as a film: a picture for each look, the last one again and again."""

    def __init__(self, *pictures: Manifest | Exception | None, events: list[Manifest] | None = None) -> None:
        self.pictures = list(pictures)
        self.events = events or []

    def get(self, api_version: str, kind: str, name: str, namespace: str | None) -> Manifest | None:
        del api_version, kind, name, namespace
        picture = self.pictures.pop(0) if len(self.pictures) > 1 else self.pictures[0]
        if isinstance(picture, Exception):
            raise picture
        return picture

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        label_selector: str | None = None,
        field_selector: str | None = None,
    ) -> list[Manifest]:
        del api_version, namespace, label_selector, field_selector
        return self.events if kind == "Event" else []


def a_volume(phase: str = "", uid: str = "1", **said: str) -> Manifest:
    metadata: Manifest = {
        "name": "disk",
        "uid": uid,
        "annotations": {f"pulumi.com/{key}": value for key, value in said.items()},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "status": {"phase": phase}}


def wait(
    film: Film,
    live: Manifest,
    *,
    seconds: float | None = None,
    cancelled: bool = False,
    report: Callable[[str], None] = lambda _: None,
) -> awaiting.Outcome:
    stop = threading.Event()
    if cancelled:
        stop.set()
    return awaiting.wait_until_ready(
        film, live, inputs=live, timeout_seconds=seconds, cancelled=stop, report=report
    )


def test_an_object_that_becomes_ready_is_given_back_as_it_was_read_last() -> None:
    said: list[str] = []
    outcome = wait(Film(a_volume("Pending"), a_volume("Available")), a_volume(), report=said.append)
    assert outcome == awaiting.Outcome(a_volume("Available"))
    assert said == ["[1/1] waiting for the volume", ""]


def test_an_object_that_is_ready_as_made_is_not_read_again() -> None:
    never = AssertionError("nobody has to look")
    assert wait(Film(never), a_volume("Bound")).live == a_volume("Bound")


def test_a_wait_in_vain_ends_with_the_causes_and_a_sentence() -> None:
    outcome = wait(Film(a_volume("Failed")), a_volume(), seconds=0.1)
    assert outcome.sentence == "'disk' timed out waiting to be Ready"
    assert outcome.problems == ["The volume is not available: its phase is Failed"]
    assert outcome.live == a_volume("Failed")


def test_a_cancelled_wait_ends_at_once_and_says_so() -> None:
    assert wait(Film(a_volume()), a_volume(), cancelled=True).sentence.startswith(
        "Resource operation was cancelled"
    )


@pytest.mark.parametrize(
    "picture", [None, a_volume("Available", uid="2")], ids=["gone", "another of that name"]
)
def test_an_object_that_vanishes_ends_the_wait(picture: Manifest | None) -> None:
    outcome = wait(Film(picture), a_volume("Pending"))
    assert outcome.sentence == awaiting.not_initialised("disk")
    assert "deleted by someone" in outcome.problems[0]


@pytest.mark.parametrize(
    ("ttl", "uid", "ready"), [(1, "1", True), (0, "1", True), (None, "1", False), (1, "2", False)]
)
def test_a_job_that_its_time_to_live_took_away_was_complete_if_an_event_says_so(
    ttl: int | None,
    uid: str,
    ready: bool,  # noqa: FBT001 (a parameter)
) -> None:
    a_job: Manifest = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "once", "uid": "1"},
        "spec": {} if ttl is None else {"ttlSecondsAfterFinished": ttl},
    }
    completed: Manifest = {"involvedObject": {"uid": uid}, "reason": "Completed"}
    assert (wait(Film(None, events=[completed]), a_job).problems == []) is ready


@pytest.mark.parametrize(
    "passing", [UnreachableError("refused"), ApiError(503, {}), ApiError(429, {})], ids=str
)
def test_a_short_outage_does_not_end_a_wait(passing: Exception) -> None:
    assert wait(Film(passing, passing, a_volume("Bound")), a_volume()).problems == []


def test_a_cluster_that_refuses_to_answer_ends_the_wait_and_keeps_the_object() -> None:
    outcome = wait(Film(ApiError(403, {"message": "no, you may not"})), a_volume())
    assert "no, you may not" in outcome.problems[0]
    assert outcome.live == a_volume()


def test_a_wish_that_cannot_be_read_fails_the_object_at_once() -> None:
    outcome = wait(Film(AssertionError("nobody has to look")), a_volume(waitFor="Ready"))
    assert outcome.sentence == awaiting.not_initialised("disk")
    assert "expected" in awaiting.misread(a_volume(waitFor="Ready"))
    assert not awaiting.misread(a_volume(waitFor="condition=Ready"))
    assert not awaiting.misread(a_volume())


def test_a_wish_takes_the_place_of_the_kinds_own_rule() -> None:
    assert wait(Film(a_volume()), a_volume(waitFor="jsonpath={.metadata.uid}=1")).problems == []


def test_skipping_the_wait_gives_the_object_back_untouched() -> None:
    assert wait(Film(AssertionError("nobody has to look")), a_volume(skipAwait="true")).problems == []


def an_object(api_version: str, kind: str, **said: str) -> Manifest:
    metadata: Manifest = {
        "name": "x",
        "annotations": {f"pulumi.com/{key}": value for key, value in said.items()},
    }
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def test_kinds_without_a_rule_are_waited_for_only_if_everything_is(monkeypatch: pytest.MonkeyPatch) -> None:
    widget = an_object("example.com/v1", "Widget")
    assert rules.rule_for(widget, widget) is None
    monkeypatch.setenv("PULUMI_K8S_AWAIT_ALL", "true")
    assert rules.rule_for(widget, widget) is not None


def test_a_kind_of_that_name_in_another_group_has_no_rule() -> None:
    knative = an_object("serving.knative.dev/v1", "Service")
    assert rules.rule_for(knative, knative) is None


@pytest.mark.parametrize(
    ("obj", "looked_at"),
    [
        (an_object("apps/v1", "Deployment"), True),
        (an_object("apps/v1", "Deployment", waitFor="condition=Other"), True),
        (an_object("apps/v1", "Deployment", skipAwait="true"), False),
        (an_object("v1", "PersistentVolumeClaim"), False),
        (an_object("example.com/v1", "Widget", waitFor="condition=Other"), False),
    ],
)
def test_a_refresh_looks_at_workloads_and_network_by_their_own_rules(obj: Manifest, looked_at: bool) -> None:  # noqa: FBT001 (a parameter)
    assert (rules.rule_in_refresh(obj, obj) is not None) == looked_at


@given(custom=st.none() | st.integers(1, 9000), annotated=st.none() | st.integers(0, 9000))
def test_custom_timeouts_go_before_the_annotation_and_that_before_ten_minutes(
    custom: int | None, annotated: int | None
) -> None:
    said = {} if annotated is None else {"timeoutSeconds": str(annotated)}
    expected = next((found for found in (custom, annotated) if found is not None), 600)
    assert rules.patience(an_object("v1", "Pod", **said), custom) == expected


def test_an_annotation_that_is_no_number_is_ignored() -> None:
    assert rules.patience(an_object("v1", "Pod", timeoutSeconds="soon"), None) == 600


@pytest.mark.parametrize(
    ("said", "policy"), [("", "Foreground"), ("orphan", "Orphan"), ("Background", "Background")]
)
def test_deletion_takes_what_is_owned_along_unless_told_otherwise(said: str, policy: str) -> None:
    assert awaiting.propagation_policy(an_object("v1", "Pod", deletionPropagationPolicy=said)) == policy


def forget(film: Film, live: Manifest, seconds: float | None = None) -> awaiting.Outcome:
    return awaiting.wait_until_gone(
        film, live, timeout_seconds=seconds, cancelled=threading.Event(), report=lambda _: None
    )


@pytest.mark.parametrize("last", [None, a_volume(uid="2")], ids=["nothing", "another of that name"])
def test_an_object_is_gone_when_nothing_or_another_is_there(last: Manifest | None) -> None:
    assert forget(Film(a_volume(), last), a_volume()).problems == []


def test_an_object_that_does_not_go_is_told_with_what_holds_it() -> None:
    held = a_volume()
    held["metadata"] = {
        "name": "disk",
        "uid": "1",
        "deletionTimestamp": "x",
        "finalizers": ["example.com/hold"],
    }
    outcome = forget(Film(held), a_volume(), 0.1)
    assert "timed out waiting" in outcome.sentence
    assert outcome.problems == ["finalizers hold it until their controllers let go: example.com/hold"]


def test_a_namespace_tells_what_remains_in_it() -> None:
    remains = {
        "type": "NamespaceContentRemaining",
        "status": "True",
        "reason": "SomeResourcesRemain",
        "message": "1 pod",
    }
    emptying: Manifest = {"metadata": {"deletionTimestamp": "x"}, "status": {"conditions": [remains]}}
    assert what_holds(emptying) == ["[SomeResourcesRemain] 1 pod"]


def test_skipping_the_wait_holds_for_the_deletion_of_workloads_only() -> None:
    pod, volume = an_object("v1", "Pod", skipAwait="true"), a_volume(skipAwait="true")
    assert [rules.is_gone_at_once(found, found) for found in (pod, volume)] == [True, False]


@pytest.mark.parametrize(
    ("phase", "mode", "ready"),
    [
        ("Bound", "Immediate", True),
        ("Pending", "Immediate", False),
        ("Pending", "WaitForFirstConsumer", True),
        ("Bound", "WaitForFirstConsumer", True),
        ("Lost", "WaitForFirstConsumer", False),
        ("", "WaitForFirstConsumer", False),
    ],
)
def test_a_claim_is_bound_or_waits_for_its_consumer(phase: str, mode: str, ready: bool) -> None:  # noqa: FBT001 (a parameter)
    assert volumes.observe_claim({"status": {"phase": phase}}, {"volumeBindingMode": mode}).ready == ready


def test_a_claim_of_a_class_that_is_not_there_says_so() -> None:
    claim: Manifest = {"spec": {"storageClassName": "fast"}, "status": {"phase": "Pending"}}
    assert "no StorageClass fast" in volumes.observe_claim(claim, None).causes[0]


def test_quota_replicas_and_tokens_are_ready_once_filled_in() -> None:
    hard: Manifest = {"pods": "1"}
    token: Manifest = {"type": "kubernetes.io/service-account-token"}
    assert controllers.observe_quota({"spec": {"hard": hard}, "status": {"hard": hard}}).ready
    assert not controllers.observe_quota({"spec": {"hard": hard}, "status": {}}).ready
    assert controllers.observe_replicas({"spec": {"replicas": 0}, "status": {}}).ready
    assert not controllers.observe_replicas(
        {"spec": {"replicas": 2}, "status": {"availableReplicas": 1}}
    ).ready
    assert [controllers.observe_token({**token, "data": data}).ready for data in ({}, {"token": "x"})] == [
        False,
        True,
    ]
    assert controllers.observe_token({"type": "Opaque"}).ready
