"""Six public applications, each rehearsed as a newcomer would be told to: `rehearse demo`."""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from checkouts import ROOT
from rehearsing import Json

from flotilla.engine import Engine
from flotilla.home import flotilla_home

pytestmark = pytest.mark.engine

APPS = sorted(path.name for path in (ROOT / "examples" / "apps").iterdir() if path.is_dir())
SIDE_BY_SIDE = 2
"""A rehearsal waits more than it computes, and the slowest should still wait for nobody."""


@pytest.fixture(scope="module")
def rehearsed(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Generator[dict[str, Future["subprocess.CompletedProcess[str]"]]]:
    """The rehearsals of all of them, some at once; each in a home of its own."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        yield {app: pool.submit(rehearse, app, tmp_path_factory.mktemp(app)) for app in APPS}


def rehearse(app: str, home: Path) -> "subprocess.CompletedProcess[str]":
    for shared in ("engine", "kubernetes-schemas"):
        (home / shared).symlink_to(flotilla_home() / shared)
    return subprocess.run(
        [sys.executable, "-m", "flotilla", "-C", str(ROOT / "examples" / "apps" / app),
         "rehearse", "demo", "--format", "json"],
        env={**os.environ, "FLOTILLA_HOME": str(home)}, text=True, capture_output=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("app", APPS)
def test_an_application_comes_up_whole_stays_as_it_is_and_leaves_nothing(
    rehearsed: dict[str, Future["subprocess.CompletedProcess[str]"]], app: str
) -> None:
    done = rehearsed[app].result()
    assert done.returncode == 0, done.stdout + done.stderr
    report: Json = json.loads(done.stdout)
    text = (ROOT / "examples" / "apps" / app / "Pulumi.demo.yaml").read_text()
    wanted: Json = yaml.safe_load(text)["config"]["flotilla:services"]
    assert {each["service"] for each in report["services"]} == set(wanted)
    assert all(each["ready"] for each in report["services"])
    assert "made-up-for-this-example" not in done.stdout + done.stderr
