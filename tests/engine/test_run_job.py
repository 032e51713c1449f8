"""`flotilla run`: a job of a deployed service by hand, on a real control plane."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass

import pytest
from kubectl import Kubectl, eventually
from service_stacks import ServiceStack

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine

pytestmark = pytest.mark.engine

BUSYBOX = "docker.io/library/busybox:1.37"
STUCK = f"{BUSYBOX}-missing"
"""An image that no registry has: a pod of it never starts."""
JOBS = {
    "reindex": {"when": "Manual", "image": BUSYBOX, "parallelism": 2, "completions": 3},
    "report": {"when": "Schedule", "schedule": "0 3 * * *", "image": BUSYBOX},
    "export": {"when": "Manual", "image": STUCK},
    "renew": {"when": "Manual", "image": STUCK, "concurrency": "Replace"},
    "crawl": {"when": "Manual", "image": STUCK, "concurrency": "Allow"},
    "broken": {"when": "Manual", "image": f"{BUSYBOX}-crash", "retries": 0, "timeoutSeconds": 30},
    "upgrade": {"when": "BeforeRelease", "image": BUSYBOX},
}


@dataclass(frozen=True)
class Runner:
    """Runs the command in the project of a stack that is up."""

    stack: ServiceStack
    kubectl: Kubectl

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flotilla", "run", *words],
            cwd=self.stack.project, env=self.environment, text=True, capture_output=True, check=False,
        )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.stack.environment}

    def jobs(self, of: str) -> set[str]:
        """The Kubernetes Jobs of a job, those being deleted left out."""
        return {
            each["metadata"]["name"]
            for each in self.kubectl.items("jobs")
            if each["spec"]["template"]["metadata"]["labels"].get("flotilla/job") == of
            and "deletionTimestamp" not in each["metadata"]
        }


@pytest.fixture(scope="module")
def run(
    engine: Engine, control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Runner]:
    """A stack with one service and its jobs, brought up."""
    namespace = "run-a-job"
    stack = ServiceStack.init(engine, tmp_path_factory.mktemp("run"), control_plane.kubeconfig, namespace)
    catalog = {"owner": "search", "image": "nginx", "ports": {"http": 8080}, "jobs": JOBS}
    stack.write({"search": catalog}, {"search": {"release": "1.29"}})
    stack.up()
    yield Runner(stack, Kubectl(engine.binaries["kubectl"], control_plane.kubeconfig, namespace))
    stack.pulumi("destroy", "--yes", "--skip-preview")


def test_a_job_is_run_to_its_end_with_the_words_of_the_catalog(run: Runner) -> None:
    for job in ("reindex", "report"):
        done = run("search", job, "--stack", "test")
        assert done.returncode == 0, done.stderr
        (name,) = run.jobs(job)
        assert done.stdout == f"{name}\n"
        assert f"✓ job {name}" in done.stderr
        assert run.kubectl.get("job", name)["status"]["succeeded"] == JOBS[job].get("completions", 1)


def test_one_that_fails_says_why_and_how_to_see_what_it_printed(run: Runner) -> None:
    done = run("search", "broken", "--stack", "test")
    (name,) = run.jobs("broken")
    assert done.returncode == 1
    assert f"The job {name} failed: BackoffLimitExceeded" in done.stderr
    assert f"kubectl --namespace run-a-job logs --selector=job-name={name}" in done.stderr
    assert done.stdout == ""


def test_one_that_runs_already_is_not_started_beside_itself_unless_it_says_so(run: Runner) -> None:
    for job in ("export", "renew", "crawl"):
        assert run("search", job, "--stack", "test", "--no-wait").returncode == 0
    first = {job: run.jobs(job) for job in ("export", "renew", "crawl")}

    refused = run("search", "export", "-s", "test", "--no-wait")
    assert refused.returncode == 3
    assert f"The job export of search runs already: {first['export'].pop()}." in refused.stderr
    assert "concurrency: Allow" in refused.stderr
    assert len(run.jobs("export")) == 1

    assert run("search", "renew", "-s", "test", "--no-wait").returncode == 0
    assert len(run.jobs("renew")) == 1
    assert not run.jobs("renew") & first["renew"]

    assert run("search", "crawl", "-s", "test", "--no-wait").returncode == 0
    assert len(run.jobs("crawl")) == 2


def test_interrupting_the_waiting_leaves_the_job_and_says_so(run: Runner) -> None:
    before = run.jobs("crawl")
    command = [sys.executable, "-m", "flotilla", "run", "search", "crawl", "-s", "test"]
    with subprocess.Popen(
        command, cwd=run.stack.project, env=run.environment, text=True, stderr=subprocess.PIPE
    ) as waiting:
        eventually(lambda: run.jobs("crawl") - before)
        waiting.send_signal(signal.SIGINT)
        assert waiting.stderr is not None
        said = waiting.stderr.read()
    (name,) = run.jobs("crawl") - before
    assert waiting.returncode == 1
    assert f"Interrupted: the job {name} goes on by itself." in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("search", "reindx", "--stack", "test"),
            "The service search has no job 'reindx' to start by hand in test; did you mean 'reindex'?",
        ),
        (
            ("search", "upgrade", "--stack", "test"),
            "Such jobs have `when: Manual` or `when: Schedule` in services/search.yaml",
        ),
        (("serch", "reindex", "--stack", "test"), "did you mean 'search'?"),
        (("search", "reindex", "--stack", "tset"), "There is no stack 'tset'; did you mean 'test'?"),
        (("search", "reindex", "--stack", "test", "--cluster", "dr"), 'It runs on "main".'),
    ],
)
def test_what_is_not_there_is_a_mistake_of_usage(run: Runner, words: tuple[str, ...], told: str) -> None:
    done = run(*words)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stack_that_was_never_brought_up_says_how(run: Runner) -> None:
    (run.stack.project / "Pulumi.idle.yaml").write_text("config: {}\n", encoding="utf-8")
    done = run("search", "reindex", "--stack", "idle")
    assert done.returncode == 1
    assert "→ Bring it up: pulumi up --stack idle" in done.stderr
