"""The versions of Kubernetes that AKS offers, and which may follow on which."""

from typing import Final

from components.cluster.aks.rules import VERSIONS

PATCH: Final = "3"
"""The newest patch of each minor version."""


def minor(version: str) -> tuple[int, int]:
    """Major and minor number: `1.36.3` is `(1, 36)`; of what is no version `(0, 0)`."""
    parts = version.removeprefix("v").split(".")
    if len(parts) not in {2, 3} or not all(part.isdecimal() for part in parts):
        return 0, 0
    return int(parts[0]), int(parts[1])


def offered(version: str) -> bool:
    """Whether AKS makes clusters of a version."""
    return ".".join(map(str, minor(version))) in VERSIONS


def newest(version: str) -> str:
    """The whole version that AKS takes for one: a minor version stands for its newest patch."""
    return version if version.count(".") > 1 else f"{version}.{PATCH}"


def running(wanted: str, before: str) -> str:
    """The version that runs after an update: the same minor again does not upgrade."""
    if not wanted or (before and minor(wanted) == minor(before) and wanted.count(".") == 1):
        return before
    return newest(wanted)
