"""What becomes of a Helm release's inputs: values, chart sources, arguments, names. No helm is needed."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flotilla.sandbox.kubernetes.helm import HelmRelease, arguments
from flotilla.sandbox.kubernetes.helm.chart import chart_source
from flotilla.sandbox.kubernetes.helm.manifests import checksum, resource_names
from flotilla.sandbox.kubernetes.helm.values import ValuesError, merged_values
from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.plugin.protocol import UNKNOWN, Secret

PASSWORD = "s3cr3t-w0rd"  # noqa: S105 (no real one)
RENDERED = """
# Source: chart/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
---
# nothing but a comment
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
"""


def test_values_are_laid_over_value_files_key_by_key(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text("image: {tag: v1, pull: Always}\nreplicas: 1\nnode: {a: b}\n")
    assets = [{"path": str(path)}, {"text": "node: {c: d}"}]
    merged = merged_values({"valueYamlFiles": assets, "values": {"image": {"tag": "v2"}, "off": False}})
    assert merged == {
        "image": {"tag": "v2", "pull": "Always"},
        "replicas": 1,
        "node": {"c": "d"},
        "off": False,
    }


def test_nulls_are_left_out_unless_they_are_asked_for() -> None:
    values: Manifest = {"a": None, "b": {"c": None, "d": [1, None]}}
    assert merged_values({"values": values}) == {"b": {"d": [1]}}
    assert merged_values({"values": values, "allowNullValues": True}) == values


@pytest.mark.parametrize(
    "asset", [{"text": "a: ["}, {"text": "just a text"}, {"path": "/no/such/file"}, {"uri": "ftp://x"}]
)
def test_value_files_that_cannot_be_read_are_named(asset: Manifest) -> None:
    with pytest.raises(ValuesError, match="valueYamlFiles"):
        merged_values({"valueYamlFiles": [asset]})


@given(
    values=st.dictionaries(
        st.text(max_size=3), st.integers() | st.dictionaries(st.text(max_size=3), st.integers())
    )
)
def test_values_alone_stay_as_they_are(values: Manifest) -> None:
    assert merged_values({"values": values}) == values


@pytest.mark.parametrize(
    ("inputs", "reference", "said"),
    [
        ({"chart": "./charts/web"}, "./charts/web", []),
        ({"chart": "web", "version": "1.2"}, "web", ["--version", "1.2"]),
        ({"chart": "web", "devel": True}, "web", ["--version", ">0.0.0-0"]),
        ({"chart": "web", "repositoryOpts": {"repo": "stable"}}, "stable/web", []),
        (
            {"chart": "web", "repositoryOpts": {"repo": "https://x.example.com"}},
            "web",
            ["--repo", "https://x.example.com"],
        ),
        ({"chart": "oci://r.example.com/web", "version": "1"}, "oci://r.example.com/web", ["--version", "1"]),
        (
            {"chart": "web.tgz", "verify": True, "keyring": "ring"},
            "web.tgz",
            ["--verify", "--keyring", "ring"],
        ),
    ],
)
def test_charts_come_from_where_the_inputs_say(inputs: Manifest, reference: str, said: list[str]) -> None:
    source = chart_source(inputs)
    assert (source.reference, list(source.arguments)) == (reference, said)


@pytest.mark.parametrize("chart", ["web", "oci://registry.example.com/web"])
def test_credentials_of_a_repository_are_in_no_argument(chart: str) -> None:
    options = {"repo": "https://x.example.com", "username": "me", "password": PASSWORD}
    source = chart_source({"chart": chart, "repositoryOpts": options})
    commands = [source.arguments, *source.before]
    assert source.files
    assert PASSWORD not in json.dumps([list(command) for command in commands])


def test_a_release_waits_unless_told_otherwise() -> None:
    source = chart_source({"chart": "web"})
    waiting = arguments.install({"name": "web", "timeout": 60, "waitForJobs": True}, source, None)
    hurried = arguments.install({"name": "web", "skipAwait": True}, source, None)
    assert waiting[-4:] == ["--wait", "--wait-for-jobs", "--timeout", "60s"]
    assert "--wait" not in hurried


def test_custom_timeouts_go_before_the_input() -> None:
    command = arguments.upgrade({"name": "web", "timeout": 60}, chart_source({"chart": "web"}), 7.0)
    assert command[-2:] == ["--timeout", "7s"]


@pytest.mark.parametrize(
    ("inputs", "install", "upgrade"),
    [
        ({"atomic": True}, "--atomic", "--atomic"),
        ({"createNamespace": True}, "--create-namespace", ""),
        ({"cleanupOnFail": True}, "", "--cleanup-on-fail"),
        ({"disableWebhooks": True}, "--no-hooks", ""),
        ({"disableCRDHooks": True}, "", "--no-hooks"),
        ({"takeOwnership": True}, "--take-ownership", "--take-ownership"),
        ({"atomic": False}, "", ""),
    ],
)
def test_switches_become_flags_of_the_commands_they_concern(
    inputs: Manifest, install: str, upgrade: str
) -> None:
    source = chart_source({"chart": "web"})
    plain: Manifest = {"name": "web"}
    for make, expected in ((arguments.install, install), (arguments.upgrade, upgrade)):
        added = set(make({**plain, **inputs}, source, None)) - set(make(plain, source, None))
        assert added == ({expected} if expected else set())


def test_uninstalling_what_is_gone_is_fine_and_waits_like_the_release() -> None:
    assert arguments.uninstall({"name": "web", "skipAwait": True}, None) == [
        "uninstall",
        "web",
        "--ignore-not-found",
    ]
    assert "--wait" in arguments.uninstall({"name": "web"}, None)


def test_resources_are_named_by_kind_and_version() -> None:
    assert resource_names(RENDERED) == {"ConfigMap/v1": ["a", "b"], "Deployment.apps/apps/v1": ["shop/web"]}


def test_the_checksum_changes_with_the_templates_and_tells_nothing_of_them() -> None:
    assert checksum(RENDERED) != checksum(RENDERED + " ")
    assert "web" not in checksum(RENDERED)


@pytest.fixture
def release() -> HelmRelease:
    return HelmRelease("", None, "shop")


def test_without_helm_the_check_says_how_to_get_it(
    release: HelmRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_BIN", "/no/such/helm")
    _, failures = release.check("web", {}, {"chart": "web"}, b"seed")
    ((key, reason),) = failures
    assert key == "chart"
    assert "Helm is missing" in reason
    assert "HELM_BIN" in reason


def test_names_are_kept_given_or_drawn_from_the_seed(
    release: HelmRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELM_BIN", "/no/such/helm")
    drawn, again, other = (
        release.check("web", {}, {"chart": "c"}, seed)[0]["name"] for seed in (b"1", b"1", b"2")
    )
    assert drawn == again != other
    assert str(drawn).startswith("web-")
    assert release.check("web", {"name": drawn}, {"chart": "c"}, b"2")[0]["name"] == drawn
    assert release.check("web", {"name": drawn}, {"chart": "c", "name": "mine"}, b"2")[0]["name"] == "mine"


def test_what_is_not_said_is_filled_in(release: HelmRelease) -> None:
    assert (
        release.check("web", {}, {"chart": UNKNOWN}, b"")[0].items()
        >= {"namespace": "shop", "timeout": 300}.items()
    )
    assert "timeout" not in release.check("web", {}, {"chart": UNKNOWN, "skipAwait": True}, b"")[0]


def test_changed_values_are_an_update_and_another_name_or_namespace_replaces(release: HelmRelease) -> None:
    old: Manifest = {"name": "web", "namespace": "shop", "chart": "c", "values": {"a": 1}, "version": "1"}
    assert release.diff(old, {**old, "values": Secret({"a": 1})}) == ([], [])
    assert release.diff(old, {**old, "values": {"a": UNKNOWN}, "version": "2"}) == (["values", "version"], [])
    assert release.diff(old, {**old, "namespace": "b", "name": "x", "chart": "d"}) == (
        ["chart", "name", "namespace"],
        ["name", "namespace"],
    )


def test_a_preview_runs_nothing(release: HelmRelease, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_BIN", "/no/such/helm")
    inputs: Manifest = {"name": "web", "namespace": "shop", "chart": "c"}
    assert release.create(inputs, preview=True, timeout=None) == ("shop/web", inputs)
    assert release.update(inputs, preview=True, timeout=None) == inputs
