"""The components under mocks: what each registers, below what, on which cluster."""

from pathlib import Path
from typing import cast

import pulumi
import pytest

from components import (
    Environment,
    ExistingCluster,
    ExistingClusterSpec,
    PodSecurity,
    Service,
    ServiceArgs,
    ServiceType,
    Tier,
)
from components.kubernetes_object import provider_version
from tests.deployments import ENTRANCE_ADDRESS, Deployment, deploy

KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: one
contexts: [{name: one, context: {cluster: c, user: u}}, {name: two, context: {cluster: c, user: u}}]
"""
SMALL: ServiceArgs = {"owner": "carts", "release": "v1", "namespace": "shop"}
WHOLE: ServiceArgs = {
    **SMALL,
    "ports": {"grpc": 7070},
    "files": {"/etc/cart.ini": "x = 1\n"},
    "secrets": ["TOKEN"],
    "secret_values": {"TOKEN": "marker-of-a-secret"},
}


def with_service(args: ServiceArgs, name: str = "cart") -> Deployment:
    def program() -> None:
        cluster = ExistingCluster("main", {"kubeconfig": KUBECONFIG, "identifier": "dc1"})
        environment = Environment(
            "shop", {"tier": Tier.STAGING}, pulumi.ResourceOptions(providers=[cluster.provider])
        )
        wired: ServiceArgs = {**args, "namespace": environment.namespace}
        if "secret_values" in args:
            wired["secret_values"] = pulumi.Output.secret(args["secret_values"])
        service = Service(name, wired, pulumi.ResourceOptions(parent=environment))
        pulumi.export("address", service.address)
        pulumi.export("release", service.release)
        pulumi.export("name", service.name)

    return deploy(program)


def with_cluster(**changed: str) -> Deployment:
    args = cast("ExistingClusterSpec", {"kubeconfig": KUBECONFIG, "identifier": "dc1", **changed})
    return deploy(lambda: ExistingCluster("main", args))


def test_an_existing_cluster_is_a_provider_and_nothing_else() -> None:
    assert with_cluster().labels == [
        "flotilla:index:ExistingCluster main",
        "pulumi:providers:kubernetes main",
    ]


def test_the_provider_has_a_plain_identifier_and_a_secret_kubeconfig() -> None:
    provider = with_cluster(context="two").get("pulumi:providers:kubernetes main")
    assert provider.inputs == {"kubeconfig": KUBECONFIG, "clusterIdentifier": "dc1", "context": "two"}
    assert provider.secrets == {"kubeconfig"}
    assert provider.parent == "flotilla:index:ExistingCluster main"
    assert provider.version == provider_version()


def test_a_kubeconfig_may_be_given_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    provider = with_cluster(kubeconfig=str(tmp_path / "kubeconfig")).get("pulumi:providers:kubernetes main")
    assert provider.inputs["kubeconfig"] == KUBECONFIG


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"context": "three"},
            "the given kubeconfig has no context three. Name one of its contexts: one, two.",
        ),
        ({"kubeconfig": "nowhere"}, "kubeconfig nowhere cannot be read: No such file or directory."),
        (
            {"kubeconfig": "a: [\n"},
            "the given kubeconfig is not a kubeconfig. `kubectl config view --raw` shows one.",
        ),
        ({"kubeconfig": "\ncontexts: []\n"}, "the given kubeconfig has no current context."),
    ],
)
def test_a_cluster_that_cannot_be_reached_says_why(args: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        with_cluster(**args)
    assert str(caught.value).startswith(message)


def test_an_environment_is_a_namespace_that_enforces_restricted_pods() -> None:
    namespace = with_service(SMALL).get("kubernetes:core/v1:Namespace shop-namespace")
    assert namespace.parent == "flotilla:index:Environment shop"
    assert namespace.inputs["metadata"]["name"] == "shop"
    assert namespace.inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_an_environment_may_allow_more_and_have_labels_and_another_namespace() -> None:
    def program() -> None:
        cluster = ExistingCluster("main", {"kubeconfig": KUBECONFIG, "identifier": "dc1"})
        Environment(
            "shop",
            {
                "tier": Tier.STAGING,
                "namespace": "shop-2",
                "labels": {"cost-centre": "4711"},
                "pod_security": PodSecurity.BASELINE,
            },
            pulumi.ResourceOptions(providers=[cluster.provider]),
        )

    metadata = deploy(program).get("kubernetes:core/v1:Namespace shop-namespace").inputs["metadata"]
    assert metadata["name"] == "shop-2"
    assert metadata["labels"]["cost-centre"] == "4711"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "baseline"


def test_the_smallest_service_is_a_deployment_an_account_and_a_network_policy() -> None:
    assert kinds_of(with_service(SMALL)) == {
        "kubernetes:apps/v1:Deployment cart",
        "kubernetes:core/v1:ServiceAccount cart-account",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy cart-network-policy",
    }


def test_ports_files_and_secrets_each_add_their_object() -> None:
    assert kinds_of(with_service(WHOLE)) == {
        "kubernetes:apps/v1:Deployment cart",
        "kubernetes:core/v1:ServiceAccount cart-account",
        "kubernetes:core/v1:Service cart-service",
        "kubernetes:core/v1:ConfigMap cart-files",
        "kubernetes:core/v1:Secret cart-secrets",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy cart-network-policy",
    }


def kinds_of(deployment: Deployment) -> set[str]:
    return {each.label for each in deployment.registrations if each.parent == "flotilla:index:Service cart"}


def test_pods_get_files_and_secrets_under_the_names_the_provider_chose() -> None:
    pod = with_service(WHOLE).get("kubernetes:apps/v1:Deployment cart").inputs["spec"]["template"]["spec"]
    assert pod["volumes"] == [{"name": "files", "configMap": {"name": "cart-files-0badcafe"}}]
    assert pod["containers"][0]["env"][0]["valueFrom"]["secretKeyRef"]["name"] == "cart-secrets-0badcafe"


def test_a_secret_value_stands_in_the_secret_alone_and_as_a_secret() -> None:
    deployment = with_service(WHOLE)
    holders = [each for each in deployment.registrations if "marker-of-a-secret" in repr(each.inputs)]
    assert [each.label for each in holders] == ["kubernetes:core/v1:Secret cart-secrets"]
    assert holders[0].secrets == {"stringData"}


def test_the_address_is_inside_the_cluster_or_the_load_balancers() -> None:
    assert with_service(WHOLE).exports == {"address": "cart.shop:7070", "release": "v1", "name": "cart"}
    outside: ServiceArgs = {**WHOLE, "service_type": ServiceType.LOAD_BALANCER}
    assert with_service(outside).exports["address"] == f"{ENTRANCE_ADDRESS}:7070"
    assert with_service(SMALL).exports["address"] == ""


def test_kubernetes_names_may_differ_from_pulumis() -> None:
    deployment = with_service({**SMALL, "name": "cart"}, name="cart-dr")
    assert deployment.get("kubernetes:apps/v1:Deployment cart-dr").inputs["metadata"]["name"] == "cart"
    assert deployment.exports["name"] == "cart"


@pytest.mark.parametrize("args", [SMALL, WHOLE])
def test_every_child_has_its_component_its_cluster_and_the_providers_version(args: ServiceArgs) -> None:
    deployment = with_service(args)
    components = {each.label for each in deployment.registrations if each.type.startswith("flotilla:")}
    for each in deployment.registrations:
        if each.type.startswith("kubernetes:"):
            assert each.parent in components
            assert "pulumi:providers:kubernetes::main" in each.provider
            assert each.version == provider_version()
            if each.type != "kubernetes:core/v1:Namespace":
                assert each.inputs["metadata"]["namespace"] == "shop"


def test_two_services_share_no_name() -> None:
    def program() -> None:
        cluster = ExistingCluster("main", {"kubeconfig": KUBECONFIG, "identifier": "dc1"})
        for name in ("cart", "cart-service"):
            Service(name, WHOLE, pulumi.ResourceOptions(providers=[cluster.provider]))

    labels = deploy(program).labels
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"probes": {"liveness": {"grpc": 1}}},
            "Service cart: probes.liveness.grpc: port 1 is not declared.",
        ),
        ({"secrets": ["TOKEN"]}, "Service cart: secretValues: is missing. Give a value for each of secrets."),
        ({"release": ""}, 'Service cart: release: "" is not a tag of an image.'),
    ],
)
def test_a_service_that_contradicts_itself_is_refused_before_anything_of_it_is_registered(
    args: dict[str, object], message: str
) -> None:
    def program() -> None:
        cluster = ExistingCluster("main", {"kubeconfig": KUBECONFIG, "identifier": "dc1"})
        wrong = cast("ServiceArgs", {**SMALL, **args})
        Service("cart", wrong, pulumi.ResourceOptions(providers=[cluster.provider]))

    with pytest.raises(ValueError, match=r".") as caught:
        deploy(program)
    assert str(caught.value).startswith(message)


def test_a_service_without_a_cluster_is_refused_rather_than_sent_to_the_ambient_one() -> None:
    with pytest.raises(ValueError, match=r"Service cart does not know its cluster. Give it one: "):
        deploy(lambda: Service("cart", SMALL))
