"""What a control plane is made of, and how it is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from flotilla.engine.pins import KUBERNETES
from flotilla.errors import Exit, FlotillaError


@dataclass(frozen=True)
class Binaries:
    """Where the programs of a control plane are: absolute paths of executables."""

    etcd: Path
    kube_apiserver: Path
    kube_controller_manager: Path
    kube_scheduler: Path
    kwok: Path
    kwokctl: Path
    kubectl: Path

    @classmethod
    def from_mapping(cls, tools: Mapping[str, Path]) -> Self:
        """Pick them out of a mapping from a tool's name to its path; it may hold other tools too.

        Links are followed: another link to the same program is no reason to start a control plane anew.

        Raises:
            FlotillaError: one is missing.

        Example:
            Binaries.from_mapping(engine.binaries)
        """
        names = {name: name.replace("_", "-") for name in cls.__dataclass_fields__}
        missing = sorted(tool for tool in names.values() if tool not in tools)
        if missing:
            raise FlotillaError(
                f"A control plane cannot start without {', '.join(missing)}.",
                "Get the engine: make up",
                Exit.FAILED,
            )
        return cls(**{name: tools[tool].resolve() for name, tool in names.items()})


@dataclass(frozen=True)
class Identity:
    """Whom the API server takes the bearer of a token for."""

    user: str
    groups: tuple[str, ...] = ()
    """`system:masters` may do everything; all others may do what RBAC allows them."""


@dataclass(frozen=True)
class StorageClass:
    """A storage class that a new control plane has; its volumes are but entries, no byte is stored."""

    name: str
    provisioner: str = "sandbox.flotilla.dev/volume"
    default: bool = False
    """Whether claims that name no class are of this one."""
    binding: str = "WaitForFirstConsumer"
    """`WaitForFirstConsumer` or `Immediate`."""


STANDARD = (StorageClass("standard", default=True),)


@dataclass(frozen=True)
class Settings:
    """How a control plane is set up.

    `nodes`, `region`, `zones`, `instance_type` and `storage_classes` count when it is created; a change of
    anything else takes effect at the next `start`, which then restarts the processes and keeps the data.
    """

    nodes: int = 3
    """How many nodes there are at the beginning, dealt out over the zones in turn."""
    region: str = "sandbox-1"
    zones: tuple[str, ...] = ("sandbox-1a", "sandbox-1b", "sandbox-1c")
    instance_type: str = "sandbox.large"
    load_balancers: bool = True
    """Whether Kubernetes Services of type LoadBalancer, and Ingresses, get an address, as on a cloud."""
    load_balancer_domain: str = ""
    """Where they get a host name instead of an IP address, as on AWS: the domain it ends with."""
    storage_classes: tuple[StorageClass, ...] = STANDARD
    """The storage classes there are at the beginning."""
    tokens: Mapping[str, Identity] = field(default_factory=dict[str, Identity])
    """Bearer tokens and whom each stands for."""
    api_server_arguments: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further arguments of kube-apiserver, without the leading dashes."""
    kubernetes_version: str = KUBERNETES
    """The version of the Kubernetes binaries; kwokctl derives its defaults from it."""
