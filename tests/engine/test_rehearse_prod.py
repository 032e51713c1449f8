"""Changes of production, rehearsed from what is committed: done in place, or refused before a loss."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkouts import copy_checkout

from flotilla.engine import Engine

pytestmark = pytest.mark.engine


@pytest.fixture
def checkout(engine: Engine, tmp_path: Path) -> Path:
    """A copy of this checkout, committed."""
    directory = copy_checkout(tmp_path / "flotilla")
    for arguments in (["init"], ["add", "--all"], ["commit", "--message", "before"]):
        command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments, "--quiet"]
        subprocess.run(command if "add" not in arguments else command[:-1], cwd=directory, check=True)
    return directory


def change(checkout: Path, old: str, new: str) -> None:
    file = checkout / "Pulumi.prod.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def rehearse(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "flotilla", "rehearse", "prod", "--from", "HEAD", *arguments],
        cwd=checkout, env=dict(os.environ), text=True, capture_output=True, check=False,
    )  # fmt: skip


def test_a_newer_kubernetes_version_is_an_update_in_place(checkout: Path) -> None:
    change(checkout, 'kubernetesVersion: "1.36"', 'kubernetesVersion: "1.35"')
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qam", "older"],
                   cwd=checkout, check=True)  # fmt: skip
    change(checkout, 'kubernetesVersion: "1.35"', 'kubernetesVersion: "1.36"')
    done = rehearse(checkout, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    (upgraded,) = (one for one in report["difference"] if one["type"] == "aws:eks/cluster:Cluster")
    assert upgraded["operation"] == "updated"
    assert {"path": "version", "old": "1.35", "new": "1.36"} in upgraded["properties"]
    assert report["risks"] == []


def test_another_range_of_the_network_is_refused_naming_everything_that_would_be_lost(checkout: Path) -> None:
    change(checkout, "cidr: 10.20.0.0/16", "cidr: 10.21.0.0/16")
    done = rehearse(checkout)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "Vpc main-vpc would be replaced (protected)" in done.stdout
    assert "10.20.0.0/16 → 10.21.0.0/16" in done.stdout
    assert "Cluster main would be replaced (protected)" in done.stdout
    assert "--allow main" in done.stdout
