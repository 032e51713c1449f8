"""How a service is, told from the objects of its namespace."""

from dataclasses import replace

import pytest

from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.services import ServiceStatus, Wanted, address_of, release_of, service_status
from flotilla.sandbox.status import print_table

WANTED = Wanted("cart", "v2", "checkout", "main", "shop")


def deployment(replicas: int = 1) -> Manifest:
    return {
        "kind": "Deployment",
        "metadata": {"name": "cart", "namespace": "shop"},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app.kubernetes.io/name": "cart"}}},
    }


def pod(name: str, release: str, *, ready: bool, service: str = "cart", waits: str = "") -> Manifest:
    state: Manifest = {"waiting": {"reason": waits, "message": "as told"}} if waits else {"running": {}}
    return {
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app.kubernetes.io/name": service}},
        "spec": {"containers": [{"image": f"registry.example.com:5000/shop/cart:{release}"}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": str(ready)}],
            "containerStatuses": [{"name": "cart", "ready": ready, "state": state}],
        },
    }


def test_a_service_is_ready_when_all_pods_of_its_release_are() -> None:
    status = service_status(WANTED, [deployment(2), pod("a", "v2", ready=True), pod("b", "v2", ready=True)])
    assert (status.ready, status.replicas, status.others, status.is_ready) == (2, 2, {}, True)


def test_ready_pods_of_another_release_do_not_count_and_are_named() -> None:
    pods = [pod("old", "v1", ready=True), pod("new", "v2", ready=False, waits="ImagePullBackOff")]
    status = service_status(WANTED, [deployment(), *pods])
    assert (status.ready, status.others, status.is_ready) == (0, {"v1": 1}, False)
    assert len(status.reasons) == 1
    assert "new" in status.reasons[0]
    assert "ImagePullBackOff" in status.reasons[0]


def test_a_service_that_should_have_no_pods_is_ready() -> None:
    assert service_status(WANTED, [deployment(0)]).is_ready


def test_pods_of_other_services_do_not_count() -> None:
    status = service_status(WANTED, [deployment(), pod("x", "v2", ready=True, service="web")])
    assert status.ready == 0


def test_a_service_without_its_deployment_is_not_ready_and_says_so() -> None:
    status = service_status(WANTED, [])
    assert not status.is_ready
    assert "no Deployment" in status.reasons[0]


def workload(kind: str, **more: object) -> Manifest:
    return {**deployment(2), "kind": kind, **more}


def test_pods_of_a_stateful_set_are_looked_for_there() -> None:
    wanted = replace(WANTED, kind="StatefulSet")
    pods = [pod("cart-0", "v2", ready=True), pod("cart-1", "v2", ready=True)]
    assert service_status(wanted, [workload("StatefulSet"), *pods]).is_ready
    assert service_status(wanted, [*pods]).reasons == (
        "there is no StatefulSet: the update did not get so far",
    )


def test_of_blue_and_green_the_one_with_the_wanted_release_counts() -> None:
    def half(name: str) -> Manifest:
        labels = {"app.kubernetes.io/name": "cart", "app.kubernetes.io/instance": name}
        metadata = {"name": f"cart-{name}", "namespace": "shop"}
        return {**workload("Deployment"), "metadata": metadata, "spec": {"selector": {"matchLabels": labels}}}

    def of(name: str, release: str) -> Manifest:
        labels = {"app.kubernetes.io/name": "cart", "app.kubernetes.io/instance": name}
        return {**pod(name, release, ready=True), "metadata": {"name": name, "labels": labels}}

    wanted = replace(WANTED, instance="green")
    objects = [half("blue"), of("blue", "v1"), half("green"), of("green", "v2")]
    status = service_status(wanted, objects)
    assert (status.ready, status.others) == (1, {})


def test_of_a_rollout_its_own_word_counts() -> None:
    wanted = replace(WANTED, kind="Rollout")
    healthy = workload("Rollout", status={"phase": "Healthy", "readyReplicas": 2})
    assert service_status(wanted, [healthy]).is_ready
    paused = workload("Rollout", status={"phase": "Paused", "readyReplicas": 2, "message": "CanaryPauseStep"})
    status = service_status(wanted, [paused])
    assert (status.is_ready, status.reasons) == (False, ("[Rollout cart]: Paused CanaryPauseStep",))


def test_of_a_chart_all_workloads_of_its_release_count() -> None:
    def of_chart(kind: str, part: str) -> Manifest:
        labels = {"app.kubernetes.io/instance": "cart"}
        selector = {"matchLabels": {"app.kubernetes.io/name": part}}
        metadata = {"name": part, "namespace": "shop", "labels": labels}
        return {"kind": kind, "metadata": metadata, "spec": {"replicas": 1, "selector": selector}}

    wanted = replace(WANTED, kind="Release")
    parts = [of_chart("Deployment", "web"), of_chart("StatefulSet", "db"), deployment()]
    pods = [
        pod("a", "8.0", ready=True, service="web"),
        pod("b", "17", ready=False, service="db", waits="Slow"),
    ]
    status = service_status(wanted, [*parts, *pods])
    assert (status.ready, status.replicas) == (1, 2)
    assert "Slow" in status.reasons[0]


def test_the_release_is_the_tag_whatever_the_registry_and_digest() -> None:
    for image, release in {
        "registry.example.com:5000/shop/cart:v2": "v2",
        "cart:v2": "v2",
        "registry.example.com/cart:v2@sha256:0123": "v2",
        "registry.example.com:5000/shop/cart": "",
        "cart": "",
    }.items():
        assert release_of({"spec": {"containers": [{"image": image}]}}) == release, image


def test_an_address_is_the_outer_one_where_there_is_one() -> None:
    metadata: Manifest = {"name": "cart", "namespace": "shop"}
    inner: Manifest = {"metadata": metadata, "spec": {"type": "ClusterIP", "ports": [{"port": 7070}]}}
    balancer: Manifest = {"metadata": metadata, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
    given: Manifest = {**balancer, "status": {"loadBalancer": {"ingress": [{"ip": "198.18.0.1"}]}}}
    assert address_of(inner) == "cart.shop:7070"
    assert address_of(given) == "198.18.0.1:80"
    assert address_of(balancer) == "waits for its address"
    assert address_of(None) == "—"


def test_no_cell_of_the_table_is_cut_off_and_no_line_ends_in_blanks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    long = Wanted("a" * 63, "v" * 40, "checkout", "main", "shop")
    print_table([ServiceStatus(WANTED, 1, 1, address="cart.shop:80"), ServiceStatus(long, 0, 1)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["SERVICE", "RELEASE", "OWNER", "READY", "ADDRESS"],
        ["cart", "v2", "checkout", "1/1", "cart.shop:80"],
        ["a" * 63, "v" * 40, "checkout", "0/1", "—"],
    ]
    assert all(line == line.rstrip() for line in lines)
