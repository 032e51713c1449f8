"""Containers that are told to fail do so as the kubelet shows it, and only they."""

import pytest
from kubectl import Json, Kubectl, deployment

pytestmark = pytest.mark.engine

CASES: dict[str, tuple[str, str, dict[str, object]]] = {
    "missing": ("waiting.reason", "ImagePullBackOff", {}),
    "crash": ("waiting.reason", "CrashLoopBackOff", {"exitCode": 1, "reason": "Error"}),
    "oom": ("waiting.reason", "CrashLoopBackOff", {"exitCode": 137, "reason": "OOMKilled"}),
    "unready": ("running.startedAt", "", {}),
}


def failing_pod(kubectl: Kubectl, kind: str) -> Json:
    path, value, _ = CASES[kind]
    selector = "pod-template-hash=" + newest(kubectl)["metadata"]["labels"]["pod-template-hash"]
    condition = f"jsonpath={{.status.containerStatuses[0].state.{path}}}" + (f"={value}" if value else "")
    kubectl("wait", "pod", f"--selector={selector}", f"--for={condition}", "--timeout=60s")
    (pod,) = kubectl.items("pods", f"--selector={selector}")
    return pod


def newest(kubectl: Kubectl) -> Json:
    kubectl("wait", "deployment/web", "--for=jsonpath={.status.unavailableReplicas}=1", "--timeout=60s")
    return max(
        kubectl.items("replicasets"),
        key=lambda found: int(found["metadata"]["annotations"]["deployment.kubernetes.io/revision"]),
    )


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("by", ["release", "annotation"])
def test_a_bad_release_fails_in_its_own_way_while_the_old_pods_serve(
    kubectl: Kubectl, kind: str, by: str
) -> None:
    kubectl.apply(deployment("web", "nginx:1.27"))
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    worse = deployment("web", f"reg.example.com:5000/nginx:1.28-{kind}" if by == "release" else "nginx:1.28")
    if by == "annotation":
        worse["spec"]["template"]["metadata"]["annotations"] = {"sandbox.flotilla.dev/fail": kind}
    kubectl.apply(worse)
    pod = failing_pod(kubectl, kind)
    status = pod["status"]["containerStatuses"][0]
    assert status["ready"] is False
    assert CASES[kind][2].items() <= status.get("lastState", {}).get("terminated", {}).items()
    if kind == "missing":
        image = worse["spec"]["template"]["spec"]["containers"][0]["image"]
        assert f'Back-off pulling image "{image}"' in status["state"]["waiting"]["message"]
    assert kubectl.get("deployment", "web")["status"]["readyReplicas"] == 3
    kubectl("delete", "pod", pod["metadata"]["name"], "--timeout=60s")


@pytest.mark.parametrize(
    ("kind", "reason", "text"),
    [
        ("missing", "Failed", 'Failed to pull image "nginx:1-missing"'),
        ("crash", "BackOff", "Back-off restarting failed container main"),
        ("unready", "Unhealthy", "Readiness probe failed"),
    ],
)
def test_a_failing_pod_says_why_in_a_warning(kubectl: Kubectl, kind: str, reason: str, text: str) -> None:
    kubectl.apply(deployment("web", f"nginx:1-{kind}", 1))
    name = failing_pod(kubectl, kind)["metadata"]["name"]
    events = kubectl.items(
        "events", f"--field-selector=involvedObject.name={name},type=Warning,reason={reason}"
    )
    assert any(text in event["message"] for event in events)


def test_a_crashing_container_is_restarted_again_while_its_neighbour_runs(kubectl: Kubectl) -> None:
    pair = [{"name": "bad", "image": "app:1-crash"}, {"name": "good", "image": "envoy:1"}]
    kubectl.apply(deployment("web", "", 1, containers=pair))
    kubectl("wait", "deployment/web", "--for=jsonpath={.status.unavailableReplicas}=1")
    kubectl(
        "wait",
        "pod",
        "--selector=app=web",
        "--for=jsonpath={.status.containerStatuses[0].restartCount}=2",
        "--timeout=60s",
    )
    (pod,) = kubectl.items("pods")
    assert pod["status"]["containerStatuses"][1]["ready"] is True


def test_an_init_container_that_fails_holds_its_pod_back(kubectl: Kubectl) -> None:
    kubectl.apply(deployment("web", "nginx:1", 1, initContainers=[{"name": "init", "image": "app:1-crash"}]))
    kubectl("wait", "deployment/web", "--for=jsonpath={.status.unavailableReplicas}=1")
    waiting = "jsonpath={.status.initContainerStatuses[0].state.waiting.reason}=CrashLoopBackOff"
    kubectl("wait", "pod", "--selector=app=web", f"--for={waiting}", "--timeout=60s")
    (pod,) = kubectl.items("pods")
    assert pod["status"]["phase"] == "Pending"


def test_a_job_whose_release_crashes_fails_with_exit_code_1(kubectl: Kubectl) -> None:
    container = {"name": "main", "image": "migrate:2-crash"}
    template = {"spec": {"restartPolicy": "Never", "containers": [container]}}
    kubectl.apply(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "migrate"},
            "spec": {"backoffLimit": 0, "template": template},
        }
    )
    kubectl("wait", "job/migrate", "--for=condition=Failed", "--timeout=60s")
    (pod,) = kubectl.items("pods")
    assert pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 1
