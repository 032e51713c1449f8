"""Self-healing: what services do when a pod crashes, a node vanishes, a rollout is bad, or load rises."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from bare_services import BareServices
from kubectl import Json, Kubectl, eventually

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine

pytestmark = pytest.mark.engine

FAIL = "sandbox.flotilla.dev/fail"
SHOP: Json = {
    "release": "v1",
    "ports": {"http": 8080},
    "replicas": 3,
    "disruption_budget": {"max_unavailable": "1"},
    "rollout": {"timeout_seconds": 20},
}
METRICS = Path(__file__).parent / "definitions" / "pod-metrics.yaml"


@pytest.fixture
def stack(engine: Engine, kubectl: Kubectl, tmp_path: Path) -> BareServices:
    """An empty stack in the test's namespace."""
    return BareServices.of(engine, tmp_path, kubectl)


def endpoints(kubectl: Kubectl) -> set[str]:
    """The pods that the Kubernetes Service shop leads requests to."""
    found: list[Json] = []
    for one in kubectl.items("endpointslices", "--selector=kubernetes.io/service-name=shop"):
        found += one.get("endpoints") or []
    return {str(each["targetRef"]["name"]) for each in found if each["conditions"].get("ready")}


@contextmanager
def never_below(kubectl: Kubectl, fewest: int) -> Generator[None]:
    """Watch meanwhile that requests can go to so many pods at least."""
    done = Event()

    def watch() -> int:
        least = len(endpoints(kubectl))
        while not done.wait(0.2):
            least = min(least, len(endpoints(kubectl)))
        return least

    with ThreadPoolExecutor(1) as watcher:
        least = watcher.submit(watch)
        try:
            yield
        finally:
            done.set()
    assert least.result() >= fewest


def test_a_pod_that_crashes_gets_no_requests_until_it_is_ready_again(
    stack: BareServices, kubectl: Kubectl
) -> None:
    stack.up(shop=SHOP)
    eventually(lambda: len(endpoints(kubectl)) == 3)
    victim = min(endpoints(kubectl))
    with never_below(kubectl, 2):
        kubectl("annotate", "pod", victim, f"{FAIL}=crash")
        eventually(lambda: victim not in endpoints(kubectl))
        status: Json = kubectl.get("pod", victim)["status"]["containerStatuses"][0]
        assert status["restartCount"] >= 1
        assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
        kubectl("annotate", "pod", victim, f"{FAIL}-")
        eventually(lambda: victim in endpoints(kubectl))
    assert len(endpoints(kubectl)) == 3
    assert stack.steps(shop=SHOP) == []


def test_the_pods_of_a_node_that_vanishes_are_replaced_on_others_with_no_update(
    stack: BareServices, kubectl: Kubectl, control_plane: ControlPlane
) -> None:
    stack.up(shop=SHOP)
    eventually(lambda: len(endpoints(kubectl)) == 3)
    lost = str(kubectl.running()[0]["spec"]["nodeName"])
    control_plane.remove_node(lost)
    try:
        eventually(lambda: len(endpoints(kubectl)) < 3)
        eventually(lambda: len(endpoints(kubectl)) == 3)
        assert lost not in {pod["spec"]["nodeName"] for pod in kubectl.running()}
        assert stack.steps(shop=SHOP) == []
    finally:
        control_plane.restore_node(lost)
    eventually(lambda: len(kubectl.items("pods")) == 3)


def test_a_bad_rollout_says_why_while_the_pods_before_serve_and_the_next_one_heals_it(
    stack: BareServices, kubectl: Kubectl
) -> None:
    stack.up(shop=SHOP)
    eventually(lambda: len(endpoints(kubectl)) == 3)
    with never_below(kubectl, 3):
        said = stack.up(fails=True, shop={**SHOP, "release": "v2-missing"})
        assert "ErrImagePull" in said
        stack.up(shop={**SHOP, "release": "v3"})
    images = {pod["spec"]["containers"][0]["image"] for pod in kubectl.running()}
    assert images == {"ghcr.io/acme/shop:v3"}


def test_a_node_that_is_drained_takes_one_pod_at_a_time(stack: BareServices, kubectl: Kubectl) -> None:
    # All three pods on one node, which is the worst case.
    (first, *others) = [str(node["metadata"]["name"]) for node in kubectl.items("nodes")]
    kubectl("cordon", *others)
    try:
        stack.up(shop=SHOP)
        eventually(lambda: len(endpoints(kubectl)) == 3)
        assert {pod["spec"]["nodeName"] for pod in kubectl.running()} == {first}
        kubectl("uncordon", *others)
        with never_below(kubectl, 2):
            kubectl("drain", first, "--pod-selector=app.kubernetes.io/name=shop", "--timeout=120s")
            eventually(lambda: len(endpoints(kubectl)) == 3)
        assert first not in {pod["spec"]["nodeName"] for pod in kubectl.running()}
    finally:
        kubectl("uncordon", first, *others)


def test_pods_follow_the_load_between_their_bounds_and_an_update_leaves_their_number_alone(
    stack: BareServices, kubectl: Kubectl
) -> None:
    shop: Json = {
        **{key: value for key, value in SHOP.items() if key != "replicas"},
        "resources": {"requests": {"cpu": "100m"}},
        "autoscaling": {
            "min_replicas": 2,
            "max_replicas": 4,
            "target_cpu_utilization": 50,
            "scale_down": {"stabilization_window_seconds": 0},
        },
    }
    kubectl("apply", f"--filename={METRICS}")
    try:
        kubectl("wait", "crd/pods.metrics.k8s.io", "--for=condition=Established", "--timeout=30s")
        stack.up(shop=shop)
        eventually(lambda: has_pods_under_load(kubectl, "10m", 2))
        eventually(lambda: has_pods_under_load(kubectl, "200m", 4), patience=120)
        assert kubectl.get("hpa", "shop")["status"]["desiredReplicas"] == 4
        stack.up(shop={**shop, "release": "v2"})
        assert kubectl.get("deployment", "shop")["spec"]["replicas"] == 4
        eventually(lambda: has_pods_under_load(kubectl, "10m", 2), patience=120)
    finally:
        kubectl("delete", "crd", "pods.metrics.k8s.io")


def has_pods_under_load(kubectl: Kubectl, cpu: str, wanted: int) -> bool:
    """Tell of each pod how much CPU it uses; whether there are as many pods as wanted."""
    pods = kubectl.running()
    for pod in pods:
        kubectl.apply(
            {
                "apiVersion": "metrics.k8s.io/v1beta1",
                "kind": "PodMetrics",
                "metadata": {key: pod["metadata"][key] for key in ("name", "labels")},
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "window": "1s",
                "containers": [{"name": "shop", "usage": {"cpu": cpu, "memory": "16Mi"}}],
            }
        )
    return len(pods) == wanted and len(endpoints(kubectl)) == wanted
