"""Two stacks with the real engine, one of which runs on the other's cluster."""

import json
import shutil
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, cast

import pytest
from checkouts import ROOT, project_environment
from kubectl import Kubectl

from flotilla.controlplane import Binaries, ControlPlane
from flotilla.engine import Engine
from flotilla.sandbox.programs import place_programs
from tests.projects import CART, write_project

pytestmark = pytest.mark.engine

OWNER = """\
config:
  flotilla:environment: {tier: development, namespace: sharing-owner}
  flotilla:clusters:
    main:
      type: existing
      kubeconfig: kubeconfig
      identifier: dc1
      loadBalancer: {annotations: {pool: public}, externalTrafficPolicy: Local}
      storageClass: fast
"""
TENANT = """\
config:
  flotilla:environment: {tier: review, namespace: sharing-tenant}
  flotilla:clusters:
    main: {type: shared, stack: organization/flotilla/owner, identifier: dc1}
  flotilla:services:
    cart: {release: v1, serviceType: LoadBalancer}
"""

Pulumi = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def pulumi(engine: Engine, control_plane: ControlPlane, tmp_path: Path) -> Generator[Pulumi]:
    """The CLI in a project of two stacks, with state in files."""
    (tmp_path / "project").mkdir()
    project = write_project(tmp_path / "project", cart=f"{CART}image: ghcr.io/acme/cart\n", web=None)
    shutil.copy(ROOT / "__main__.py", project)
    shutil.copy(control_plane.kubeconfig, project / "kubeconfig")
    (project / "Pulumi.owner.yaml").write_text(OWNER)
    (project / "Pulumi.tenant.yaml").write_text(TENANT)
    place_programs(tmp_path / "bin", engine)
    environment = {**project_environment(tmp_path), "PYTHONPATH": str(ROOT)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", "--non-interactive", *arguments],
            cwd=project, env=environment, text=True, capture_output=True, check=False,
        )  # fmt: skip

    for stack in ("owner", "tenant"):
        assert run("stack", "init", stack).returncode == 0
    try:
        yield run
    finally:
        for stack in ("tenant", "owner"):
            run("destroy", "--stack", stack, "--yes", "--skip-preview")


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_stack_runs_on_a_cluster_of_another_stack_without_a_secret_in_the_plain(
    pulumi: Pulumi, tmp_path: Path, control_plane: ControlPlane, binaries: Binaries
) -> None:
    early = pulumi("preview", "--stack", "tenant")
    assert early.returncode != 0
    assert "the stack organization/flotilla/owner exports no clusters. Bring it up first" in early.stdout
    assert "Traceback" not in early.stdout + early.stderr

    succeeded(pulumi("up", "--stack", "owner", "--yes", "--skip-preview"))
    outputs = cast(
        "dict[str, Any]", json.loads(succeeded(pulumi("stack", "output", "--json", "--stack", "owner")))
    )
    assert outputs["kubeconfigs"] == {"main": "[secret]"}
    assert outputs["clusters"]["main"]["identifier"] == "dc1"
    assert outputs["clusters"]["main"]["type"] == "existing"

    succeeded(pulumi("up", "--stack", "tenant", "--yes", "--skip-preview"))
    kubectl = Kubectl(binaries.kubectl, control_plane.kubeconfig, "sharing-tenant")
    found = json.loads(kubectl("get", "service", "cart", "--output", "json"))
    assert found["metadata"]["annotations"]["pool"] == "public"
    assert found["spec"]["externalTrafficPolicy"] == "Local"
    assert "loadBalancerClass" not in found["spec"]
    again = succeeded(pulumi("up", "--stack", "tenant", "--yes", "--skip-preview", "--expect-no-changes"))
    assert "unchanged" in again

    contents = control_plane.kubeconfig.read_text()
    key = next(line.split()[-1] for line in contents.splitlines() if "client-key-data" in line)
    states = [path for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert states
    assert not any(key in path.read_text(errors="replace") for path in states)

    stack = tmp_path / "project" / "Pulumi.tenant.yaml"
    stack.write_text(stack.read_text().replace("identifier: dc1", "identifier: dc2"))
    other = pulumi("up", "--stack", "tenant", "--yes", "--skip-preview")
    assert other.returncode != 0
    assert "exports its cluster main as dc1, not as dc2. Write identifier: dc1" in other.stdout
    assert "Traceback" not in other.stdout + other.stderr
    assert kubectl("get", "deployment", "cart", "--output", "name").strip() == "deployment.apps/cart"
    stack.write_text(stack.read_text().replace("identifier: dc2", "identifier: dc1"))
