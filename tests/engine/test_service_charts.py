"""A service that comes as a chart, with the real engine and helm: upgraded, rolled back, and secret."""

import base64
import json
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from kubectl import Kubectl
from service_stacks import ServiceStack

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine, ensure
from flotilla.sandbox.kubernetes.helm.binary import find_helm

pytestmark = pytest.mark.engine

CHART = Path(__file__).parents[2] / "examples" / "apps" / "podinfo" / "charts" / "cache"
PASSWORD, NEXT_PASSWORD = "first-s3cr3t-w0rd", "second-s3cr3t-w0rd"
NAMESPACE = "chart-of-its-own"


@pytest.fixture(scope="module")
def kubectl(engine: Engine, control_plane: ControlPlane) -> Kubectl:
    return Kubectl(engine.binaries["kubectl"], control_plane.kubeconfig, NAMESPACE)


@pytest.fixture
def stack(engine: Engine, control_plane: ControlPlane, tmp_path: Path) -> Generator[ServiceStack]:
    """A stack with a cache from a chart in its project."""
    made = ServiceStack.init(engine, tmp_path, control_plane.kubeconfig, NAMESPACE)
    made.environment["HELM_BIN"] = find_helm() or str(ensure(["helm"]).binaries["helm"])
    shutil.copytree(CHART, made.project / "charts" / "cache")
    yield made
    made.pulumi("destroy", "--yes", "--skip-preview")


def describe(
    stack: ServiceStack, version: str = "0.1.0", image: str = "7.4.2-alpine", memory: str = "64mb"
) -> None:
    """Let the chart be at a version, with a release of what it runs, and the stack run it."""
    file = stack.project / "charts" / "cache" / "Chart.yaml"
    file.write_text(f"apiVersion: v2\nname: cache\nversion: {version}\nappVersion: {image}\n")
    chart = {
        "name": "./charts/cache",
        "values": {"maxMemory": memory},
        "secretValues": {"auth.password": "PASSWORD"},
    }
    catalog = {"owner": "data", "chart": chart, "secrets": ["PASSWORD"], "ports": {"redis": 6379}}
    stack.write({"cache": catalog}, {"cache": {"release": version}})


def give(stack: ServiceStack, password: str) -> None:
    stack.pulumi("config", "set", "--secret", "--path", "flotilla:secrets.cache.PASSWORD", password)


def running(kubectl: Kubectl) -> set[str]:
    """The images of the pods that are ready."""
    return {
        pod["spec"]["containers"][0]["image"].rpartition(":")[2]
        for pod in kubectl.running()
        if any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"]["conditions"])
    }


def held(kubectl: Kubectl) -> str:
    return base64.b64decode(kubectl.get("secret", "cache")["data"]["password"]).decode()


def test_a_chart_is_upgraded_and_a_bad_upgrade_is_rolled_back_and_healed(
    stack: ServiceStack, kubectl: Kubectl
) -> None:
    describe(stack)
    give(stack, PASSWORD)
    stack.up()
    assert running(kubectl) == {"7.4.2-alpine"}
    assert stack.operations() == {}

    describe(stack, version="0.2.0", image="7.4.3-alpine", memory="96mb")
    stack.up()
    assert running(kubectl) == {"7.4.3-alpine"}
    (deployment,) = kubectl.items("deployments")
    assert "96mb" in deployment["spec"]["template"]["spec"]["containers"][0]["args"]

    describe(stack, version="0.3.0", image="8.0.0-crash", memory="128mb")
    said = stack.up(fails=True)
    assert "cache" in said
    assert running(kubectl) == {"7.4.3-alpine"}
    (deployment,) = kubectl.items("deployments")
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"].endswith(":7.4.3-alpine")

    describe(stack, version="0.3.1", image="8.0.1-alpine", memory="128mb")
    stack.up()
    assert running(kubectl) == {"8.0.1-alpine"}


def test_a_secret_value_of_a_chart_is_nowhere_in_plain_and_takes_effect_when_it_changes(
    stack: ServiceStack, kubectl: Kubectl
) -> None:
    describe(stack)
    give(stack, PASSWORD)
    told = [stack.pulumi("preview", "--diff"), stack.up()]
    assert held(kubectl) == PASSWORD
    give(stack, NEXT_PASSWORD)
    told += [stack.pulumi("preview", "--diff"), stack.up(), stack.pulumi("stack", "output", "--json")]
    assert held(kubectl) == NEXT_PASSWORD
    told.append(stack.pulumi("stack", "export"))
    told.append((stack.project / "Pulumi.test.yaml").read_text())
    for each in ("deployments", "configmaps", "services", "events"):
        told.append(json.dumps(kubectl.items(each)))
    for text in told:
        for password in (PASSWORD, NEXT_PASSWORD):
            assert password not in text
            assert base64.b64encode(password.encode()).decode() not in text
