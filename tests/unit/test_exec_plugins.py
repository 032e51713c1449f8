"""Credential plugins of kubeconfigs, as the sandbox Kubernetes provider runs them."""

import base64
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flotilla.sandbox.kubernetes.connection import Connection
from flotilla.sandbox.kubernetes.errors import UnreachableError
from flotilla.sandbox.kubernetes.exec_plugin import Credential, ExecError, ExecPlugin
from flotilla.sandbox.kubernetes.kubeconfig import Kubeconfig

V1, V1BETA1 = "client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"

PLUGIN = """#!{python}
import json, os, sys
from pathlib import Path
here = Path(__file__).parent
log = here / "calls"
variables = {{"info": os.environ.get("KUBERNETES_EXEC_INFO"), "of": os.environ.get("OF")}}
with log.open("a") as file:
    print(json.dumps({{"arguments": sys.argv[1:], **variables}}), file=file)
answer = here / "answer"
if not answer.exists():
    sys.exit("nobody is logged in")
print(answer.read_text())
"""


class Fake:
    """A plugin that gives what it is told to give, and a kubeconfig that names it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        program = directory / "plugin"
        program.write_text(PLUGIN.format(python=sys.executable))
        program.chmod(0o755)

    def gives(self, bearer: str = "", version: str = V1BETA1, **status: object) -> None:
        given = {"token": bearer, **status}
        text = json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": given})
        (self.directory / "answer").write_text(text)

    @property
    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.directory / "calls").read_text().splitlines()]

    def kubeconfig(self, **settings: object) -> Kubeconfig:
        cluster = {
            "server": "https://a:1",
            "certificate-authority": "ca.crt",
            "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}}],
        }
        plugin = {"apiVersion": V1BETA1, "command": "./plugin", **settings}
        return Kubeconfig(
            {
                "clusters": [{"name": "c", "cluster": cluster}],
                "users": [{"name": "u", "user": {"exec": plugin}}],
                "contexts": [{"name": "n", "context": {"cluster": "c", "user": "u"}}],
                "current-context": "n",
            },
            str(self.directory),
        )

    def plugin(self, **settings: object) -> ExecPlugin:
        found = ExecPlugin.of(self.kubeconfig(**settings))
        assert found
        return found


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake(tmp_path)


def test_a_plugin_gets_its_arguments_its_variables_and_what_it_is_asked_for(fake: Fake) -> None:
    fake.gives("t")
    plugin = fake.plugin(args=["get-token", "--for", "me"], env=[{"name": "OF", "value": "one"}])
    assert plugin.credential() == Credential("t")
    (call,) = fake.calls
    assert (call["arguments"], call["of"]) == (["get-token", "--for", "me"], "one")
    assert json.loads(call["info"]) == {
        "kind": "ExecCredential",
        "apiVersion": V1BETA1,
        "spec": {"interactive": False},
    }


def test_a_plugin_that_is_to_know_the_cluster_is_told_of_it_with_the_certificate_inside(fake: Fake) -> None:
    fake.gives("t", V1)
    (fake.directory / "ca.crt").write_text("PEM")
    plugin = fake.plugin(apiVersion=V1, interactiveMode="Never", provideClusterInfo=True)
    plugin.credential()
    (call,) = fake.calls
    assert json.loads(call["info"])["spec"]["cluster"] == {
        "server": "https://a:1",
        "certificate-authority-data": base64.b64encode(b"PEM").decode(),
        "config": {"audience": "x"},
    }


def test_a_credential_is_kept_until_it_expires_or_is_refused(fake: Fake) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    fake.gives("lasting", expirationTimestamp=later)
    plugin = fake.plugin()
    assert {plugin.credential().token for _ in range(3)} == {"lasting"}
    assert len(fake.calls) == 1
    plugin.forget()
    fake.gives("expired", expirationTimestamp="2020-01-01T00:00:00Z")
    assert [plugin.credential().token for _ in range(2)] == ["expired", "expired"]
    assert len(fake.calls) == 3


def test_a_plugin_may_give_a_certificate_in_place_of_a_token(fake: Fake) -> None:
    fake.gives(clientCertificateData="CERT", clientKeyData="KEY")
    assert fake.plugin().credential() == Credential(certificate="CERT", key="KEY")
    user = fake.kubeconfig().without_plugin("CERT", "KEY")["users"]
    assert user == [{"name": "u", "user": {"client-certificate-data": "Q0VSVA==", "client-key-data": "S0VZ"}}]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"command": ""}, "command must be specified for u"),
        ({"apiVersion": ""}, "apiVersion must be specified for u"),
        ({"apiVersion": "client.authentication.k8s.io/v1alpha1"}, 'invalid apiVersion "client.*v1alpha1"'),
        ({"apiVersion": V1}, "interactiveMode must be specified for u"),
        ({"interactiveMode": "Sometimes"}, 'invalid interactiveMode for u: "Sometimes"'),
        ({"interactiveMode": "Always"}, "standard input is not a terminal"),
        ({"command": "no-such-plugin"}, "executable no-such-plugin not found. .* install it"),
        ({"command": "no-such-plugin", "installHint": "See the wiki."}, "not found: See the wiki."),
        ({"command": "./missing", "installHint": "See the wiki."}, "No such file or directory: See the wiki"),
        (
            {"apiVersion": V1, "interactiveMode": "Never"},
            "configured to use API version .*/v1, .* v.*/v1beta1",
        ),
    ],
)
def test_a_plugin_that_cannot_be_run_or_answers_wrongly_says_why(
    fake: Fake, settings: dict[str, object], reason: str
) -> None:
    fake.gives("t")
    with pytest.raises(ExecError, match=reason):
        fake.plugin(**settings).credential()


def test_what_a_plugin_says_when_it_fails_is_told(fake: Fake) -> None:
    with pytest.raises(ExecError, match="failed with exit code 1: nobody is logged in"):
        fake.plugin().credential()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("no JSON", "printed no ExecCredential"),
        ("[]", "kind '' in place of ExecCredential"),
        ({"kind": "ExecCredential", "apiVersion": V1BETA1}, "didn't return a status field"),
        ({"status": {"token": ""}}, "didn't return a token or cert/key pair"),
        ({"status": {"clientKeyData": "KEY"}}, "only certificate or key, not both"),
        ({"status": {"token": "t", "expirationTimestamp": "soon"}}, "'soon' is no time"),
    ],
)
def test_an_answer_that_holds_no_credential_is_refused(
    fake: Fake, answer: str | dict[str, object], reason: str
) -> None:
    head = {"kind": "ExecCredential", "apiVersion": V1BETA1}
    text = answer if isinstance(answer, str) else json.dumps({**head, "status": {"": ""}, **answer})
    if isinstance(answer, dict) and "status" not in answer:
        text = json.dumps(answer)
    (fake.directory / "answer").write_text(text)
    with pytest.raises(ExecError, match=reason):
        fake.plugin().credential()


def test_a_token_in_the_kubeconfig_goes_before_its_plugin(fake: Fake) -> None:
    config = fake.kubeconfig().config
    users = [{"name": "u", "user": {"token": "t", "exec": {"command": "x"}}}]
    assert ExecPlugin.of(Kubeconfig({**config, "users": users})) is None


def test_a_connection_fails_with_the_plugins_reason_and_asks_only_when_it_is_used(fake: Fake) -> None:
    (fake.directory / "ca.crt").write_text("PEM")
    connection = Connection(fake.kubeconfig(command="no-such-plugin", installHint="See the wiki."))
    with pytest.raises(UnreachableError, match=r"getting credentials: exec: .* not found: See the wiki\."):
        connection.request("GET", "/version")


def test_a_kubeconfig_moved_to_another_directory_still_finds_its_plugin(fake: Fake) -> None:
    moved = fake.kubeconfig().with_absolute_paths()
    fake.gives("t")
    plugin = ExecPlugin.of(Kubeconfig(moved, os.sep))
    assert plugin
    assert plugin.credential() == Credential("t")
