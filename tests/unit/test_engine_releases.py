import json

import pytest

from flotilla.engine.host import Host
from flotilla.engine.pins import PROVIDER, TOOLS
from flotilla.engine.releases import asset_of, sum_from_github, sum_in_list
from flotilla.engine.routes import RouteFailedError

SUM = "ab" * 32
LINUX = Host("linux", "amd64")
MACOS = Host("darwin", "arm64")


@pytest.mark.parametrize(
    "text",
    [
        f"{SUM}\n",
        f"{SUM.upper()}  tool.tar.gz\n",
        f"{'0' * 64}  other.tar.gz\n{SUM}  tool.tar.gz\n",
        f"{'0' * 64} *other.tar.gz\n{SUM} *./tool.tar.gz\n",
    ],
)
def test_the_sum_of_a_file_is_found_in_a_list(text: str) -> None:
    assert sum_in_list(text, "tool.tar.gz") == SUM


@pytest.mark.parametrize(
    "text", ["", "<html>no such page</html>", f"{SUM}  other.tar.gz\n", "abcdef  tool.tar.gz\n"]
)
def test_a_list_without_the_file_has_no_sum_for_it(text: str) -> None:
    assert sum_in_list(text, "tool.tar.gz") is None


def test_the_digest_of_a_file_is_found_in_a_release_on_github() -> None:
    assets = [{"name": "other", "digest": "sha256:00"}, {"name": "tool", "digest": f"sha256:{SUM}"}]
    assert sum_from_github(json.dumps({"assets": assets}), "tool") == SUM


@pytest.mark.parametrize(
    "release",
    [
        [],
        {},
        {"assets": None},
        {"assets": [{"name": "tool", "digest": None}]},
        {"assets": [{"name": "other"}, 3]},
    ],
)
def test_a_release_without_a_digest_has_no_sum(release: object) -> None:
    assert sum_from_github(json.dumps(release), "tool") is None


@pytest.mark.parametrize("tool", [*TOOLS, PROVIDER])
@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_everything_is_published_for_linux(tool: str, architecture: str) -> None:
    asset = asset_of(tool, Host("linux", architecture))
    assert asset.url.startswith("https://")
    assert asset.checksum_url.startswith("https://")
    assert architecture.replace("amd64", "64") in asset.url


@pytest.mark.parametrize("tool", ["kube-apiserver", "kube-controller-manager", "kube-scheduler"])
def test_kubernetes_publishes_no_server_binaries_for_macos(tool: str) -> None:
    with pytest.raises(RouteFailedError, match="publishes none for darwin/arm64"):
        asset_of(tool, MACOS)


def test_kubectl_and_etcd_are_published_for_macos() -> None:
    assert asset_of("kubectl", MACOS).url.endswith("/bin/darwin/arm64/kubectl")
    assert asset_of("etcd", MACOS).name.endswith("-darwin-arm64.zip")


def test_the_whole_archive_of_the_cli_is_kept_because_its_plugins_are_in_it() -> None:
    assert asset_of("pulumi", LINUX).members is None
    assert asset_of("pulumi", LINUX).name.endswith("-linux-x64.tar.gz")
