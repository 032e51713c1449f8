"""The clusters of a workspace's sandbox clouds, written down so that they are found after a crash."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

from flotilla.controlplane import StorageClass
from flotilla.controlplane.layout import write_private

LONGEST = 40
"""Characters in the name of a control plane."""


@dataclass(frozen=True)
class ClusterRecord:
    """A cluster of a sandbox cloud, as it was created."""

    cloud: str
    name: str
    region: str
    zones: tuple[str, ...]
    nodes: int
    instance_type: str
    load_balancer_domain: str
    storage_classes: tuple[StorageClass, ...]

    @property
    def plane(self) -> str:
        """The name of its control plane."""
        return plane_name(self.cloud, self.name)

    @property
    def own_name(self) -> str:
        """What the cluster itself is called, without the path to it."""
        return self.name.rpartition("/")[2]


def plane_name(cloud: str, name: str) -> str:
    """The name of a cluster's control plane: readable, and another one for each cluster.

    It ends with a digest where the cluster's name has capitals, is long, or is no such name otherwise.
    """
    plain = f"{cloud}-{name}"
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", plain) and len(plain) <= LONGEST:
        return plain
    digest = hashlib.sha256(plain.encode()).hexdigest()[:8]
    readable = re.sub(r"[^a-z0-9]+", "-", plain.lower())[: LONGEST - 9].strip("-")
    return f"{readable}-{digest}"


def save(workspace: Path, record: ClusterRecord) -> None:
    """Write a cluster's record."""
    file = _file(workspace, record.cloud, record.name)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_private(file, json.dumps(asdict(record), indent=2) + "\n")


def load(workspace: Path, cloud: str, name: str) -> ClusterRecord | None:
    """A cluster's record; None if there is none."""
    file = _file(workspace, cloud, name)
    return _read(file) if file.is_file() else None


def all_of(workspace: Path) -> list[ClusterRecord]:
    """The records of all clusters of a workspace, by the names of their control planes."""
    return [_read(file) for file in sorted((workspace / "clusters").glob("*.cluster.json"))]


def remove(workspace: Path, record: ClusterRecord) -> None:
    """Forget a cluster."""
    _file(workspace, record.cloud, record.name).unlink(missing_ok=True)


def _file(workspace: Path, cloud: str, name: str) -> Path:
    # Beside the control plane's directory, which is made anew when its creation was cut short.
    return workspace / "clusters" / f"{plane_name(cloud, name)}.cluster.json"


def _read(file: Path) -> ClusterRecord:
    values = cast("dict[str, object]", json.loads(file.read_text(encoding="utf-8")))
    classes = cast("list[dict[str, object]]", values["storage_classes"])
    return ClusterRecord(
        cloud=str(values["cloud"]),
        name=str(values["name"]),
        region=str(values["region"]),
        zones=tuple(cast("list[str]", values["zones"])),
        nodes=cast("int", values["nodes"]),
        instance_type=str(values["instance_type"]),
        load_balancer_domain=str(values["load_balancer_domain"]),
        storage_classes=tuple(
            StorageClass(
                str(one["name"]),
                str(one["provisioner"]),
                default=bool(one["default"]),
                binding=str(one["binding"]),
            )
            for one in classes
        ),
    )
