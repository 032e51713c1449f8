"""Waiting on a real control plane: what becomes ready, and what is told of what does not."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kubectl import Json, Kubectl, deployment

from flotilla.controlplane import ControlPlane
from flotilla.sandbox.kubernetes import awaiting
from flotilla.sandbox.kubernetes.cluster import Cluster
from flotilla.sandbox.kubernetes.connection import Connection
from flotilla.sandbox.kubernetes.kubeconfig import load
from flotilla.sandbox.kubernetes.manifest import Manifest, number

pytestmark = pytest.mark.engine


class Room:
    """A namespace of a test's own: applies with kubectl, waits with what is tested."""

    def __init__(self, kubectl: Kubectl, kubeconfig: Path) -> None:
        self.kubectl = kubectl
        self.cluster = Cluster(Connection(load(str(kubeconfig))))

    def apply(self, manifest: Json) -> Manifest:
        self.kubectl.apply(manifest)
        return self.live(manifest)

    def live(self, manifest: Json) -> Manifest:
        name = manifest["metadata"]["name"]
        found = self.cluster.get(manifest["apiVersion"], manifest["kind"], name, self.kubectl.namespace)
        assert found is not None
        return found

    def wait(self, live: Manifest, seconds: float = 90) -> awaiting.Outcome:
        return awaiting.wait_until_ready(
            self.cluster,
            live,
            inputs=live,
            timeout_seconds=seconds,
            cancelled=threading.Event(),
            report=lambda _: None,
        )

    def wait_until_gone(self, live: Manifest, seconds: float = 90) -> awaiting.Outcome:
        stop = threading.Event()
        return awaiting.wait_until_gone(
            self.cluster, live, timeout_seconds=seconds, cancelled=stop, report=lambda _: None
        )

    def pods(self, condition: str, selector: str) -> None:
        self.kubectl("wait", "pod", f"--selector={selector}", f"--for={condition}", "--timeout=60s")


@pytest.fixture
def room(kubectl: Kubectl, control_plane: ControlPlane) -> Room:
    return Room(kubectl, control_plane.kubeconfig)


def a_service(**spec: object) -> Json:
    ports = [{"port": 80}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "web"},
        "spec": {"ports": ports, **spec},
    }


def a_job(image: str) -> Json:
    pod = {"restartPolicy": "Never", "containers": [{"name": "main", "image": image}]}
    spec = {"backoffLimit": 0, "template": {"spec": pod}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"}, "spec": spec}


def of_newest(room: Room) -> str:
    """The label selector for the pods of the latest rollout."""
    room.kubectl.wait("deployment/web", "jsonpath={.status.unavailableReplicas}=1")
    # Not by age: timestamps are in whole seconds, and both may have been made in the same.
    revision = "deployment.kubernetes.io/revision"
    newest = max(
        room.kubectl.items("replicasets"), key=lambda found: int(found["metadata"]["annotations"][revision])
    )
    return "pod-template-hash=" + newest["metadata"]["labels"]["pod-template-hash"]


def test_a_rollout_and_each_change_of_it_are_waited_for_to_their_end(room: Room) -> None:
    for image, replicas in (("web:1", 2), ("web:2", 2), ("web:2", 4), ("web:3", 1)):
        outcome = room.wait(room.apply(deployment("web", image, replicas)))
        assert outcome.problems == []
        assert number(outcome.live, "status", "updatedReplicas") == replicas
        assert awaiting.look(room.cluster, outcome.live, outcome.live) == []


@pytest.mark.parametrize(
    ("fault", "state", "told"),
    [
        (
            "missing",
            "waiting.reason}=ImagePullBackOff",
            '[ImagePullBackOff] Back-off pulling image "web:2-missing"',
        ),
        ("crash", "waiting.reason}=CrashLoopBackOff", "ended before with exit code 1: [Error]"),
        ("oom", "waiting.reason}=CrashLoopBackOff", "ended before with exit code 137: [OOMKilled]"),
    ],
)
def test_a_release_that_never_gets_ready_tells_pod_container_and_reason_while_the_old_pods_stay(
    room: Room, fault: str, state: str, told: str
) -> None:
    room.wait(room.apply(deployment("web", "web:1")))
    worse = room.apply(deployment("web", f"web:2-{fault}"))
    selector = of_newest(room)
    room.pods(f"jsonpath={{.status.containerStatuses[0].state.{state}", selector)
    (pod,) = room.kubectl.items("pods", f"--selector={selector}")
    outcome = room.wait(room.live(deployment("web", "")), seconds=0.2)
    causes = "\n".join(outcome.problems)
    assert "timed out waiting" in outcome.sentence
    assert "Minimum number of Pods to consider the application live was not attained" in causes
    assert f"[Pod {room.kubectl.namespace}/{pod['metadata']['name']}]" in causes
    assert 'container "main"' in causes
    assert told in causes
    assert number(room.live(deployment("web", "")), "status", "readyReplicas") == 3
    assert awaiting.look(room.cluster, outcome.live, worse) == outcome.problems


def test_a_pod_that_fits_no_node_is_told(room: Room) -> None:
    live = room.apply(deployment("web", "web:1", nodeSelector={"no/such": "node"}))
    room.pods("condition=PodScheduled=false", "app=web")
    assert "Unschedulable" in "\n".join(room.wait(live, seconds=1).problems)


def test_a_job_is_waited_for_to_its_end_or_fails_with_reason_and_exit_code(room: Room) -> None:
    done = room.wait(room.apply(a_job("migrate:1")))
    assert number(done.live, "status", "succeeded") == 1
    room.kubectl("delete", "job", "migrate", "--cascade=foreground")
    failed = room.wait(room.apply(a_job("migrate:2-crash")))
    assert failed.sentence == awaiting.not_initialised("migrate")
    assert "BackoffLimitExceeded" in failed.problems[0]
    assert any('container "main" ended with exit code 1' in cause for cause in failed.problems)


def test_a_service_of_pods_that_are_not_ready_names_one_and_without_pods_it_is_content(room: Room) -> None:
    room.apply(deployment("web", "web:1-unready"))
    room.pods("jsonpath={.status.phase}=Running", "app=web")
    service = room.apply(a_service(selector={"app": "web"}))
    selector = "--selector=kubernetes.io/service-name=web"
    room.kubectl("wait", "endpointslice", selector, "--for=create", "--timeout=60s")
    unready = "--for=jsonpath={.endpoints[2].conditions.ready}=false"
    room.kubectl("wait", "endpointslice", selector, unready, "--timeout=60s")
    causes = "\n".join(room.wait(service, seconds=1).problems)
    assert "Service does not target any Pods" in causes
    assert f"[Pod {room.kubectl.namespace}/web-" in causes
    nobody = room.apply({**a_service(selector={"app": "nobody"}), "metadata": {"name": "nobody"}})
    assert room.wait(nobody).problems == []


def test_a_stateful_set_and_a_daemon_set_are_waited_for(room: Room) -> None:
    for kind in ("StatefulSet", "DaemonSet"):
        for image in ("db:1", "db:2"):
            manifest: Json = {**deployment("db", image), "kind": kind}
            if kind == "DaemonSet":
                manifest["spec"] = {key: spec for key, spec in manifest["spec"].items() if key != "replicas"}
            assert room.wait(room.apply(manifest)).problems == []


def test_a_wish_of_the_user_takes_the_place_of_readiness(room: Room) -> None:
    stuck = deployment("web", "web:1", nodeSelector={"no/such": "node"})
    stuck["metadata"]["annotations"] = {
        "pulumi.com/waitFor": "jsonpath={.status.conditions[?(@.type=='Progressing')].status}=True"
    }
    assert room.wait(room.apply(stuck)).problems == []


def test_a_namespace_that_cannot_go_tells_what_holds_it_and_goes_once_that_lets_go(room: Room) -> None:
    name = room.kubectl.namespace + "-held"
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    live = room.apply(namespace)
    held = {"name": "held", "namespace": name, "finalizers": ["example.com/hold"]}
    inside = Kubectl(room.kubectl.program, room.kubectl.kubeconfig, name)
    inside.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": held})
    room.kubectl("delete", "namespace", name, "--wait=false")
    room.kubectl.wait(f"namespace/{name}", "condition=NamespaceFinalizersRemaining")
    outcome = room.wait_until_gone(live, seconds=0.2)
    assert "example.com/hold" in "\n".join(outcome.problems)
    inside("patch", "configmap", "held", "--type=merge", '--patch={"metadata":{"finalizers":null}}')
    assert room.wait_until_gone(live).problems == []


def test_many_waits_at_once_all_end_well(room: Room) -> None:
    names = [f"web-{number}" for number in range(30)]
    room.kubectl.apply(
        {"apiVersion": "v1", "kind": "List", "items": [deployment(name, "web:1", 1) for name in names]}
    )
    with ThreadPoolExecutor(len(names)) as threads:
        ends = [threads.submit(room.wait, room.live(deployment(name, ""))) for name in names]
        outcomes = [end.result() for end in ends]
    assert [outcome.problems for outcome in outcomes] == [[]] * len(names)
