import re
from pathlib import Path

import pytest

from flotilla.engine import REQUIRED, TOOLS, versions
from flotilla.engine.pins import GO_LEAST, GO_PACKAGE, KUBERNETES_PROVIDER, MODULES, PINS, digest, known
from flotilla.errors import Exit, FlotillaError

ROOT = Path(__file__).parents[2]


def required(go_mod: str) -> dict[str, str]:
    """The modules of a go.mod, `replace` lines included, with their versions."""
    lines = re.findall(r"^\s*(?:\S+ => )?(\S+) v(\S+?)(?: // indirect)?$", go_mod, re.MULTILINE)
    return dict(lines)


@pytest.mark.parametrize("tool", TOOLS)
def test_the_module_of_a_tool_names_its_package_and_its_pinned_version(tool: str) -> None:
    source = PINS[tool].source
    go_mod = (MODULES / source.module / "go.mod").read_text()
    modules = required(go_mod)
    owner = max((name for name in modules if f"{source.package}/".startswith(f"{name}/")), key=len)
    assert modules[owner] == PINS[tool].version
    assert re.search(rf"^(tool )?\s*{re.escape(source.package)}$", go_mod, re.MULTILINE)
    assert (MODULES / source.module / "go.sum").stat().st_size > 0


def test_the_staging_modules_of_kubernetes_have_the_version_that_belongs_to_the_pin() -> None:
    go_mod = (MODULES / "kubernetes" / "go.mod").read_text()
    replaced = re.findall(r"^\s+(k8s\.io/\S+) => (\S+) v0\.(\S+)$", go_mod, re.MULTILINE)
    assert len(replaced) > 20
    for name, substitute, version in replaced:
        assert (substitute, f"1.{version}") == (name, PINS["kubectl"].version)


@pytest.mark.parametrize("module", sorted({pin.source.module for pin in PINS.values()}))
def test_no_module_needs_a_newer_go_than_is_asked_for(module: str) -> None:
    go_mod = (MODULES / module / "go.mod").read_text()
    match = re.search(r"^go (\S+)$", go_mod, re.MULTILINE)
    assert match
    needed = versions.parse(match[1]) or versions.parse(f"{match[1]}.0")
    assert needed
    assert needed <= (versions.parse(GO_LEAST) or ())
    assert needed <= (versions.parse(GO_PACKAGE) or ())
    assert "toolchain" not in go_mod


def test_the_kubernetes_provider_is_the_one_of_the_python_requirements() -> None:
    assert f"pulumi-kubernetes=={KUBERNETES_PROVIDER}\n" in (ROOT / "requirements.txt").read_text()


@pytest.mark.parametrize("tool", TOOLS)
def test_the_pinned_version_is_within_what_is_accepted_on_path(tool: str) -> None:
    pin = PINS[tool]
    assert versions.is_within(versions.parse(pin.version) or (0, 0, 0), pin.least, pin.below)


def test_helm_is_not_required_and_everything_else_is() -> None:
    assert set(TOOLS) - set(REQUIRED) == {"helm"}


def test_tools_are_known_once_and_in_their_own_order() -> None:
    assert known(["kwok", "pulumi", "kwok"]) == ("pulumi", "kwok")


def test_an_unknown_tool_is_wrong_usage_and_the_known_ones_are_named() -> None:
    with pytest.raises(FlotillaError, match="terraform") as caught:
        known(["kwok", "terraform"])
    assert caught.value.code == Exit.USAGE
    assert "kube-apiserver" in caught.value.cure


def test_the_digest_differs_between_tools_and_between_systems() -> None:
    digests = {
        digest(tool, system) for tool in (*TOOLS, "provider") for system in ("linux/amd64", "darwin/arm64")
    }
    assert len(digests) == 2 * (len(TOOLS) + 1)
