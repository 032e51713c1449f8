"""When workloads count as ready, on objects made by hand."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes.awaiting import daemonset, deployment, job, pod, statefulset
from flotilla.sandbox.kubernetes.awaiting.progress import Progress
from flotilla.sandbox.kubernetes.manifest import Manifest

COUNTS = st.integers(min_value=0, max_value=5)


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> Manifest:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def a_template(hashed: Manifest | None = None, image: str = "web:1") -> Manifest:
    labels: Manifest = {"app": "web", **(hashed or {})}
    return {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": image}]}}


def a_deployment(*conditions: Manifest, revision: str = "1", ready: int = 2, **spec: object) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": "web",
            "uid": "d",
            "annotations": {"deployment.kubernetes.io/revision": revision} if revision else {},
        },
        "spec": {"replicas": 2, "template": a_template(), **spec},
        "status": {"conditions": list(conditions), "readyReplicas": ready},
    }


def a_replica_set(revision: str = "1", ready: int = 2, wanted: int = 2, owner: str = "d") -> Manifest:
    return {
        "metadata": {
            "uid": f"rs-{revision}",
            "ownerReferences": [{"uid": owner}],
            "annotations": {"deployment.kubernetes.io/revision": revision},
        },
        "spec": {"replicas": wanted, "template": a_template({"pod-template-hash": "h"})},
        "status": {"readyReplicas": ready} if ready else {},
    }


AVAILABLE = condition("Available")
ROLLED_OUT = condition("Progressing", reason="NewReplicaSetAvailable")
ROLLING = condition("Progressing", reason="ReplicaSetUpdated")


def told(progress: Progress) -> str:
    return "\n".join(progress.causes)


def test_a_first_deployment_is_ready_once_available_with_all_pods_of_its_replica_set() -> None:
    assert deployment.observe(a_deployment(AVAILABLE), [a_replica_set()], []).ready


def test_a_rollout_is_not_over_before_the_controller_says_so() -> None:
    replica_sets = [a_replica_set("1"), a_replica_set("2")]
    rolling = deployment.observe(a_deployment(AVAILABLE, ROLLING, revision="2"), replica_sets, [])
    done = deployment.observe(a_deployment(AVAILABLE, ROLLED_OUT, revision="2"), replica_sets, [])
    assert (rolling.ready, done.ready) == (False, True)
    assert deployment.INCOMPLETE in told(rolling)


def test_the_pods_of_an_old_replica_set_do_not_make_a_new_one_ready() -> None:
    replica_sets = [a_replica_set("1", ready=2), a_replica_set("2", ready=0)]
    progress = deployment.observe(a_deployment(AVAILABLE, ROLLED_OUT, revision="2"), replica_sets, [])
    assert not progress.ready
    assert "0 of 2" in progress.waits_for


def with_resources(template: Manifest, **resources: object) -> Manifest:
    container: Manifest = {"name": "main", "image": "web:1", "resources": resources}
    return {**template, "spec": {"containers": [container]}}


@pytest.mark.parametrize(
    ("resources", "same"),
    [
        ({"limits": {"cpu": "1", "memory": "1073741824"}}, True),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {}}, True),
        ({"limits": {"cpu": "1", "memory": "2Gi"}}, False),
        ({"limits": {"cpu": "1"}}, False),
        ({}, False),
    ],
)
def test_a_template_whose_quantities_are_spelt_anew_makes_no_new_replica_set(
    resources: Manifest,
    same: bool,  # noqa: FBT001 (a parameter)
) -> None:
    before = {"limits": {"cpu": "1", "memory": "1Gi"}}
    replica_set = a_replica_set()
    hashed = with_resources(a_template({"pod-template-hash": "h"}), **before)
    replica_set["spec"] = {"replicas": 2, "template": hashed}
    changed = a_deployment(AVAILABLE, template=with_resources(a_template(), **resources))
    assert deployment.observe(changed, [replica_set], []).ready is same


def test_a_replica_set_of_an_earlier_template_counts_only_while_paused() -> None:
    newer = a_template(image="web:2")
    changed = deployment.observe(a_deployment(AVAILABLE, template=newer), [a_replica_set()], [])
    paused = deployment.observe(a_deployment(AVAILABLE, template=newer, paused=True), [a_replica_set()], [])
    assert (changed.ready, paused.ready) == (False, True)


def test_a_replica_set_of_another_deployment_does_not_count() -> None:
    assert not deployment.observe(a_deployment(AVAILABLE), [a_replica_set(owner="other")], []).ready


def test_a_deployment_of_no_replicas_is_ready() -> None:
    empty = a_deployment(AVAILABLE, ready=0, replicas=0)
    assert deployment.observe(empty, [a_replica_set(ready=0, wanted=0)], []).ready


def test_an_unavailable_deployment_tells_its_conditions_and_that_pods_are_missing() -> None:
    unavailable = condition("Available", "False", "MinimumReplicasUnavailable", "too few")
    progress = deployment.observe(a_deployment(unavailable), [a_replica_set(ready=0)], [])
    assert progress.causes == ("[MinimumReplicasUnavailable] too few", deployment.UNAVAILABLE)


def test_a_refused_pod_and_a_pause_are_causes() -> None:
    refused = condition("ReplicaFailure", "True", "FailedCreate", "exceeded quota")
    progress = deployment.observe(a_deployment(refused, revision="", paused=True), [], [])
    assert "[FailedCreate] exceeded quota" in progress.causes
    assert "paused" in told(progress)


def test_an_unbound_claim_holds_a_deployment() -> None:
    claims: list[Manifest] = [
        {"metadata": {"name": "data"}, "status": {"phase": "Pending"}},
        {"metadata": {"name": "logs"}, "status": {"phase": "Bound"}},
    ]
    progress = deployment.observe(a_deployment(AVAILABLE), [a_replica_set()], claims)
    assert not progress.ready
    assert "data" in told(progress)
    assert "logs" not in told(progress)


@given(ready=COUNTS, wanted=COUNTS, counted=COUNTS)
def test_a_deployment_is_never_ready_with_fewer_pods_than_its_replica_set_plans(
    ready: int, wanted: int, counted: int
) -> None:
    observed = a_deployment(AVAILABLE, ROLLED_OUT, ready=counted)
    progress = deployment.observe(observed, [a_replica_set(ready=ready, wanted=wanted)], [])
    assert progress.ready == (min(ready, counted) >= wanted)
    assert progress.ready != bool(progress.causes)


def a_stateful_set(generation: int = 1, strategy: str = "RollingUpdate", **status: object) -> Manifest:
    known: Manifest = {
        "replicas": 2,
        "readyReplicas": 2,
        "currentReplicas": 2,
        "currentRevision": "a",
        "updateRevision": "a",
    }
    return {
        "metadata": {"name": "db", "generation": generation},
        "spec": {"replicas": 2, "updateStrategy": {"type": strategy}},
        "status": {**known, **status},
    }


def test_a_stateful_set_is_ready_when_all_replicas_are_and_no_revision_is_under_way() -> None:
    assert statefulset.observe(a_stateful_set()).ready


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ({"readyReplicas": 1, "updatedReplicas": 2}, "1 of 2 replicas"),
        ({"currentReplicas": 1}, "of 2 replicas"),
        ({"updateRevision": "b", "updatedReplicas": 1}, "revision a to b"),
        ({"currentRevision": "", "updateRevision": ""}, "(none)"),
    ],
)
def test_a_stateful_set_is_not_ready_while_something_is_missing(status: Manifest, cause: str) -> None:
    progress = statefulset.observe(a_stateful_set(1, "RollingUpdate", **status))
    assert not progress.ready
    assert cause in told(progress)


def test_pods_of_the_old_revision_do_not_count_as_progress() -> None:
    progress = statefulset.observe(a_stateful_set(updateRevision="b", currentReplicas=1, updatedReplicas=1))
    assert "(1 of 2 ready)" in progress.waits_for


def test_with_on_delete_someone_else_ends_the_rollout() -> None:
    changed: Manifest = {"updateRevision": "b", "currentReplicas": 0}
    assert statefulset.observe(a_stateful_set(2, "OnDelete", **changed)).ready
    assert not statefulset.observe(a_stateful_set(1, "OnDelete", **changed)).ready


@given(counts=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), wanted=COUNTS)
def test_a_daemon_set_is_ready_exactly_when_no_count_is_below_the_number_of_nodes(
    counts: tuple[int, int, int, int], wanted: int
) -> None:
    status: Manifest = {"observedGeneration": 1, "desiredNumberScheduled": wanted}
    status |= {key: count for (key, _), count in zip(daemonset.STEPS, counts, strict=True)}
    progress = daemonset.observe({"metadata": {"generation": 1}, "status": status})
    assert progress.ready == (min(counts) >= wanted)


def test_a_daemon_set_is_not_ready_before_its_controller_has_seen_the_change() -> None:
    assert not daemonset.observe({"metadata": {"generation": 2}, "status": {"observedGeneration": 1}}).ready


def a_job(*conditions: Manifest, **spec: object) -> Manifest:
    return {
        "metadata": {"name": "migrate"},
        "spec": spec,
        "status": {"conditions": list(conditions), "active": 1},
    }


def test_a_job_is_ready_when_complete() -> None:
    assert job.observe(a_job(condition("Complete"))).ready


@pytest.mark.parametrize("reason", ["DeadlineExceeded", "BackoffLimitExceeded", "PodFailurePolicy"])
def test_a_job_that_was_given_up_fails_at_once_with_the_reason(reason: str) -> None:
    progress = job.observe(a_job(condition("Failed", "True", reason, "it is over")))
    assert progress.failed
    assert progress.causes == (f"[{reason}] it is over",)


def test_a_running_job_and_a_suspended_one_are_waited_for() -> None:
    running, suspended = job.observe(a_job()), job.observe(a_job(suspend=True))
    assert [progress.ready or progress.failed for progress in (running, suspended)] == [False, False]
    assert "1 active" in told(running)
    assert "suspended" in told(suspended)


def a_pod(phase: str, **conditions: str) -> Manifest:
    found = [condition(kind, status) for kind, status in conditions.items()]
    return {
        "metadata": {"name": "one"},
        "status": {"phase": phase, "conditions": cast("list[object]", found)},
    }


def test_a_pod_is_ready_when_scheduled_initialised_and_ready() -> None:
    assert pod.observe(a_pod("Running", PodScheduled="True", Initialized="True", Ready="True")).ready


def test_a_pod_that_has_succeeded_is_ready() -> None:
    assert pod.observe(a_pod("Succeeded", PodScheduled="True", Initialized="True", Ready="False")).ready


@pytest.mark.parametrize("missing", ["PodScheduled", "Initialized", "Ready"])
def test_a_pod_lacking_a_condition_waits_for_it(missing: str) -> None:
    held = {"PodScheduled": "True", "Initialized": "True", "Ready": "True", missing: "False"}
    progress = pod.observe(a_pod("Pending", **held))
    assert not progress.ready
    assert missing in told(progress)
