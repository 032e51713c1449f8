"""The examples under mocks: what each registers, and on which cluster."""

import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config import Stack
from tests.deployments import ENTRANCE_ADDRESS, Deployment, deploy

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def shared_config(example: str) -> dict[str, Any]:
    """What an example's `Pulumi.yaml` gives to all its stacks."""
    described = yaml.safe_load((EXAMPLES / example / "Pulumi.yaml").read_text())["config"]
    values = {key: each.get("value", each.get("default")) for key, each in described.items()}
    return {
        key if ":" in key else f"{example}:{key}": value for key, value in values.items() if value is not None
    }


def run(example: str, stack: str, config: Mapping[str, Any]) -> Deployment:
    program = EXAMPLES / example / "__main__.py"
    return deploy(
        lambda: runpy.run_path(str(program)),
        project=example,
        stack=stack,
        config={**shared_config(example), **config},
    )


@pytest.fixture
def two_clouds() -> Deployment:
    stack = yaml.safe_load((EXAMPLES / "two-clouds" / "Pulumi.demo.yaml").read_text())
    return run("two-clouds", "demo", stack["config"])


def test_the_example_of_two_clouds_is_the_program_of_this_repository() -> None:
    assert (EXAMPLES / "two-clouds" / "__main__.py").read_text() == (ROOT / "__main__.py").read_text()


def test_each_service_lands_on_the_clusters_that_the_stack_names(two_clouds: Deployment) -> None:
    placed = {
        name: each.provider.split("::")[-2]
        for name, each in two_clouds.of_type("kubernetes:apps/v1:Deployment").items()
    }
    assert placed == {
        "storefront": "main",
        "orders": "main",
        "forecasts": "main",
        "storefront-azure": "azure",
        "orders-azure": "azure",
        "invoices-azure": "azure",
    }
    read = Stack.read(EXAMPLES / "two-clouds", "demo")
    assert {name: each["cluster"] for name, each in two_clouds.exports["services"].items()} == placed
    assert {each.name: each.cluster for each in read.placements} == placed


def test_each_service_is_granted_what_its_cloud_knows_of_before_its_account(two_clouds: Deployment) -> None:
    bound = two_clouds.of_type("gcp:projects/iAMMember:IAMMember")
    roles = {name: each.inputs["role"] for name, each in bound.items() if "nodes" not in name}
    assert {"roles/pubsub.publisher", "roles/bigquery.dataViewer"} <= set(roles.values())
    assert set(two_clouds.of_type("azure-native:managedidentity:FederatedIdentityCredential")) == {
        "azure-grant-invoices-credential"
    }
    accounts = two_clouds.of_type("kubernetes:core/v1:ServiceAccount")
    assert any("IAMMember" in label for label in accounts["orders-account"].depends_on)
    assert any(
        "FederatedIdentityCredential" in label for label in accounts["invoices-azure-account"].depends_on
    )
    assert not any("managedidentity" in label for label in accounts["orders-azure-account"].depends_on)


def test_a_cluster_on_aws_composed_in_python_has_a_service_with_a_role_and_an_entrance() -> None:
    deployment = run(
        "eks-cluster",
        "dev",
        {
            "eks-cluster:accountId": "111122223333",
            "eks-cluster:deployerRoleArn": "arn:aws:iam::111122223333:role/deployer",
        },
    )
    assert deployment.exports["address"] == f"{ENTRANCE_ADDRESS}:80"
    (association,) = deployment.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation").values()
    assert association.inputs["namespace"] == "pictures"
    assert association.inputs["serviceAccount"] == "gallery"
    account = deployment.get("kubernetes:core/v1:ServiceAccount gallery-account")
    assert association.label in account.depends_on
    assert not [each.label for each in deployment.registrations if each.protect]
