"""Examples with the real engine: on a real control plane, and rehearsed on two clouds."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from checkouts import ROOT, project_environment

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine
from flotilla.home import flotilla_home
from flotilla.sandbox.programs import place_programs

pytestmark = pytest.mark.engine


def test_an_environment_composed_in_python_comes_up_on_an_existing_cluster(
    engine: Engine, control_plane: ControlPlane, tmp_path: Path
) -> None:
    place_programs(tmp_path / "bin", engine)
    example = shutil.copytree(ROOT / "examples" / "existing-cluster", tmp_path / "example")
    environment = {**project_environment(tmp_path), "PYTHONPATH": str(ROOT)}

    def pulumi(*arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments],
            cwd=example, env=environment, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    pulumi("stack", "init", "test")
    pulumi("config", "set", "--stack", "test", "kubeconfig", str(control_plane.kubeconfig))
    pulumi("up", "--stack", "test", "--yes", "--skip-preview")
    assert pulumi("stack", "output", "--stack", "test", "address") == "hello.example:8080"
    pulumi("destroy", "--stack", "test", "--yes", "--skip-preview")


def test_an_environment_on_two_clouds_is_rehearsed_with_each_service_where_the_stack_says(
    engine: Engine, tmp_path: Path
) -> None:
    for shared in ("engine", "kubernetes-schemas"):
        (tmp_path / shared).symlink_to(flotilla_home() / shared)
    done = subprocess.run(
        [sys.executable, "-m", "flotilla", "-C", str(ROOT / "examples" / "two-clouds"),
         "rehearse", "demo", "--format", "json"],
        cwd=ROOT, env={**os.environ, "FLOTILLA_HOME": str(tmp_path)},
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    report = cast("dict[str, Any]", json.loads(done.stdout))
    assert {each["cluster"]: each["type"] for each in report["clusters"]} == {"main": "gke", "azure": "aks"}
    assert all(each["ready"] for each in report["services"])
    assert {(each["service"], each["cluster"]) for each in report["services"]} == {
        ("storefront", "main"),
        ("orders", "main"),
        ("forecasts", "main"),
        ("storefront", "azure"),
        ("orders", "azure"),
        ("invoices", "azure"),
    }
    up, again, destroy = report["steps"][-3:]
    assert again["changes"] == []
    assert len(destroy["changes"]) == len(up["changes"])
    created = [each["name"] for each in up["changes"]]
    for grant, account in (
        ("azure-grant-invoices-credential", "invoices-azure-account"),
        ("main-orders-pubsub.publisher", "orders-account"),
    ):
        assert created.index(grant) < created.index(account)
