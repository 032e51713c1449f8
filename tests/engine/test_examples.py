"""Every example is a program that comes up on a real control plane."""

import shutil
import subprocess
from pathlib import Path

import pytest
from checkouts import ROOT, project_environment

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine
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
