import os
import socket
from collections.abc import Generator
from pathlib import Path

import pytest
from engine_fakes import Mirror, script

from flotilla.engine import download
from flotilla.engine.download import Downloads
from flotilla.engine.host import current_host
from flotilla.engine.pins import PINS
from flotilla.engine.releases import asset_of
from flotilla.engine.routes import RouteFailedError


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Generator[Mirror]:
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    mirror = Mirror()
    monkeypatch.setenv("FLOTILLA_MIRROR", f"{mirror.url}/")
    yield mirror
    mirror.close()


def fetch(tool: str, directory: Path, downloads: Downloads | None = None) -> None:
    (downloads or Downloads()).fetch(asset_of(tool, current_host()), directory, f"download {tool}")


def refusal(tool: str, directory: Path, downloads: Downloads | None = None) -> RouteFailedError:
    with pytest.raises(RouteFailedError) as caught:
        fetch(tool, directory, downloads)
    return caught.value


@pytest.mark.parametrize("tool", ["etcd", "helm", "kwok", "kubectl"])
def test_a_good_download_leaves_the_program_and_nothing_else(
    tmp_path: Path, mirror: Mirror, tool: str
) -> None:
    mirror.publish(
        tool, {"README.md": "read me", tool: script(tool, PINS[tool].version)} if tool == "etcd" else None
    )
    fetch(tool, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [tool]
    assert os.access(tmp_path / tool, os.X_OK)


def test_everything_in_the_archive_of_the_cli_is_kept(tmp_path: Path, mirror: Mirror) -> None:
    mirror.publish("pulumi", {"pulumi": "cli", "pulumi-language-python": "host"})
    fetch("pulumi", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"pulumi", "pulumi-language-python"}


def test_a_wrong_checksum_is_refused_and_nothing_is_left(tmp_path: Path, mirror: Mirror) -> None:
    mirror.publish("kwok", checksum="1" * 64)
    assert f"published is {'1' * 64}" in refusal("kwok", tmp_path).reason
    assert list(tmp_path.iterdir()) == []


def test_without_a_checksum_nothing_is_fetched(tmp_path: Path, mirror: Mirror) -> None:
    path = mirror.publish("etcd")
    mirror.pages[mirror.path_of(asset_of("etcd", current_host()).checksum_url)] = b"nothing of it\n"
    assert "no checksum of etcd" in refusal("etcd", tmp_path).reason
    assert path not in mirror.asked


def test_a_file_that_is_not_there_is_named(tmp_path: Path, mirror: Mirror) -> None:
    del mirror.pages[mirror.publish("etcd")]
    assert "answers 404" in refusal("etcd", tmp_path).reason


def test_an_archive_without_the_program_is_refused(tmp_path: Path, mirror: Mirror) -> None:
    mirror.publish("etcd", {"README.md": "read me"})
    assert "holds no etcd" in refusal("etcd", tmp_path).reason


def test_an_archive_cannot_write_outside_of_its_directory(tmp_path: Path, mirror: Mirror) -> None:
    mirror.publish("pulumi", {"../../escaped": "text", "pulumi": "cli"})
    (tmp_path / "deep").mkdir()
    fetch("pulumi", tmp_path / "deep")
    assert {path.name for path in tmp_path.rglob("*")} == {"deep", "pulumi", "escaped"}
    assert (tmp_path / "deep" / "escaped").is_file()


def test_a_download_that_stalls_is_given_up_and_its_host_with_it(
    tmp_path: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "READ_TIMEOUT", 0.2)
    mirror.held.add(mirror.publish("kwok"))
    mirror.publish("etcd")
    downloads = Downloads()
    assert refusal("kwok", tmp_path, downloads).reason.endswith("no answer in time")
    asked = len(mirror.asked)
    assert refusal("etcd", tmp_path, downloads).host == mirror.url.split("/")[2]
    assert len(mirror.asked) == asked


def test_a_host_that_refuses_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("FLOTILLA_MIRROR", f"http://{host}")
        downloads = Downloads()
        assert refusal("etcd", tmp_path, downloads).reason == f"{host} cannot be reached: Connection refused"
        server.listen()
        server.settimeout(0)
        assert refusal("kwok", tmp_path, downloads).host == host
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_missing_file_does_not_give_up_the_host(tmp_path: Path, mirror: Mirror) -> None:
    mirror.publish("kwok")
    downloads = Downloads()
    refusal("etcd", tmp_path, downloads)
    fetch("kwok", tmp_path, downloads)
    assert downloads.unreachable == {}


def test_proxies_are_honoured(tmp_path: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    path = mirror.publish("kwok").removeprefix("/mirror")
    mirror.pages = {page.removeprefix("/mirror"): content for page, content in mirror.pages.items()}
    monkeypatch.setenv("http_proxy", mirror.url.removesuffix("/mirror"))
    monkeypatch.setenv("FLOTILLA_MIRROR", "http://mirror.invalid")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    fetch("kwok", tmp_path)
    assert path in mirror.asked
