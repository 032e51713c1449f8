"""The sandbox on disk: its lock, its state, its environment."""

import re
import shutil
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from flotilla.errors import FlotillaError
from flotilla.home import sandbox_dir
from flotilla.sandbox.workspace import Sandbox, without_proxy


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path / "checkout", tmp_path / "sandboxes" / "checkout-0")


def test_a_command_that_waited_for_down_is_alone_with_the_sandbox_that_it_makes_anew(
    sandbox: Sandbox,
) -> None:
    order: list[str] = []

    def wait() -> None:
        with sandbox.locked():
            order.append("up")

    with sandbox.locked():
        waiting = threading.Thread(target=wait)
        waiting.start()
        shutil.rmtree(sandbox.directory)
        order.append("down")
    waiting.join()
    assert order == ["down", "up"]
    assert sandbox.directory.is_dir()


def test_a_damaged_state_is_an_error_with_a_cure(sandbox: Sandbox) -> None:
    file = sandbox.directory / "state" / ".pulumi" / "stacks" / "shop" / "sandbox.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"version": 3, "checkpo', encoding="utf-8")
    with pytest.raises(FlotillaError, match="damaged") as caught:
        sandbox.state()
    assert "flotilla down" in caught.value.cure


def test_a_sandbox_without_a_stack_has_an_empty_state(sandbox: Sandbox) -> None:
    assert sandbox.state() == {}


@pytest.mark.parametrize("name", ["shop", "a shop", "Läden", "a,b#c%2F'd"])
def test_the_name_of_a_checkout_is_never_read_as_syntax(tmp_path: Path, name: str) -> None:
    directory = sandbox_dir(tmp_path / name)
    assert re.fullmatch(r"[A-Za-z0-9._-]+-[0-9a-f]{8}", directory.name)
    assert directory != sandbox_dir(tmp_path / "other" / name)


def test_the_address_of_the_state_can_be_read_as_a_url_again(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path, tmp_path / "ü %2F#")
    address = sandbox.variables()["PULUMI_BACKEND_URL"]
    assert unquote(urlsplit(address).path) == str(tmp_path / "ü %2F#" / "state")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "127.0.0.1,localhost"),
        ({"NO_PROXY": "example.com, 10.0.0.0/8"}, "example.com,10.0.0.0/8,127.0.0.1,localhost"),
        ({"no_proxy": "localhost"}, "localhost,127.0.0.1"),
    ],
)
def test_no_proxy_is_asked_for_what_is_on_this_computer(environment: dict[str, str], expected: str) -> None:
    assert without_proxy(environment) == expected
    assert without_proxy({"NO_PROXY": expected}) == expected
