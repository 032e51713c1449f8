"""The system that the engine runs on."""

import platform
from dataclasses import dataclass

from flotilla.errors import FlotillaError

_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Host:
    """Operating system and architecture in Go's words: `linux` or `darwin`, `amd64` or `arm64`."""

    system: str
    architecture: str

    def __str__(self) -> str:
        return f"{self.system}/{self.architecture}"


def current_host() -> Host:
    """The system this runs on.

    Raises:
        FlotillaError: it is neither Linux nor macOS on amd64 or arm64.
    """
    system, machine = platform.system(), platform.machine()
    if system == "Windows":
        raise FlotillaError(
            "The sandbox does not run on Windows itself: Kubernetes has no control plane for it.",
            "Run it in WSL: wsl --install, then clone and `make up` inside the Linux it gives you.",
        )
    if system not in _SYSTEMS or machine.lower() not in _ARCHITECTURES:
        raise FlotillaError(
            f"The sandbox does not run on {system} {machine}: its engine is published for no such system.",
            "Use Linux or macOS on amd64 or arm64.",
        )
    return Host(_SYSTEMS[system], _ARCHITECTURES[machine.lower()])
