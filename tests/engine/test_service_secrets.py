"""The secrets and files of a service on a real control plane: nowhere in plain, and in every change."""

import base64
import json
from collections.abc import Generator
from pathlib import Path

import pytest
from kubectl import Json, Kubectl
from service_stacks import ServiceStack

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine

pytestmark = pytest.mark.engine

NAMESPACE = "secrets-of-its-own"
KEY, CERTIFICATE, NEXT_KEY = "marker-of-a-key", "marker-of-a-certificate", "marker-of-the-next-key"
MARKERS = (KEY, CERTIFICATE, NEXT_KEY)
CATALOG: Json = {
    "owner": "payments",
    "image": "nginx",
    "ports": {"http": 8080},
    "secrets": ["API_KEY", "TLS_KEY"],
    "secretFiles": {"/etc/tls/tls.key": "TLS_KEY"},
    "files": {"/etc/shop/shop.conf": "colour = blue\n"},
    "env": {"GREETING": "hello"},
}


@pytest.fixture
def stack(engine: Engine, control_plane: ControlPlane, tmp_path: Path) -> Generator[ServiceStack]:
    made = ServiceStack.init(engine, tmp_path, control_plane.kubeconfig, NAMESPACE)
    yield made
    made.pulumi("destroy", "--yes", "--skip-preview")


@pytest.fixture
def kubectl(engine: Engine, control_plane: ControlPlane) -> Kubectl:
    return Kubectl(engine.binaries["kubectl"], control_plane.kubeconfig, NAMESPACE)


def give(stack: ServiceStack, variable: str, value: str) -> None:
    stack.pulumi("config", "set", "--secret", "--path", f"flotilla:secrets.shop.{variable}", value)


def describe(stack: ServiceStack, **changed: object) -> None:
    stack.write({"shop": {**CATALOG, **changed}}, {"shop": {"release": "1.29"}})


def pods(kubectl: Kubectl) -> set[str]:
    return {pod["metadata"]["uid"] for pod in kubectl.running()}


def in_secrets(kubectl: Kubectl) -> set[str]:
    secrets = kubectl.items("secrets")
    return {base64.b64decode(value).decode() for each in secrets for value in each.get("data", {}).values()}


def test_a_secret_is_in_its_kubernetes_secret_and_nowhere_else(stack: ServiceStack, kubectl: Kubectl) -> None:
    describe(stack)
    give(stack, "API_KEY", KEY)
    give(stack, "TLS_KEY", CERTIFICATE)
    told = [stack.pulumi("preview", "--diff"), stack.up()]
    assert in_secrets(kubectl) == {KEY, CERTIFICATE}
    give(stack, "API_KEY", NEXT_KEY)
    told += [stack.pulumi("preview", "--diff", "--show-replacement-steps"), stack.up()]
    assert in_secrets(kubectl) == {NEXT_KEY, CERTIFICATE}
    told += [stack.pulumi("stack", "export"), stack.pulumi("stack", "output", "--json")]
    told.append((stack.project / "Pulumi.test.yaml").read_text())
    kinds = "deployments,replicasets,pods,configmaps,services,serviceaccounts,networkpolicies,events"
    told.append(json.dumps(kubectl.items(kinds)))
    for text in told:
        for marker in MARKERS:
            assert marker not in text
            assert base64.b64encode(marker.encode()).decode() not in text


CHANGES: dict[str, Json] = {
    "a file": {"files": {"/etc/shop/shop.conf": "colour = green\n"}},
    "a variable": {"env": {"GREETING": "good morning"}},
    "the place of a secret": {"secretFiles": {"/etc/tls/private/tls.key": "TLS_KEY"}},
}


def test_every_change_of_configuration_brings_new_pods_and_nothing_else_does(
    stack: ServiceStack, kubectl: Kubectl
) -> None:
    describe(stack)
    give(stack, "API_KEY", KEY)
    give(stack, "TLS_KEY", CERTIFICATE)
    stack.up()
    for what, change in CHANGES.items():
        before = pods(kubectl)
        stack.up()
        assert pods(kubectl) == before
        describe(stack, **change)
        stack.up()
        assert not pods(kubectl) & before, what


def test_a_changed_secret_brings_new_pods_and_a_missing_one_the_command_that_sets_it(
    stack: ServiceStack, kubectl: Kubectl
) -> None:
    describe(stack)
    give(stack, "API_KEY", KEY)
    said = stack.up(fails=True)
    assert "shop has no value for its secret TLS_KEY" in said
    assert "pulumi config set --secret --path 'flotilla:secrets.shop.TLS_KEY'" in said
    give(stack, "TLS_KEY", CERTIFICATE)
    stack.up()
    before = pods(kubectl)
    give(stack, "API_KEY", NEXT_KEY)
    stack.up()
    assert not pods(kubectl) & before
    assert len(kubectl.items("secrets")) == 1
