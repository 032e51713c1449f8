"""Where each project publishes its binaries, and where it publishes their checksums.

- Pulumi: an archive of the CLI with its language hosts among the release's files on GitHub, with a list of
  SHA-256 sums (`pulumi-VERSION-checksums.txt`) beside it. The list of the same name at Pulumi's own download
  place has differed from the files there before, so the release itself is used.
- Kubernetes: each binary by itself, with `.sha256` beside it. There are server binaries for Linux only: on
  macOS they are built.
- etcd: an archive (for macOS a zip) among the release's files, with `SHA256SUMS`.
- Helm: an archive with `.sha256sum` beside it.
- kwok and the Kubernetes provider publish no list of sums. GitHub computes a SHA-256 for each file of a
  release and tells it in its API (`assets[].digest`), which is what is compared.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flotilla.engine.host import Host
from flotilla.engine.pins import ETCD, HELM, KUBERNETES, KUBERNETES_PROVIDER, KWOK, PROVIDER, PULUMI
from flotilla.engine.routes import RouteFailedError

_SHA256_LENGTH = 64


def sum_in_list(text: str, name: str) -> str | None:
    """The SHA-256 of a file in a list of `SUM  NAME` lines, or in a file that holds one sum only."""
    for line in text.splitlines():
        words = line.split()
        if not words or len(words[0]) != _SHA256_LENGTH:
            continue
        if len(words) == 1 or words[-1].removeprefix("*").removeprefix("./") == name:
            return words[0].lower()
    return None


def sum_from_github(text: str, name: str) -> str | None:
    """The SHA-256 of a file in what GitHub's API tells about a release."""
    release = cast("object", json.loads(text))
    assets = cast("dict[str, object]", release).get("assets") if isinstance(release, dict) else None
    for asset in cast("list[object]", assets) if isinstance(assets, list) else []:
        fields = cast("dict[str, object]", asset) if isinstance(asset, dict) else {}
        value = fields.get("digest")
        if fields.get("name") == name and isinstance(value, str) and value.startswith("sha256:"):
            return value.removeprefix("sha256:").lower()
    return None


@dataclass(frozen=True)
class Asset:
    """One published file."""

    url: str
    checksum_url: str
    checksum: Callable[[str, str], str | None]
    """Finds, in what `checksum_url` answers, the SHA-256 of the file's name."""
    members: tuple[str, ...] | None = None
    """Names of the files that are taken from an archive; None takes all of them."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rpartition("/")[2]


def _github(repository: str, version: str, name: str, members: tuple[str, ...]) -> Asset:
    api = f"https://api.github.com/repos/{repository}/releases/tags/v{version}"
    url = f"https://github.com/{repository}/releases/download/v{version}/{name}"
    return Asset(url, api, sum_from_github, members)


def _pulumi(host: Host) -> Asset:
    base = f"https://github.com/pulumi/pulumi/releases/download/v{PULUMI}"
    architecture = "x64" if host.architecture == "amd64" else host.architecture
    archive = f"{base}/pulumi-v{PULUMI}-{host.system}-{architecture}.tar.gz"
    return Asset(archive, f"{base}/pulumi-{PULUMI}-checksums.txt", sum_in_list)


def _kubernetes(tool: str, host: Host) -> Asset:
    if host.system != "linux" and tool != "kubectl":
        raise RouteFailedError(f"Kubernetes publishes none for {host}")
    url = f"https://dl.k8s.io/release/v{KUBERNETES}/bin/{host}/{tool}"
    return Asset(url, f"{url}.sha256", sum_in_list, (tool,))


def _etcd(host: Host) -> Asset:
    base = f"https://github.com/etcd-io/etcd/releases/download/v{ETCD}"
    suffix = "zip" if host.system == "darwin" else "tar.gz"
    archive = f"{base}/etcd-v{ETCD}-{host.system}-{host.architecture}.{suffix}"
    return Asset(archive, f"{base}/SHA256SUMS", sum_in_list, ("etcd",))


def _helm(host: Host) -> Asset:
    url = f"https://get.helm.sh/helm-v{HELM}-{host.system}-{host.architecture}.tar.gz"
    return Asset(url, f"{url}.sha256sum", sum_in_list, ("helm",))


def asset_of(tool: str, host: Host) -> Asset:
    """The published file with a tool or the Kubernetes provider.

    Raises:
        RouteFailedError: its project publishes none for that system.
    """
    match tool:
        case "pulumi":
            return _pulumi(host)
        case "etcd":
            return _etcd(host)
        case "helm":
            return _helm(host)
        case "kwok" | "kwokctl":
            return _github("kubernetes-sigs/kwok", KWOK, f"{tool}-{host.system}-{host.architecture}", (tool,))
        case _ if tool == PROVIDER:
            name = f"{PROVIDER}-v{KUBERNETES_PROVIDER}-{host.system}-{host.architecture}.tar.gz"
            return _github("pulumi/pulumi-kubernetes", KUBERNETES_PROVIDER, name, (PROVIDER,))
        case _:
            return _kubernetes(tool, host)
