"""Mistakes in clusters of whole stack files: all found before anything is touched, with place and cure."""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
import yaml

from components import ConfigurationError, Stack
from tests.deployments import deploy
from tests.projects import PROJECT, mistakes_in, write_project

ROOT = Path(__file__).parents[2]
STACK = """\
config:
  aws:region: eu-west-1
  gcp:project: acme-shop
  gcp:region: europe-west1
  azure-native:subscriptionId: 00000000-0000-4000-8000-000000000001
  azure-native:location: westeurope
  flotilla:environment: {tier: production, domain: shop.example.com}
  flotilla:clusters:
    main:
      type: eks
      accountId: "111122223333"
      kubernetesVersion: "1.36"
      deployerRoleArn: arn:aws:iam::111122223333:role/deployer
      network: {cidr: 10.20.0.0/16, availabilityZones: 3}
      serviceCidr: 172.20.0.0/16
      endpointAccess: {publicCidrs: [203.0.113.0/24]}
      nodePools: {apps: {instanceTypes: [m7i.large], minSize: 2, maxSize: 6}}
    google:
      type: gke
      kubernetesVersion: "1.36"
      network: {cidr: 10.30.0.0/20, podsCidr: 10.32.0.0/14, servicesCidr: 10.31.0.0/20}
      maintenanceWindow: {days: [SA, SU], start: "02:00", hours: 6}
    azure:
      type: aks
      kubernetesVersion: "1.36"
      network: {cidr: 10.40.0.0/16, podCidr: 10.48.0.0/13, serviceCidr: 10.41.0.0/20}
      admins: {platform: {principalId: 00000000-0000-4000-8000-00000000000a}}
      nodePools: {apps: {minSize: 2, maxSize: 6}}
    dc: {type: existing, kubeconfig: kubeconfig, identifier: dc1, loadBalancer: {address: 192.0.2.9}}
    review: {type: shared, stack: acme/platform/shared, identifier: dc2}
  flotilla:services:
    cart: {release: v1, clusters: [main, google, azure, dc, review]}
    web: {release: v2}
"""
"""Clusters of all clouds, of one's own, and of another stack."""


def found_in(project: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    return [str(problem) for problem in caught.value.problems]


def test_the_stack_without_mistakes_is_one(tmp_path: Path) -> None:
    stack = Stack.read(write_project(tmp_path, stack=STACK), "test")
    assert [*stack.clusters] == ["azure", "dc", "google", "main", "review"]


@pytest.mark.parametrize(("right", "wrong", "problem"), mistakes_in("clusters"))
def test_a_mistake_in_a_cluster_is_one_problem(tmp_path: Path, right: str, wrong: str, problem: str) -> None:
    assert STACK.count(right) == 1
    (found,) = found_in(write_project(tmp_path, stack=STACK.replace(right, wrong)))
    assert found.startswith(f"Pulumi.test.yaml:{problem}")


def all_mistakes() -> str:
    """The stack with a mistake in every cluster, two in most."""
    changes = {
        "minSize: 2, maxSize: 6}}\n    google": "minSize: 9, maxSize: 6}}\n    google",
        "serviceCidr: 172.20.0.0/16": "serviceCidr: 10.20.128.0/20",
        "gcp:region: europe-west1": "gcp:region: europe-wset1",
        "servicesCidr: 10.31.0.0/20": "servicesCidr: 10.33.0.0/20",
        "location: westeurope": "location: west-europe",
        "podCidr: 10.48.0.0/13": "podCidr: 10.40.0.0/16",
        "identifier: dc1, ": "",
        "stack: acme/platform/shared": "stack: shared",
        "clusters: [main, google": "clusters: [mian, google",
    }
    stack = STACK
    for right, wrong in changes.items():
        assert stack.count(right) == 1, right
        stack = stack.replace(right, wrong)
    return stack


PATHS = [
    "clusters.azure.location",
    "clusters.azure.network.podCidr",
    "clusters.dc.identifier",
    "clusters.google.network.servicesCidr",
    "clusters.google.region",
    "clusters.main.nodePools.apps.minSize",
    "clusters.main.serviceCidr",
    "clusters.review.stack",
    "services.cart.clusters[0]",
]


def test_mistakes_in_all_clusters_are_told_at_once_by_the_command_with_exit_code_2(tmp_path: Path) -> None:
    project = write_project(tmp_path, stack=all_mistakes())
    done = subprocess.run(
        [sys.executable, "-m", "flotilla", "-C", str(project), "rehearse", "test"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    told = [line for line in done.stderr.splitlines() if "Pulumi.test.yaml:" in line]
    assert sorted(line.split("flotilla:")[1].split(": ")[0] for line in told) == PATHS


def test_mistakes_in_clusters_end_the_program_before_the_first_resource(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = write_project(tmp_path, stack=all_mistakes())
    shutil.copy(ROOT / "__main__.py", project)
    monkeypatch.chdir(project)
    shared = yaml.safe_load(PROJECT)["config"]
    config = cast("dict[str, Any]", yaml.safe_load(all_mistakes())["config"])
    config |= {key: described["value"] for key, described in shared.items()}
    with pytest.raises(pulumi.RunError) as caught:
        deploy(lambda: runpy.run_path(str(project / "__main__.py")), config=config)
    told = str(caught.value).splitlines()[1:]
    assert sorted(line.split("flotilla:")[1].split(": ")[0] for line in told) == PATHS
