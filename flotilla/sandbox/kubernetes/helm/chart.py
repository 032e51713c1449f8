"""Where a chart comes from, as arguments and files for helm."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flotilla.sandbox.kubernetes.manifest import Manifest, dig, mapping, text

REPOSITORY = "flotilla"
"""How a repository with credentials is called in the configuration made for one command."""
ANY_VERSION = ">0.0.0-0"


@dataclass(frozen=True)
class ChartSource:
    """A chart: the reference, arguments that say how to get it, files they name, commands that go before."""

    reference: str
    arguments: Sequence[str] = ()
    files: dict[str, str] = field(default_factory=dict[str, str])
    before: Sequence[Sequence[str]] = ()


def chart_source(inputs: Manifest) -> ChartSource:
    """The source of a release's chart: a directory or archive, a repository, or an OCI registry.

    Credentials become configuration files, never arguments: everyone on the machine can read those.
    """
    chart, options = text(inputs, "chart").strip(), mapping(inputs, "repositoryOpts")
    choice = [*_version(inputs), *_trust(inputs, options)]
    repository, password = text(options, "repo").strip(), text(options, "password")
    if chart.startswith("oci://"):
        return _from_registry(chart, choice, text(options, "username"), password)
    if not urlsplit(repository).scheme:
        return ChartSource(f"{repository}/{chart}" if repository and "/" not in chart else chart, choice)
    if not password:
        return ChartSource(chart, ["--repo", repository, *choice])
    entry = {
        "name": REPOSITORY,
        "url": repository,
        "username": text(options, "username"),
        "password": password,
        **{key: text(options, key) for key in ("caFile", "certFile", "keyFile") if text(options, key)},
    }
    configuration = ["--repository-config", "{repositories.yaml}", "--repository-cache", "{directory}"]
    return ChartSource(
        f"{REPOSITORY}/{chart}",
        [*configuration, *choice],
        {"repositories.yaml": json.dumps({"apiVersion": "", "repositories": [entry]})},
        before=[["repo", "update", REPOSITORY, *configuration]],
    )


def _from_registry(chart: str, choice: Sequence[str], username: str, password: str) -> ChartSource:
    if not password:
        return ChartSource(chart, choice)
    credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
    configuration = {"auths": {urlsplit(chart).netloc: {"auth": credentials}}}
    files = {"registry.json": json.dumps(configuration)}
    return ChartSource(chart, ["--registry-config", "{registry.json}", *choice], files)


def _version(inputs: Manifest) -> list[str]:
    version = text(inputs, "version").strip() or (ANY_VERSION if dig(inputs, "devel") is True else "")
    return ["--version", version] if version else []


def _trust(inputs: Manifest, options: Manifest) -> list[str]:
    flags = {"caFile": "--ca-file", "certFile": "--cert-file", "keyFile": "--key-file"}
    chosen = [
        part for key, flag in flags.items() if text(options, key) for part in (flag, text(options, key))
    ]
    if dig(inputs, "verify") is True:
        chosen.append("--verify")
        if text(inputs, "keyring"):
            chosen += ["--keyring", text(inputs, "keyring")]
    return chosen
