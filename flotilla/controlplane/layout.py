"""Where each file of a control plane lies, and the record it is found again by."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast


@dataclass(frozen=True)
class Layout:
    """The files of one control plane.

    What must last (data, keys, record) lies apart from kwokctl's own directory, which is made anew whenever
    the processes are.
    """

    root: Path
    name: str

    @property
    def home(self) -> Path:
        """Everything of this control plane, except the lock."""
        return self.root / self.name

    @property
    def lock(self) -> Path:
        """Held while the control plane is started, stopped or deleted; outlives it."""
        return self.root / f".{self.name}.lock"

    @property
    def node_lock(self) -> Path:
        """Held while nodes get their numbers."""
        return self.root / f".{self.name}.nodes.lock"

    @property
    def record(self) -> Path:
        """What is known of it from one command to the next."""
        return self.home / "record.json"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.home / "kubeconfig"

    @property
    def data(self) -> Path:
        """The data of etcd."""
        return self.home / "etcd"

    @property
    def pki(self) -> Path:
        """The authority's and the administrator's certificates (`ca.crt`, `admin.crt`) and their keys."""
        return self.home / "pki"

    @property
    def tokens(self) -> Path:
        """The API server's token file."""
        return self.home / "tokens.csv"

    @property
    def tools(self) -> Path:
        """The only directory on kwokctl's PATH."""
        return self.home / "tools"

    @property
    def config(self) -> Path:
        """What kwokctl is told."""
        return self.home / "kwokctl.yaml"

    @property
    def kwok_config(self) -> Path:
        """What kwokctl keeps of that, and kwok reads."""
        return self.cluster / "kwok.yaml"

    @property
    def kwok(self) -> Path:
        """The directory of kwokctl: the one it takes by itself where `HOME` is our home.

        Not by `KWOK_WORKDIR`, of which it reads no more than what comes before a space.
        """
        return self.home / ".kwok"

    @property
    def cluster(self) -> Path:
        """What kwokctl keeps of the cluster."""
        return self.kwok / "clusters" / self.name

    @property
    def logs(self) -> Path:
        """One log for each component."""
        return self.cluster / "logs"

    @property
    def earlier_logs(self) -> Path:
        """The logs of the processes before these."""
        return self.home / "logs-before"

    @property
    def kwokctl_log(self) -> Path:
        """What kwokctl said last."""
        return self.home / "kwokctl.log"


@dataclass(frozen=True)
class Record:
    """What is known of a control plane from one command to the next."""

    ports: Mapping[str, int]
    """Port of each listener, by the name of kwokctl's option."""
    subnet: int
    """Which part of the address ranges is this cluster's; differs between clusters side by side."""
    fingerprint: str = ""
    """Of the configuration the processes were started with."""
    whole: bool = False
    """Whether it was ever made completely: only then is its data worth keeping."""

    def save(self, layout: Layout) -> None:
        """Write it, whole or not at all."""
        write_private(layout.record, json.dumps(asdict(self), indent=2))

    @classmethod
    def load(cls, layout: Layout) -> "Record | None":
        """Read it; None if there is none or it cannot be read."""
        try:
            parsed = cast("object", json.loads(layout.record.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return None
        if not isinstance(parsed, dict):
            return None
        fields = cast("dict[str, object]", parsed)
        match fields:
            case {
                "ports": dict(),
                "subnet": int() as subnet,
                "fingerprint": str() as fingerprint,
                "whole": bool() as whole,
            }:
                named = cast("dict[str, object]", fields["ports"])
                ports = {name: port for name, port in named.items() if isinstance(port, int)}
                return cls(ports, subnet, fingerprint, whole) if len(ports) == len(named) else None
            case _:
                return None


def siblings(layout: Layout) -> list[Record]:
    """The records of the other control planes under the same root."""
    others = (Layout(layout.root, name) for name in find(layout.root) if name != layout.name)
    return [record for record in map(Record.load, others) if record]


def find(root: Path) -> list[str]:
    """The names of the control planes under a directory, running or not, half-made ones too.

    Example:
        for name in find(sandbox / "clusters"):
            ControlPlane(sandbox / "clusters", name, binaries).stop()
    """
    if not root.is_dir():
        return []
    homes = (Layout(root, path.name) for path in root.iterdir() if path.is_dir())
    return sorted(layout.name for layout in homes if layout.record.exists() or layout.config.exists())


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
