"""A cluster of another stack under mocks: what is read of its owner, and what is refused."""

from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pytest
import yaml

from components import ExistingCluster, Service, ServiceType, SharedCluster, SharedClusterSpec
from tests.deployments import Deployment, deploy

OWNER = "acme/shop/platform"
KUBECONFIG = """\
current-context: one
contexts: [{name: one}, {name: two}]
users: [{name: it, user: {token: marker-of-a-secret}}]
"""


def exported() -> dict[str, Any]:
    """What the stack of an existing cluster exports."""

    def program() -> None:
        cluster = ExistingCluster(
            "main",
            {
                "kubeconfig": KUBECONFIG,
                "context": "two",
                "identifier": "dc1",
                "load_balancer": {"annotations": {"pool": "public"}, "address": "192.0.2.9"},
                "storage_class": "fast",
                "registry": "r.example.com/shop",
            },
        )
        pulumi.export("clusters", {"main": cluster.exported})
        pulumi.export("kubeconfigs", {"main": cluster.kubeconfig})

    return deploy(program).exports


def share(outputs: Mapping[str, Any], **said: str) -> Deployment:
    def program() -> None:
        args = cast("SharedClusterSpec", {"stack": OWNER, "identifier": "dc1", **said})
        cluster = SharedCluster("main", args)
        Service(
            "web",
            {
                "owner": "storefront",
                "release": "v1",
                "namespace": "review",
                "ports": {"http": 80},
                "service_type": ServiceType.LOAD_BALANCER,
                "load_balancer": cluster.load_balancer,
            },
            pulumi.ResourceOptions(providers=[cluster.provider]),
        )
        pulumi.export("ingressAddresses", cluster.ingress_addresses)
        pulumi.export("storageClass", cluster.storage_class)
        pulumi.export("registry", cluster.registry)
        pulumi.export("exported", cluster.exported)

    return deploy(program, stacks={OWNER: outputs})


def test_a_shared_cluster_is_a_reference_to_its_owner_and_a_provider() -> None:
    assert [label for label in share(exported()).labels if not label.startswith("kubernetes:")] == [
        "flotilla:index:Service web",
        "flotilla:index:SharedCluster main",
        "pulumi:providers:kubernetes main",
    ]


def test_its_provider_has_the_plain_identifier_and_the_owners_context_and_secret_kubeconfig() -> None:
    deployment = share(exported())
    provider = deployment.get("pulumi:providers:kubernetes main")
    assert provider.inputs["clusterIdentifier"] == "dc1"
    assert provider.secrets == {"kubeconfig"}
    assert yaml.safe_load(provider.inputs["kubeconfig"]) == {
        **yaml.safe_load(KUBECONFIG),
        "current-context": "two",
    }
    holders = [each.label for each in deployment.registrations if "marker-of-a-secret" in repr(each.inputs)]
    assert holders == [provider.label]
    assert "marker-of-a-secret" not in repr(deployment.exports)


def test_it_offers_what_its_owner_exports() -> None:
    deployment = share(exported())
    assert deployment.exports["ingressAddresses"] == ["192.0.2.9"]
    assert deployment.exports["storageClass"] == "fast"
    assert deployment.exports["registry"] == "r.example.com/shop"
    found = deployment.get("kubernetes:core/v1:Service web-service").inputs
    assert found["metadata"]["annotations"]["pool"] == "public"
    assert "loadBalancerIP" not in found["spec"]
    assert "loadBalancerClass" not in found["spec"]
    assert found["spec"]["ports"][0]["port"] == 80


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            {"identifier": "dc2"},
            (
                "cluster main: the stack acme/shop/platform exports its cluster main as dc1, not as dc2. "
                "Write identifier: dc1, if that is the one that is meant; what runs on the other is replaced "
                "then."
            ),
        ),
        (
            {"cluster": "mian"},
            (
                'cluster main: the stack acme/shop/platform has no cluster mian; did you mean "main"? '
                'It has "main": write one of them as cluster.'
            ),
        ),
    ],
)
def test_a_cluster_that_the_owner_does_not_have_is_refused(said: dict[str, str], problem: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        share(exported(), **said)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("outputs", "problem"),
    [
        ({}, "exports no clusters. Bring it up first, with this version."),
        ({"clusters": {"main": {"identifier": "dc1"}}}, "in another form: context: Field required. Bring"),
        ({"kubeconfigs": {}}, "exports no kubeconfig of it. Bring it up with this version."),
    ],
)
def test_an_owner_that_exports_less_has_to_be_brought_up_anew(
    outputs: dict[str, object], problem: str
) -> None:
    whole = {**exported(), **outputs} if outputs else {}
    with pytest.raises(pulumi.RunError) as caught:
        share(whole)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"identifier": ""}, "SharedCluster main: identifier: is missing. Write the one that its owner's"),
        ({"stack": "platform"}, 'SharedCluster main: stack: "platform" is not the whole name of a stack. '),
    ],
)
def test_a_shared_cluster_that_cannot_be_found_is_refused(said: dict[str, str], problem: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        share(exported(), **said)
    assert str(caught.value).startswith(problem)
