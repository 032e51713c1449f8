"""A service under mocks, with what its cluster gives it: an identity, and settings of load balancers."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest

from components import ExistingCluster, ExistingClusterSpec, Service, ServiceArgs, ServiceType
from components.cluster.aks import nodes as aks
from components.cluster.eks import nodes as eks
from components.cluster.gke import nodes as gke
from components.service.rules.scheduling import TOLD_BY
from components.wiring import LoadBalancer, ServiceIdentity
from tests.deployments import HOST_NAME, Deployment, deploy

KUBECONFIG = "\ncurrent-context: it\ncontexts: [{name: it}]\n"
CART: ServiceArgs = {"owner": "carts", "release": "v1", "namespace": "shop", "ports": {"grpc": 7070}}
OUTSIDE: ServiceArgs = {**CART, "service_type": ServiceType.LOAD_BALANCER}
GRANT = "test:index:Grant"


def with_args(args: Callable[[ExistingCluster], ServiceArgs], **said: object) -> Deployment:
    def program() -> None:
        spec = {"kubeconfig": KUBECONFIG, "identifier": "dc1", **said}
        cluster = ExistingCluster("main", cast("ExistingClusterSpec", spec))
        service = Service("cart", args(cluster), pulumi.ResourceOptions(providers=[cluster.provider]))
        pulumi.export("address", service.address)
        pulumi.export("exported", cluster.exported)

    return deploy(program)


def granted(annotations: dict[str, pulumi.Input[str]] | None = None) -> ServiceArgs:
    """Arguments whose identity comes from a resource of a cloud."""
    grant = pulumi.CustomResource(GRANT, "grant", {})
    identity: ServiceIdentity = {
        "service_account_annotations": grant.urn.apply(lambda _: annotations or {}),
        "pod_labels": {"azure.workload.identity/use": "true"},
    }
    return {**CART, "identity": identity}


def test_the_identity_of_a_service_stands_at_its_account_and_its_pods() -> None:
    deployment = with_args(lambda _: granted({"azure.workload.identity/client-id": "4711"}))
    account = deployment.get("kubernetes:core/v1:ServiceAccount cart-account").inputs["metadata"]
    assert account["annotations"] == {
        "flotilla/owner": "carts",
        "azure.workload.identity/client-id": "4711",
    }
    pods = deployment.get("kubernetes:apps/v1:Deployment cart").inputs["spec"]
    assert pods["template"]["metadata"]["labels"]["azure.workload.identity/use"] == "true"
    assert "azure.workload.identity/use" not in pods["selector"]["matchLabels"]


def test_account_and_pods_come_after_the_grant_also_where_it_annotates_nothing() -> None:
    deployment = with_args(lambda _: granted())
    account = deployment.get("kubernetes:core/v1:ServiceAccount cart-account")
    assert f"{GRANT} grant" in account.depends_on
    pods = deployment.get("kubernetes:apps/v1:Deployment cart")
    assert "kubernetes:core/v1:ServiceAccount cart-account" in pods.depends_on


def test_a_service_without_an_identity_waits_for_no_grant() -> None:
    deployment = with_args(lambda _: CART)
    account = deployment.get("kubernetes:core/v1:ServiceAccount cart-account")
    assert account.inputs["metadata"]["annotations"] == {"flotilla/owner": "carts"}


SETTINGS = {
    "annotations": {"metallb.io/address-pool": "public"},
    "load_balancer_class": "example.com/metal",
    "address": "192.0.2.9",
    "external_traffic_policy": "Local",
}


def kubernetes_service(deployment: Deployment) -> dict[str, Any]:
    return deployment.get("kubernetes:core/v1:Service cart-service").inputs


def test_a_load_balancer_gets_what_the_cluster_needs_but_the_reserved_address() -> None:
    found = kubernetes_service(
        with_args(lambda on: {**OUTSIDE, "load_balancer": on.load_balancer}, load_balancer=SETTINGS)
    )
    assert found["metadata"]["annotations"] == {
        "flotilla/owner": "carts",
        "metallb.io/address-pool": "public",
    }
    assert found["spec"]["loadBalancerClass"] == "example.com/metal"
    assert found["spec"]["externalTrafficPolicy"] == "Local"
    assert "loadBalancerIP" not in found["spec"]


def test_the_entrance_of_a_cluster_has_its_reserved_address() -> None:
    found = kubernetes_service(
        with_args(lambda on: {**OUTSIDE, "load_balancer": on.entrance}, load_balancer=SETTINGS)
    )
    assert found["spec"]["loadBalancerIP"] == "192.0.2.9"
    assert found["spec"]["ports"][0]["port"] == 7070


def test_a_service_inside_the_cluster_heeds_no_settings_of_load_balancers() -> None:
    found = kubernetes_service(
        with_args(lambda on: {**CART, "load_balancer": on.entrance}, load_balancer=SETTINGS)
    )
    assert found == kubernetes_service(with_args(lambda _: CART))


def test_settings_may_be_known_late_and_empty_ones_are_left_out() -> None:
    def late(_: ExistingCluster) -> ServiceArgs:
        annotations: dict[str, pulumi.Input[str]] = {"a": "b"}
        balancer: LoadBalancer = {
            "annotations": pulumi.Output.from_input("").apply(lambda _: annotations),
            "address": pulumi.Output.from_input("192.0.2.9"),
            "load_balancer_class": pulumi.Output.from_input(""),
        }
        return {**OUTSIDE, "load_balancer": balancer}

    found = kubernetes_service(with_args(late))
    assert found["metadata"]["annotations"]["a"] == "b"
    assert found["spec"]["loadBalancerIP"] == "192.0.2.9"
    assert found["spec"]["type"] == "LoadBalancer"
    assert "loadBalancerClass" not in found["spec"]


def test_a_load_balancer_with_a_host_name_is_the_services_address() -> None:
    deployment = with_args(
        lambda on: {**OUTSIDE, "load_balancer": on.load_balancer},
        load_balancer={"annotations": {HOST_NAME: "lb.example.com"}},
    )
    assert deployment.exports["address"] == "lb.example.com:7070"


def test_a_cluster_tells_other_stacks_what_it_has_and_nothing_secret() -> None:
    deployment = with_args(
        lambda _: CART, load_balancer=SETTINGS, storage_class="fast", registry="r.example.com/shop"
    )
    exported = deployment.exports["exported"]
    assert exported == {
        "identifier": "dc1",
        "context": "",
        "ingressAddresses": ["192.0.2.9"],
        "loadBalancer": {
            "annotations": {"metallb.io/address-pool": "public"},
            "loadBalancerClass": "example.com/metal",
            "externalTrafficPolicy": "Local",
        },
        "entrance": {
            "annotations": {"metallb.io/address-pool": "public"},
            "loadBalancerClass": "example.com/metal",
            "address": "192.0.2.9",
            "externalTrafficPolicy": "Local",
        },
        "storageClass": "fast",
        "registry": "r.example.com/shop",
        "grantor": {},
    }


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"identifier": ""}, "ExistingCluster main: identifier: is missing. Give the cluster a name that"),
        ({"kubeconfig": ""}, "ExistingCluster main: kubeconfig: is missing. Give the path of a kubeconfig"),
    ],
)
def test_an_existing_cluster_without_identifier_or_kubeconfig_is_refused(
    said: dict[str, object], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        with_args(lambda _: CART, **said)


def test_no_label_by_which_a_cloud_tells_pools_or_spot_nodes_apart_may_be_named_beside_them() -> None:
    clouds = [aks.NODES, eks.told_apart(auto_mode=True), eks.told_apart(auto_mode=False), gke.NODES]
    assert {each["node_pool_label"] for each in clouds if "node_pool_label" in each} == TOLD_BY["nodePool"]
    assert {label for each in clouds for label in each.get("spot_labels", {})} == TOLD_BY["spot"]
