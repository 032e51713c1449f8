"""Every example is a program that comes up on a real control plane."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkouts import ROOT

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine
from flotilla.sandbox.programs import place_programs

pytestmark = pytest.mark.engine


def test_an_environment_composed_in_python_comes_up_on_an_existing_cluster(
    engine: Engine, control_plane: ControlPlane, tmp_path: Path
) -> None:
    place_programs(tmp_path / "bin", engine)
    example = shutil.copytree(ROOT / "examples" / "existing-cluster", tmp_path / "example")
    (tmp_path / "state").mkdir()
    environment = {
        **os.environ,
        "PATH": os.pathsep.join(
            [str(tmp_path / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        ),
        "PYTHONPATH": str(ROOT),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

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
