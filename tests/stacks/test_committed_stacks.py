"""Every committed stack and catalog file: read by the tool's way, and run whole by the program's way."""

import runpy
import shutil
from pathlib import Path

import pytest
import yaml

from components.config import Stack, stack_names
from tests.deployments import ENTRANCE_ADDRESS, Deployment, deploy

PROJECT = Path(__file__).parents[2]
STACKS = stack_names(PROJECT)
SHOP = {
    "adservice",
    "cartservice",
    "checkoutservice",
    "currencyservice",
    "emailservice",
    "frontend",
    "loadgenerator",
    "paymentservice",
    "productcatalogservice",
    "recommendationservice",
    "redis-cart",
    "shippingservice",
}
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: it
contexts: [{ name: it, context: { cluster: it, user: it } }]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project in which every kubeconfig is where the stacks look for it."""
    for file in (*PROJECT.glob("Pulumi*.yaml"), PROJECT / "__main__.py"):
        shutil.copy(file, tmp_path)
    shutil.copytree(PROJECT / "services", tmp_path / "services")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for stack in STACKS:
        for cluster in Stack.read(tmp_path, stack).clusters.values():
            if "kubeconfig" not in cluster.spec:
                continue
            file = Path(cluster.spec["kubeconfig"]).expanduser()
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(KUBECONFIG)
    return tmp_path


def run(project: Path, stack: str) -> Deployment:
    """Run the program with what the engine would give it."""
    config = yaml.safe_load((project / f"Pulumi.{stack}.yaml").read_text())["config"]
    shared = yaml.safe_load((project / "Pulumi.yaml").read_text())["config"]
    config |= {key: described["value"] for key, described in shared.items()}
    return deploy(lambda: runpy.run_path(str(project / "__main__.py")), stack=stack, config=config)


def test_the_sandbox_runs_the_whole_shop() -> None:
    assert set(Stack.read(PROJECT, "sandbox").services) == SHOP == set(Stack.read(PROJECT, "sandbox").catalog)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_reads_the_same_from_its_files_and_from_the_engine(project: Path, stack: str) -> None:
    deployment = run(project, stack)
    read = Stack.read(project, stack)
    assert {name: each["release"] for name, each in deployment.exports["services"].items()} == {
        name: spec["release"] for name, spec in read.services.items()
    }
    assert set(deployment.of_type("kubernetes:apps/v1:Deployment")) == set(read.services)


@pytest.mark.parametrize("stack", STACKS)
def test_everything_in_a_cluster_has_its_provider_and_a_component_as_parent(
    project: Path, stack: str
) -> None:
    deployment = run(project, stack)
    objects = [each for each in deployment.registrations if each.type.startswith("kubernetes:")]
    assert objects
    assert all("pulumi:providers:kubernetes::main" in each.provider for each in objects)
    assert all(each.parent.startswith("flotilla:index:") for each in objects)


def test_the_sandbox_registers_exactly_these_resources(project: Path) -> None:
    deployment = run(project, "sandbox")
    expected = {
        "flotilla:index:ExistingCluster main",
        "pulumi:providers:kubernetes main",
        "flotilla:index:Environment sandbox",
        "kubernetes:core/v1:Namespace sandbox-namespace",
    }
    for name in SHOP:
        expected |= {
            f"flotilla:index:Service {name}",
            f"kubernetes:apps/v1:Deployment {name}",
            f"kubernetes:core/v1:ServiceAccount {name}-account",
            f"kubernetes:networking.k8s.io/v1:NetworkPolicy {name}-network-policy",
        }
        if name != "loadgenerator":
            expected.add(f"kubernetes:core/v1:Service {name}-service")
    assert set(deployment.labels) == expected


def test_the_sandbox_tells_where_its_services_are(project: Path) -> None:
    services = run(project, "sandbox").exports["services"]
    assert services["frontend"] == {
        "release": "v0.10.5",
        "owner": "storefront",
        "address": f"{ENTRANCE_ADDRESS}:80",
        "namespace": "sandbox",
        "cluster": "main",
    }
    assert services["emailservice"]["address"] == "emailservice.sandbox:5000"
    assert services["loadgenerator"]["address"] == ""
