"""Each example of what a service can have, on a real control plane, which keeps what was sent."""

import json
import os
import shutil
import subprocess
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from checkouts import ROOT, project_environment
from kubectl import Json, Kubectl

from flotilla.controlplane import Binaries, ControlPlane
from flotilla.engine import Engine, ensure
from flotilla.sandbox.kubernetes.helm.binary import find_helm
from flotilla.sandbox.needs import provide
from flotilla.sandbox.programs import place_programs
from tests import features

pytestmark = pytest.mark.engine

NAMESPACE = features.STACK


@dataclass(frozen=True)
class Sent:
    """A Kubernetes object as the program described it."""

    service: str
    kind: str
    name: str
    content: Json


@pytest.fixture(scope="module")
def plane(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> Generator[Kubectl]:
    """A control plane that knows the custom resources of the examples."""
    made = ControlPlane(tmp_path_factory.mktemp("features"), "features", binaries)
    try:
        made.start()
        provide(made, features.stack(), "main")
        yield Kubectl(binaries.kubectl, made.kubeconfig, NAMESPACE)
    finally:
        made.delete()


@pytest.fixture(scope="module")
def sent(engine: Engine, plane: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> Generator[list[Sent]]:
    """All examples, up in one stack; destroyed in the end."""
    workspace = tmp_path_factory.mktemp("stack")
    place_programs(workspace / "bin", engine)
    project = shutil.copytree(features.PROJECT, workspace / "project")
    shutil.copy(plane.kubeconfig, project / "kubeconfig")
    helm = find_helm() or str(ensure(["helm"]).binaries["helm"])
    environment = {**project_environment(workspace), "PYTHONPATH": str(ROOT), "HELM_BIN": helm}
    environment["PATH"] = os.pathsep.join([environment["PATH"], str(engine.binaries["pulumi"].parent)])

    def pulumi(*arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments, "--stack", features.STACK],
            cwd=project, env=environment, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    pulumi("stack", "init", "--no-select")
    for service, spec in features.stack().services.items():
        for variable in spec.get("secrets", []):
            path = f"flotilla:secrets.{service}.{variable}"
            pulumi("config", "set", "--secret", "--path", path, features.MARKER)
    pulumi("up", "--yes", "--skip-preview")
    yield [*_sent(json.loads(pulumi("stack", "export", "--show-secrets")))]
    pulumi("destroy", "--yes", "--skip-preview")
    assert not plane.items("all,configmaps,secrets,ingresses,networkpolicies,persistentvolumeclaims")


def _sent(state: Json) -> Iterator[Sent]:
    urns = {resource["urn"]: resource for resource in state["deployment"]["resources"]}
    for resource in urns.values():
        inputs, kind = resource.get("inputs", {}), resource["type"].rpartition(":")[2]
        parent = str(resource.get("parent", ""))
        ours = resource["type"].startswith("kubernetes:") and "flotilla:index:Service::" in parent
        if ours and kind != "Release":
            content = {key: value for key, value in inputs.items() if key != "status"}
            yield Sent(parent.rpartition("::")[2], kind, inputs["metadata"]["name"], content)


def missing(wanted: object, live: object, path: str = "") -> Iterator[str]:
    """Where what was sent is not what is there; what is there besides does not count."""
    if isinstance(wanted, dict):
        for key, value in cast("Json", wanted).items():
            if value is not None:
                inner = cast("Json", live).get(key) if isinstance(live, dict) else None
                yield from missing(value, inner, f"{path}.{key}")
    elif isinstance(wanted, list):
        items = cast("list[object]", wanted)
        others = cast("list[object]", live) if isinstance(live, list) else []
        if len(items) != len(others):
            yield f"{path}: {wanted} sent, {live} kept"
        for index, (item, other) in enumerate(zip(items, others, strict=False)):
            yield from missing(item, other, f"{path}[{index}]")
    elif wanted != live:
        yield f"{path}: {wanted} sent, {live} kept"


def revealed(value: object) -> object:
    """A value of the state with what is secret in it in plain."""
    if isinstance(value, list):
        return [revealed(item) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    inner = cast("Json", value)
    if "plaintext" in inner:
        return json.loads(inner["plaintext"])
    return {key: revealed(item) for key, item in inner.items()}


@pytest.mark.parametrize("example", features.examples(), ids=lambda example: example.name)
def test_an_example_is_kept_by_the_api_server_as_it_was_sent(
    example: features.Example, sent: list[Sent], plane: Kubectl
) -> None:
    objects = [each for each in sent if each.service == example.name]
    chart = "chart" in features.stack().services[example.name]
    assert objects or chart
    for each in objects:
        live: dict[str, Any] = plane.get(each.kind.lower(), each.name)
        differences = [*missing(revealed(each.content), live)]
        assert not differences, f"{each.kind} {each.name}: " + "; ".join(differences)


def test_every_pod_of_every_example_is_ready(sent: list[Sent], plane: Kubectl) -> None:
    for kind in ("deployments", "statefulsets"):
        for item in plane.items(kind):
            assert item["status"].get("readyReplicas", 0) == item["spec"]["replicas"], item["metadata"][
                "name"
            ]
