"""The provider's own configuration: options, kubeconfigs, and what replaces everything."""

import json
from pathlib import Path

import pytest

from flotilla.sandbox.kubernetes.kubeconfig import Kubeconfig, KubeconfigError, active_cluster, choose, load
from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.kubernetes.options import Options, read_options
from flotilla.sandbox.kubernetes.provider_config import check_config, diff_config
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import UNKNOWN


def kubeconfig(server: str = "https://a:1", name: str = "one", namespace: str = "", login: str = "t") -> str:
    context = {"cluster": name, "user": name, **({"namespace": namespace} if namespace else {})}
    return json.dumps(
        {
            "clusters": [{"name": name, "cluster": {"server": server}}],
            "users": [{"name": name, "user": {"token": login}}],
            "contexts": [
                {"name": name, "context": context},
                {"name": "broken", "context": {"cluster": "none"}},
            ],
            "current-context": name,
        }
    )


def test_an_option_wins_over_its_variable_which_wins_over_the_default() -> None:
    environ = {"PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY": "false", "PULUMI_K8S_DELETE_UNREACHABLE": "true"}
    found = read_options({"kubernetes:config:enableServerSideApply": "true"}, environ)
    assert (found.server_side_apply, found.delete_unreachable, found.mutable_secrets) == (True, True, False)
    assert read_options({}, {}) == Options()


def test_forcing_is_unset_unless_someone_says() -> None:
    assert read_options({}, {}).force is None
    assert read_options({}, {"PULUMI_K8S_ENABLE_PATCH_FORCE": "false"}).force is False
    assert read_options({"kubernetes:config:enablePatchForce": "true"}, {}).force is True


def test_client_settings_come_as_json() -> None:
    assert (
        read_options({"kubernetes:config:kubeClientSettings": '{"timeout": 7, "qps": 5}'}, {}).request_timeout
        == 7
    )
    assert read_options({}, {"PULUMI_K8S_CLIENT_TIMEOUT": "3"}).request_timeout == 3
    with pytest.raises(OperationError, match="kubeClientSettings"):
        read_options({"kubernetes:config:kubeClientSettings": "{"}, {})


def test_a_kubeconfig_comes_as_contents_as_path_or_from_the_environment(tmp_path: Path) -> None:
    file, other = tmp_path / "config", tmp_path / "other"
    file.write_text(kubeconfig(namespace="room"))
    other.write_text(kubeconfig("https://b:1", "two"))
    assert load(kubeconfig(namespace="room")).namespace == "room"
    assert load(str(file)) == Kubeconfig(load(kubeconfig(namespace="room")).config, str(tmp_path))
    merged = load("", {"KUBECONFIG": f"{file}:{other}"})
    assert merged.config["current-context"] == "one"
    assert choose(merged, "two", "").config["current-context"] == "two"


@pytest.mark.parametrize("contents", ["no kubeconfig", "- a\n- b", "a: [", "/no/such/file"])
def test_what_is_no_kubeconfig_is_told_apart(contents: str) -> None:
    with pytest.raises(KubeconfigError):
        load(contents)


def test_no_kubeconfig_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KubeconfigError, match="no configuration"):
        load("", {"KUBECONFIG": str(tmp_path / "none")})


def test_a_context_or_cluster_that_is_not_there_is_named() -> None:
    config = load(kubeconfig())
    with pytest.raises(KubeconfigError, match='context "other" does not exist'):
        choose(config, "other", "")
    with pytest.raises(KubeconfigError, match='cluster "none" does not exist'):
        choose(config, "broken", "")
    with pytest.raises(KubeconfigError, match="no current context"):
        choose(Kubeconfig({}), "", "")


def test_the_default_namespace_is_that_of_the_context() -> None:
    assert load(kubeconfig()).namespace == "default"
    assert active_cluster(load(kubeconfig()).config, "", "") == {"server": "https://a:1"}


def config_of(text: object = None, **more: object) -> Manifest:
    return {"kubeconfig": text if text is not None else kubeconfig(), **more}


@pytest.mark.parametrize(
    ("old", "new", "replaces"),
    [
        (config_of(), config_of(), []),
        (config_of(), config_of(kubeconfig(name="renamed")), []),
        (config_of(), config_of(kubeconfig(login="new")), []),
        (config_of(), config_of(kubeconfig("https://b:1")), ["kubeconfig"]),
        (config_of(), config_of(namespace="x"), []),
        (config_of(), config_of(UNKNOWN), ["kubeconfig"]),
        ({}, config_of(), []),
        (config_of(clusterIdentifier="a"), config_of(kubeconfig("https://b:1"), clusterIdentifier="a"), []),
        (config_of(clusterIdentifier="a"), config_of(UNKNOWN, clusterIdentifier="a"), []),
        (config_of(clusterIdentifier="a"), config_of(clusterIdentifier="b"), ["clusterIdentifier"]),
        (config_of(), config_of(clusterIdentifier="a"), []),
        (config_of(clusterIdentifier="a"), config_of(), []),
        (config_of(), config_of(UNKNOWN, clusterIdentifier="a"), ["kubeconfig"]),
    ],
)
def test_only_another_cluster_replaces_the_provider(
    old: Manifest, new: Manifest, replaces: list[str]
) -> None:
    found = diff_config(old, new)
    assert found.replaces == replaces
    assert bool(found.changed) == (old != new)


def test_a_new_kubeconfig_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(OperationError, match="failed to parse kubeconfig"):
        diff_config(config_of(), config_of("nonsense"))


def test_strict_mode_wants_kubeconfig_and_context_and_no_default_provider() -> None:
    failures = check_config({"strictMode": "true"}, default_provider=True, project_config={})
    assert [name for name, _ in failures] == ["", "kubeconfig", "context"]
    assert not check_config({}, default_provider=True, project_config={})
    assert check_config({}, default_provider=True, project_config={"strictMode": "true"})


def test_rendering_to_files_is_refused() -> None:
    assert check_config({"renderYamlToDirectory": "x"}, default_provider=False, project_config={})


def test_paths_in_a_kubeconfig_count_from_where_it_was() -> None:
    config: Manifest = {
        "clusters": [{"name": "a", "cluster": {"certificate-authority": "ca.crt"}}],
        "users": [{"name": "a", "user": {"client-key": "/keys/a", "token": "t"}}],
    }
    assert Kubeconfig(config, "/home/me/.kube").with_absolute_paths() == {
        "clusters": [{"name": "a", "cluster": {"certificate-authority": "/home/me/.kube/ca.crt"}}],
        "users": [{"name": "a", "user": {"client-key": "/keys/a", "token": "t"}}],
    }
