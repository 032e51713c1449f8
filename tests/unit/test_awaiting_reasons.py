"""What is told of pods that are not ready."""

from flotilla.sandbox.kubernetes.awaiting.reasons import (
    PODS_IN_DETAIL,
    WARNINGS,
    explain_pods,
    latest_warnings,
    owned_by,
    pod_reasons,
    selector_text,
    without_repeats,
)
from flotilla.sandbox.kubernetes.manifest import Manifest


def a_pod(name: str = "web-1", phase: str = "Running", **status: object) -> Manifest:
    metadata = {"name": name, "namespace": "shop", "uid": name}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": {"phase": phase, **status}}


def told(phase: str = "Running", **status: object) -> str:
    (line,) = pod_reasons(a_pod("web-1", phase, **status))
    return line


def test_a_container_that_cannot_get_its_image_is_named_with_the_reason() -> None:
    ready = {"type": "Ready", "status": "False", "message": "containers with unready status: [main]"}
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}}
    line = told(conditions=[ready], containerStatuses=[{"name": "main", "ready": False, "state": waiting}])
    assert line == (
        "[Pod shop/web-1]: containers with unready status: [main]; "
        'container "main" waits: [ImagePullBackOff] Back-off pulling image'
    )


def test_a_container_that_crashes_is_told_with_exit_code_and_message_of_its_last_end() -> None:
    crash = {
        "name": "main",
        "ready": False,
        "restartCount": 4,
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"exitCode": 3, "reason": "Error", "message": "no database"}},
    }
    line = told(containerStatuses=[crash])
    assert "waits: [CrashLoopBackOff]" in line
    assert "ended before with exit code 3: [Error] no database, restarted 4 times" in line


def test_a_failing_init_container_is_told_and_a_finished_one_is_not() -> None:
    statuses = [
        {"name": "wait", "ready": False, "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}},
        {"name": "migrate", "ready": False, "state": {"terminated": {"exitCode": 1, "signal": 9}}},
    ]
    line = told(initContainerStatuses=statuses)
    assert 'init container "migrate" ended with exit code 1, signal 9' in line
    assert "wait" not in line


def test_containers_that_are_being_created_or_are_ready_are_not_told() -> None:
    statuses = [
        {"name": "a", "ready": False, "state": {"waiting": {"reason": "ContainerCreating"}}},
        {"name": "b", "ready": True, "lastState": {"terminated": {"exitCode": 1}}},
    ]
    assert pod_reasons(a_pod(containerStatuses=statuses)) == []


def test_an_unschedulable_pod_tells_why_and_nothing_of_later_conditions() -> None:
    conditions = [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"},
        {"type": "Ready", "status": "False", "message": "later"},
    ]
    assert told(phase="Pending", conditions=conditions) == "[Pod shop/web-1]: [Unschedulable] 0/3 nodes"


def test_an_evicted_pod_tells_its_reason() -> None:
    assert "[Evicted] disk pressure" in told(phase="Failed", reason="Evicted", message="disk pressure")


def warning(reason: str, at: str, count: int = 1) -> Manifest:
    return {"type": "Warning", "reason": reason, "message": "m", "lastTimestamp": at, "count": count}


def test_of_the_events_the_latest_warnings_are_told_newest_last_and_each_once() -> None:
    events = [warning(f"R{minute}", f"2026-01-01T00:0{minute}:00Z") for minute in range(5)]
    again = warning("R1", "2026-01-01T00:09:00Z")
    normal: Manifest = {"type": "Normal", "reason": "Pulled", "message": "ok"}
    assert latest_warnings([again, normal, *events]) == ["[R3] m", "[R4] m", "[R1] m"]
    assert len(latest_warnings(events)) == WARNINGS


def test_a_repeated_warning_tells_how_often() -> None:
    assert latest_warnings([warning("BackOff", "x", count=7)]) == ["[BackOff] m (7 times)"]


class Events:
    """A cluster of events alone."""

    def __init__(self, *events: Manifest) -> None:
        self.events = list(events)

    def get(self, api_version: str, kind: str, name: str, namespace: str | None) -> Manifest | None:
        del api_version, kind, name, namespace

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        label_selector: str | None = None,
        field_selector: str | None = None,
    ) -> list[Manifest]:
        del api_version, kind, namespace, label_selector
        name = (field_selector or "").partition("involvedObject.name=")[2].partition(",")[0]
        return [event for event in self.events if event.get("of") == name]


def test_only_some_pods_are_told_in_detail_and_the_rest_counted() -> None:
    ready = a_pod("web-0", conditions=[{"type": "Ready", "status": "True"}])
    pods = [ready, *(a_pod(f"web-{number}", phase="Pending") for number in range(1, PODS_IN_DETAIL + 3))]
    lines = explain_pods(Events(), pods)
    assert lines[-1] == "2 more pods are not ready"
    assert len(lines) == PODS_IN_DETAIL + 1
    assert not any("web-0" in line for line in lines)


def test_warnings_about_an_earlier_pod_of_the_same_name_are_left_out() -> None:
    about = {"of": "web-1", **warning("Failed", "x"), "involvedObject": {"uid": "another"}}
    assert explain_pods(Events(about), [a_pod(phase="Pending")]) == [
        "[Pod shop/web-1]: not ready, in phase Pending"
    ]


def test_what_events_repeat_of_conditions_is_told_once() -> None:
    causes = [
        "[Pod shop/a]: [Unschedulable] no node",
        "[Pod shop/a]: [FailedScheduling] no node",
        "[Other] more",
    ]
    assert without_repeats(causes) == [causes[0], causes[2]]


def test_only_objects_with_that_owner_are_owned() -> None:
    ours: Manifest = {"metadata": {"ownerReferences": [{"uid": "x"}]}}
    theirs: Manifest = {"metadata": {"ownerReferences": [{"uid": "y"}]}}
    assert owned_by([ours, theirs, {}], {"metadata": {"uid": "x"}}) == [ours]


def test_selectors_are_written_as_kubectl_takes_them() -> None:
    selector: Manifest = {
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["a", "b"]},
            {"key": "old", "operator": "NotIn", "values": ["x"]},
            {"key": "track", "operator": "Exists"},
            {"key": "canary", "operator": "DoesNotExist"},
        ],
    }
    assert selector_text(selector) == "app=web,tier in (a,b),old notin (x),track,!canary"
