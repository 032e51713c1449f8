"""Helm releases with the real helm on a real control plane."""

import stat
import subprocess
from pathlib import Path

import pytest
from kubectl import Kubectl

from flotilla.controlplane import ControlPlane
from flotilla.engine import Engine, ensure
from flotilla.sandbox.kubernetes.cluster import Cluster
from flotilla.sandbox.kubernetes.connection import Connection
from flotilla.sandbox.kubernetes.helm import HelmError, HelmRelease
from flotilla.sandbox.kubernetes.helm.binary import find_helm
from flotilla.sandbox.kubernetes.kubeconfig import load
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, text
from flotilla.sandbox.plugin.protocol import Properties, Secret

pytestmark = pytest.mark.engine

PASSWORD = "s3cr3t-w0rd"  # noqa: S105 (no real one)
CHART = {
    "Chart.yaml": """
apiVersion: v2
name: shop
version: 1.2.3
appVersion: "9.8"
kubeVersion: ">=1.30.0-0"
""",
    "values.yaml": "image: web:1\npassword: none\n",
    "templates/web.yaml": """
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: {{ .Values.image | quote }}}]}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
stringData: {password: {{ .Values.password | quote }}}
""",
}
WITNESS = """#!/bin/sh
echo "$@" >> {log}
previous=
for word in "$@"; do
  [ "$previous" = --kubeconfig ] && cp -p "$word" {seen} && ls -ld "$(dirname "$word")" >> {seen}.directory
  previous="$word"
done
exec {helm} "$@"
"""


@pytest.fixture(scope="module")
def helm(engine: Engine) -> str:
    """The helm that users have, else that of the engine, which `make test` may build."""
    del engine
    return find_helm() or str(ensure(["helm"]).binaries["helm"])


@pytest.fixture
def release(
    helm: str, kubectl: Kubectl, control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch
) -> HelmRelease:
    monkeypatch.setenv("HELM_BIN", helm)
    kubeconfig = control_plane.kubeconfig
    cluster = Cluster(Connection(load(str(kubeconfig))))
    return HelmRelease(kubeconfig.read_text(), None, kubectl.namespace, cluster=cluster)


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    for name, contents in CHART.items():
        path = tmp_path / "chart" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents)
    return tmp_path / "chart"


def checked(release: HelmRelease, old: Properties, chart: Path, **values: object) -> Properties:
    inputs, failures = release.check("web", old, {"chart": str(chart), "values": values}, b"seed")
    assert failures == []
    return inputs


def test_a_release_is_installed_upgraded_read_imported_and_uninstalled(
    release: HelmRelease, chart: Path, kubectl: Kubectl
) -> None:
    first = checked(release, {}, chart)
    identity, made = release.create(first, preview=False, timeout=90)
    assert identity == f"{kubectl.namespace}/{first['name']}"
    assert dig(made, "status", "status") == "deployed"
    assert (dig(made, "status", "revision"), dig(made, "status", "appVersion")) == (1, "9.8")
    assert kubectl.get("deployment", str(first["name"]))["status"]["readyReplicas"] == 2
    assert release.diff(first, checked(release, first, chart)) == ([], [])

    second = checked(release, first, chart, image="web:2")
    assert release.diff(first, second) == (["checksum", "values"], [])
    assert dig(release.update(second, preview=False, timeout=90), "status", "revision") == 2
    assert release.read(identity, second) is not None
    imported = release.read(identity, None)
    assert imported is not None
    assert imported[0]["values"] == {"image": "web:2"}

    for _ in range(2):
        release.delete(made, timeout=90)
    assert release.read(identity, second) is None
    assert kubectl.items("deployments") == []


def test_a_changed_template_is_a_difference_though_no_input_changed(
    release: HelmRelease, chart: Path
) -> None:
    before = checked(release, {}, chart)
    template = chart / "templates" / "web.yaml"
    template.write_text(template.read_text().replace("replicas: 2", "replicas: 3"))
    assert release.diff(before, checked(release, before, chart)) == (["checksum"], [])


def test_a_release_that_does_not_get_ready_is_kept_with_the_reasons_and_healed_by_the_next(
    release: HelmRelease, chart: Path
) -> None:
    bad = checked(release, {}, chart, image="web:1-missing")
    with pytest.raises(HelmError) as failed:
        release.create(bad, preview=False, timeout=8)
    assert failed.value.initialised is not None
    assert dig(failed.value.initialised, "status", "status") == "failed"
    causes = "\n".join(failed.value.causes)
    assert f"Deployment {bad['name']}: " in causes
    assert "Minimum number of live Pods was not attained" in causes
    assert "web:1-missing" in causes
    healed = release.update(checked(release, bad, chart, image="web:2"), preview=False, timeout=90)
    assert dig(healed, "status", "status") == "deployed"


def test_an_atomic_release_that_fails_leaves_nothing(
    release: HelmRelease, chart: Path, kubectl: Kubectl
) -> None:
    inputs = {**checked(release, {}, chart, image="web:1-missing"), "atomic": True}
    with pytest.raises(HelmError) as failed:
        release.create(inputs, preview=False, timeout=3)
    assert failed.value.initialised is None
    assert release.read(f"{kubectl.namespace}/{inputs['name']}", inputs) is None


def test_secrets_are_in_no_argument_no_message_and_no_file_that_others_can_read(
    release: HelmRelease, chart: Path, helm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, seen, witness = tmp_path / "log", tmp_path / "kubeconfig", tmp_path / "witness"
    witness.write_text(WITNESS.format(log=log, seen=seen, helm=helm))
    witness.chmod(0o755)
    monkeypatch.setenv("HELM_BIN", str(witness))
    inputs = checked(release, {}, chart, password=Secret(PASSWORD))
    release.create(inputs, preview=False, timeout=90)
    assert "install" in log.read_text()
    assert PASSWORD not in log.read_text()
    assert stat.S_IMODE(seen.stat().st_mode) == 0o600
    directories = Path(f"{seen}.directory").read_text().splitlines()
    assert {line[:10] for line in directories} == {"drwx------"}
    assert PASSWORD not in text({**inputs, "values": ""}, "checksum") + str(inputs["resourceNames"])

    (chart / "templates" / "fail.yaml").write_text("{{ fail .Values.password }}")
    marked: Manifest = {"chart": str(chart), "values": {"password": Secret(PASSWORD)}}
    _, ((_, reason),) = release.check("web", {}, marked, b"seed")
    assert "[secret]" in reason
    assert PASSWORD not in reason


def test_an_archive_is_a_chart_and_one_that_is_not_there_is_told(
    release: HelmRelease, chart: Path, helm: str, tmp_path: Path
) -> None:
    subprocess.run([helm, "package", chart, "--destination", tmp_path], check=True, capture_output=True)
    inputs = checked(release, {}, tmp_path / "shop-1.2.3.tgz")
    assert inputs["resourceNames"] == {
        "Deployment.apps/apps/v1": [inputs["name"]],
        "Secret/v1": [inputs["name"]],
    }
    _, ((key, reason),) = release.check("web", {}, {"chart": "./nowhere"}, b"seed")
    assert (key, "nowhere" in reason) == ("chart", True)
