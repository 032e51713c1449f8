import os
import sys
from pathlib import Path

import pytest
from engine_fakes import put_script

from flotilla.engine import plugins
from flotilla.engine.cache import Cache
from flotilla.engine.host import Host
from flotilla.engine.on_path import Answers
from flotilla.engine.pins import KUBERNETES_PROVIDER, LANGUAGE_HOST, PROVIDER

HOST = Host("linux", "amd64")

PROVIDER_SCRIPT = """#!{python}
import concurrent.futures
import grpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2_grpc

class Provider(provider_pb2_grpc.ResourceProviderServicer):
    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="{version}")

server = grpc.server(concurrent.futures.ThreadPoolExecutor())
provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    monkeypatch.setenv("FLOTILLA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    root = tmp_path / "home" / "engine"
    root.mkdir(parents=True)
    return Cache(root)


def find(cache: Cache) -> tuple[Path, str] | None:
    return plugins.find_provider(cache, Answers(cache), HOST)


def plugin_directory(tmp_path: Path, version: str = KUBERNETES_PROVIDER) -> Path:
    return tmp_path / "pulumi" / "plugins" / f"resource-kubernetes-v{version}"


def test_without_any_there_is_none(cache: Cache) -> None:
    assert find(cache) is None


def test_the_pinned_version_in_pulumis_plugin_directory_is_used(tmp_path: Path, cache: Cache) -> None:
    program = put_script(plugin_directory(tmp_path) / PROVIDER, "")
    assert find(cache) == (program, f"{KUBERNETES_PROVIDER}, installed as a Pulumi plugin")


def test_another_version_in_pulumis_plugin_directory_is_not_used(tmp_path: Path, cache: Cache) -> None:
    put_script(plugin_directory(tmp_path, "4.0.0") / PROVIDER, "")
    assert find(cache) is None


def test_a_plugin_that_is_not_finished_is_not_used(tmp_path: Path, cache: Cache) -> None:
    put_script(plugin_directory(tmp_path) / PROVIDER, "")
    Path(f"{plugin_directory(tmp_path)}.partial").write_text("")
    assert find(cache) is None


@pytest.mark.parametrize("prefix", ["", "v"])
def test_a_provider_on_path_is_used_if_it_tells_the_pinned_version(
    tmp_path: Path, cache: Cache, prefix: str
) -> None:
    text = PROVIDER_SCRIPT.format(python=sys.executable, version=f"{prefix}{KUBERNETES_PROVIDER}")
    program = put_script(tmp_path / "bin" / PROVIDER, text)
    assert find(cache) == (program, f"{KUBERNETES_PROVIDER}, on PATH")


def test_a_provider_on_path_of_another_version_is_not_used(tmp_path: Path, cache: Cache) -> None:
    put_script(tmp_path / "bin" / PROVIDER, PROVIDER_SCRIPT.format(python=sys.executable, version="4.0.0"))
    assert find(cache) is None


@pytest.mark.parametrize("text", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho no port\n", "not a program"])
def test_a_provider_on_path_that_does_not_answer_is_not_used(tmp_path: Path, cache: Cache, text: str) -> None:
    put_script(tmp_path / "bin" / PROVIDER, text)
    assert find(cache) is None


def test_the_sandboxs_own_provider_is_not_taken_for_the_real_one(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "home" / "sandboxes" / "shop" / "bin"
    text = PROVIDER_SCRIPT.format(python=sys.executable, version=KUBERNETES_PROVIDER)
    put_script(directory / PROVIDER, text)
    monkeypatch.setenv("PATH", str(directory))
    assert find(cache) is None


def test_a_refusal_is_kept_for_a_day(cache: Cache) -> None:
    assert plugins.refusal(cache, HOST) is None
    plugins.keep_refusal(cache, HOST, "no way out")
    assert plugins.refusal(cache, HOST) == "no way out"
    (file,) = cache.root.iterdir()
    yesterday = file.stat().st_mtime - 25 * 3600
    os.utime(file, (yesterday, yesterday))
    assert plugins.refusal(cache, HOST) is None


def test_the_language_host_lies_beside_the_cli(tmp_path: Path) -> None:
    pulumi = put_script(tmp_path / "pulumi", "")
    assert plugins.language_host(pulumi) is None
    host = put_script(tmp_path / LANGUAGE_HOST, "")
    assert plugins.language_host(pulumi) == host


def test_the_language_host_is_found_where_the_cli_is_a_link(tmp_path: Path) -> None:
    pulumi = put_script(tmp_path / "real" / "pulumi", "")
    host = put_script(tmp_path / "real" / LANGUAGE_HOST, "")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "pulumi").symlink_to(pulumi)
    assert plugins.language_host(tmp_path / "bin" / "pulumi") == host
