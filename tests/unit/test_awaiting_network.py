"""When Kubernetes Services and Ingresses count as ready, on objects made by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes.awaiting import ingress, service
from flotilla.sandbox.kubernetes.awaiting.progress import Moment
from flotilla.sandbox.kubernetes.manifest import Manifest

ADDRESS: Manifest = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}


def a_service(status: Manifest | None = None, **spec: object) -> Manifest:
    return {
        "metadata": {"name": "web"},
        "spec": {"selector": {"app": "web"}, "type": "ClusterIP", "clusterIP": "10.0.0.1", **spec},
        "status": status or {},
    }


def endpoint(*, ready: bool | None = True, terminating: bool = False) -> Manifest:
    return {"conditions": {"ready": ready, "terminating": terminating}}


def a_slice(*endpoints: Manifest, of: str = "web", version: str = "1") -> Manifest:
    metadata = {"uid": of, "resourceVersion": version, "labels": {"kubernetes.io/service-name": of}}
    return {"metadata": metadata, "endpoints": list(endpoints) or None}


def test_a_service_is_not_ready_before_its_endpoints_have_settled() -> None:
    pieces = [a_slice(endpoint())]
    assert not service.observe(a_service(), pieces, settled=False).ready
    assert service.observe(a_service(), pieces, settled=True).ready


def test_a_service_whose_selector_fits_no_pod_is_content() -> None:
    assert service.observe(a_service(), [a_slice()], settled=True).ready


def test_a_service_waits_until_someone_has_looked_for_its_endpoints() -> None:
    assert not service.observe(a_service(), [], settled=True).ready


def test_a_service_with_a_pod_that_is_not_ready_says_so() -> None:
    progress = service.observe(a_service(), [a_slice(endpoint(), endpoint(ready=False))], settled=True)
    assert not progress.ready
    assert service.NO_PODS in progress.causes[0]


def test_endpoints_that_are_going_or_do_not_tell_hold_nobody_up() -> None:
    pieces = [a_slice(endpoint(ready=False, terminating=True), endpoint(ready=None))]
    assert service.observe(a_service(), pieces, settled=True).ready


@pytest.mark.parametrize(
    "spec",
    [{"clusterIP": "None"}, {"type": "ExternalName"}, {"selector": None}],
    ids=["headless", "external", "none"],
)
def test_services_without_pods_of_their_own_are_ready_at_once(spec: Manifest) -> None:
    assert service.observe(a_service(None, **spec), [], settled=False).ready


def test_a_load_balancer_needs_an_address() -> None:
    waiting = a_service(type="LoadBalancer", selector=None)
    assert service.NO_ADDRESS in service.observe(waiting, [], settled=True).causes[0]
    assert service.observe(a_service(ADDRESS, type="LoadBalancer", selector=None), [], settled=True).ready


def test_a_load_balancer_without_pods_and_address_tells_both() -> None:
    causes = service.observe(a_service(type="LoadBalancer"), [a_slice()], settled=True).causes
    assert [service.NO_PODS in causes[0], service.NO_ADDRESS in causes[1]] == [True, True]


@given(ready=st.lists(st.booleans(), max_size=6))
def test_a_settled_service_is_ready_exactly_when_no_endpoint_is_unready(ready: list[bool]) -> None:
    progress = service.observe(
        a_service(), [a_slice(*(endpoint(ready=found) for found in ready))], settled=True
    )
    assert progress.ready == all(ready)
    assert progress.ready != bool(progress.causes)


def test_each_change_of_the_endpoints_starts_the_settling_anew() -> None:
    now = [0.0]
    moment = Moment(now=lambda: now[0])
    seen = [moment.quiet_for(service.versions([a_slice(version="1")]))]
    for clock, version in ((4.0, "1"), (6.0, "2"), (9.0, "2")):
        now[0] = clock
        seen.append(moment.quiet_for(service.versions([a_slice(version=version)])))
    assert seen == [0.0, 4.0, 0.0, 3.0]


def an_ingress(status: Manifest | None = None, *targets: str) -> Manifest:
    paths = [{"backend": {"service": {"name": target}}} for target in targets]
    return {"spec": {"rules": [{"http": {"paths": paths}}]}, "status": status or {}}


def test_an_ingress_is_ready_with_an_address_and_endpoints_of_each_service() -> None:
    assert ingress.observe(an_ingress(ADDRESS, "web"), [], [a_slice()], settled=False).ready


def test_an_ingress_waits_for_endpoints_until_they_have_settled() -> None:
    site = an_ingress(ADDRESS, "web", "api")
    early = ingress.observe(site, [], [a_slice()], settled=False)
    assert early.causes == (f"{ingress.NO_TARGET}: api",)
    assert ingress.observe(site, [], [a_slice()], settled=True).ready


def test_a_name_outside_the_cluster_needs_no_endpoints() -> None:
    outside: Manifest = {"metadata": {"name": "web"}, "spec": {"type": "ExternalName"}}
    assert ingress.observe(an_ingress(ADDRESS, "web"), [outside], [], settled=False).ready


def test_an_ingress_without_address_names_its_class() -> None:
    site = an_ingress(None, "web")
    assert ingress.NO_ADDRESS in ingress.observe(site, [], [a_slice()], settled=True).causes[0]


def test_a_backend_that_is_no_service_is_let_pass() -> None:
    bucket: Manifest = {
        "spec": {"rules": [{"http": {"paths": [{"backend": {"resource": {}}}]}}]},
        "status": ADDRESS,
    }
    assert ingress.observe(bucket, [], [], settled=False).ready
