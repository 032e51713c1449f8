"""How a service is, told from the objects of its namespace."""

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
