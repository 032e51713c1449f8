"""Jobs of services on a real control plane: when they run, how often, and what they gate."""

import base64
from collections.abc import Generator
from pathlib import Path

import pytest
from kubectl import Json, Kubectl
from service_stacks import ServiceStack

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine

pytestmark = pytest.mark.engine

GOOD, BAD = "docker.io/library/busybox:1.37", "docker.io/library/busybox:1.37-crash"


@pytest.fixture
def stack(
    engine: Engine, control_plane: ControlPlane, kubectl: Kubectl, tmp_path: Path
) -> Generator[ServiceStack]:
    """An empty stack on the session's control plane."""
    namespace = f"{kubectl.namespace}-services"
    made = ServiceStack.init(engine, tmp_path, control_plane.kubeconfig, namespace)
    yield made
    made.pulumi("destroy", "--yes", "--skip-preview")


def describe(
    stack: ServiceStack,
    *,
    release: str,
    image: str = GOOD,
    when: str = "BeforeRelease",
    note: str = "first",
    **more: object,
) -> None:
    """Say of the service which release it is, by which image its job runs, and what is in a file of both."""
    job = {"when": when, "image": image, "retries": 1, "timeoutSeconds": 30}
    catalog = {
        "owner": "carts",
        "image": "nginx",
        "ports": {"http": 8080},
        "secrets": ["TOKEN"],
        "files": {"/etc/upgrades/note": note},
        "jobs": {"it": job},
    }
    chosen: Json = {"release": release, **more}
    stack.write({"cart": catalog}, {"cart": chosen})


def items(kubectl: Kubectl, stack: ServiceStack, kind: str) -> list[Json]:
    return kubectl.items(kind, f"--namespace={stack.namespace}")


def jobs(kubectl: Kubectl, stack: ServiceStack) -> dict[str, str]:
    """The unique id of each Job, by its name."""
    return {job["metadata"]["name"]: job["metadata"]["uid"] for job in items(kubectl, stack, "jobs")}


def secret_of(kubectl: Kubectl, stack: ServiceStack, job: Json) -> str:
    """The value of TOKEN that the pods of a Job get."""
    (container,) = job["spec"]["template"]["spec"]["containers"]
    (source,) = (each["valueFrom"]["secretKeyRef"] for each in container["env"] if each["name"] == "TOKEN")
    secret = kubectl.get("secret", source["name"], f"--namespace={stack.namespace}")
    return base64.b64decode(secret["data"][source["key"]]).decode()


def serving(kubectl: Kubectl, stack: ServiceStack) -> set[str]:
    """The images of the service's ready pods."""
    pods = [
        pod
        for pod in items(kubectl, stack, "pods")
        if pod["metadata"]["labels"].get("app.kubernetes.io/component") == "service"
    ]
    ready = [pod for pod in pods if pod["status"].get("containerStatuses", [{}])[0].get("ready")]
    return {
        pod["spec"]["containers"][0]["image"] for pod in ready if "deletionTimestamp" not in pod["metadata"]
    }


def test_a_job_before_a_release_runs_once_for_it_gates_the_pods_and_is_tried_again_after_a_failure(
    stack: ServiceStack, kubectl: Kubectl
) -> None:
    stack.pulumi("config", "set", "--secret", "--path", "flotilla:secrets.cart.TOKEN", "one")
    describe(stack, release="v1")
    stack.up()
    first = jobs(kubectl, stack)
    assert len(first) == 1
    job = items(kubectl, stack, "jobs")[0]
    deployment = items(kubectl, stack, "deployments")[0]
    assert job["status"]["completionTime"] <= deployment["metadata"]["creationTimestamp"]

    # Nothing else than a release or the job's own words makes it run again: no file, no secret, no number.
    describe(stack, release="v1", note="second", replicas=2)
    stack.pulumi("config", "set", "--secret", "--path", "flotilla:secrets.cart.TOKEN", "two")
    stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up()
    assert jobs(kubectl, stack) == first
    assert stack.operations() == {}

    # It fails: the old pods go on serving, and the engine says which job, and why.
    describe(stack, release="v2", image=BAD, replicas=2)
    said = stack.up(fails=True)
    assert "BackoffLimitExceeded" in said
    assert serving(kubectl, stack) == {"docker.io/library/nginx:v1"}
    failed = {name: uid for name, uid in jobs(kubectl, stack).items() if name not in first}
    assert len(failed) == 1

    # The same again, with another secret: it is tried again, by a new Job of the same name that has it.
    stack.pulumi("config", "set", "--secret", "--path", "flotilla:secrets.cart.TOKEN", "three")
    stack.up(fails=True)
    again = jobs(kubectl, stack)
    assert all(again[name] != uid for name, uid in failed.items())
    (name,) = failed
    (job,) = (each for each in items(kubectl, stack, "jobs") if each["metadata"]["name"] == name)
    assert secret_of(kubectl, stack, job) == "three"

    # Mended: it runs, the pods follow, and what ran for the release before is gone.
    describe(stack, release="v2", image=GOOD, replicas=2)
    stack.up()
    last = jobs(kubectl, stack)
    assert len(last) == 1
    assert not {*last} & {*first, *failed}
    assert serving(kubectl, stack) == {"docker.io/library/nginx:v2"}


def test_a_job_after_a_release_that_fails_makes_the_update_fail(
    stack: ServiceStack, kubectl: Kubectl
) -> None:
    stack.pulumi("config", "set", "--secret", "--path", "flotilla:secrets.cart.TOKEN", "one")
    describe(stack, release="v1", image=BAD, when="AfterRelease")
    assert "BackoffLimitExceeded" in stack.up(fails=True)
    assert serving(kubectl, stack) == {"docker.io/library/nginx:v1"}
    describe(stack, release="v1", when="AfterRelease")
    stack.up()
    assert stack.operations() == {}
