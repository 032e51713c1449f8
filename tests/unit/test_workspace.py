"""The sandbox on disk: its lock, its state, its environment."""

import shutil
import threading
from pathlib import Path

import pytest

from flotilla.errors import FlotillaError
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
