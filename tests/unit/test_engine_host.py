import platform

import pytest

from flotilla.engine.host import Host, current_host
from flotilla.errors import FlotillaError


def pretend(monkeypatch: pytest.MonkeyPatch, system: str, machine: str) -> None:
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: machine)


@pytest.mark.parametrize(
    ("system", "machine", "host"),
    [
        ("Linux", "x86_64", Host("linux", "amd64")),
        ("Linux", "aarch64", Host("linux", "arm64")),
        ("Darwin", "arm64", Host("darwin", "arm64")),
        ("Darwin", "x86_64", Host("darwin", "amd64")),
    ],
)
def test_linux_and_macos_are_named_as_go_names_them(
    monkeypatch: pytest.MonkeyPatch, system: str, machine: str, host: Host
) -> None:
    pretend(monkeypatch, system, machine)
    assert current_host() == host


def test_windows_is_sent_to_wsl(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "Windows", "AMD64")
    with pytest.raises(FlotillaError, match="Windows") as caught:
        current_host()
    assert "WSL" in caught.value.cure


def test_another_architecture_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "Linux", "riscv64")
    with pytest.raises(FlotillaError, match="Linux riscv64"):
        current_host()
