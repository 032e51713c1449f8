"""What belongs to the Pulumi CLI: the Python language host beside it, and the Kubernetes provider."""

import os
import subprocess
import threading
import time
from pathlib import Path

from flotilla.engine import versions
from flotilla.engine.cache import Cache, write_whole
from flotilla.engine.host import Host
from flotilla.engine.on_path import Answers, candidates
from flotilla.engine.pins import KUBERNETES_PROVIDER, LANGUAGE_HOST, PROVIDER, digest

_ASK_TIMEOUT = 15.0
"""Seconds a provider has to start and tell its version."""
_REFUSAL_HOLDS = 24 * 3600.0
"""Seconds for which a provider that could not be downloaded is not tried again."""


def language_host(pulumi: Path) -> Path | None:
    """The Python language host that came with a CLI: beside the program, or beside what that links to."""
    for directory in (pulumi.parent, pulumi.resolve().parent):
        host = directory / LANGUAGE_HOST
        if host.is_file() and os.access(host, os.X_OK):
            return host
    return None


def provider_entry(host: Host) -> str:
    """The Kubernetes provider's entry in the cache."""
    return f"{PROVIDER}-{KUBERNETES_PROVIDER}-{digest(PROVIDER, str(host))}"


def find_provider(cache: Cache, answers: Answers, host: Host) -> tuple[Path, str] | None:
    """The real Kubernetes provider of the pinned version and where it is from; None if it is not here.

    On PATH, in Pulumi's plugin directory (`PULUMI_HOME`, by default `~/.pulumi`), or in the cache.
    """
    for program in candidates(PROVIDER):
        version = answers.version(program, PROVIDER, _ask)
        if version is not None and versions.text_of(version) == KUBERNETES_PROVIDER:
            return program, f"{KUBERNETES_PROVIDER}, on PATH"
    home = Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    plugin = home / "plugins" / f"resource-kubernetes-v{KUBERNETES_PROVIDER}"
    installed = plugin / PROVIDER
    # The CLI leaves a file of this name beside a plugin that it has not finished installing.
    is_partial = plugin.with_name(f"{plugin.name}.partial").exists()
    if installed.is_file() and os.access(installed, os.X_OK) and not is_partial:
        return installed, f"{KUBERNETES_PROVIDER}, installed as a Pulumi plugin"
    manifest = cache.find(provider_entry(host))
    if manifest is not None:
        return cache.root / provider_entry(host) / PROVIDER, manifest.route
    return None


def refusal(cache: Cache, host: Host) -> str | None:
    """Why the provider could not be downloaded, if that was tried within the last day."""
    file = _refusal_file(cache, host)
    try:
        return (
            file.read_text(encoding="utf-8") if time.time() - file.stat().st_mtime < _REFUSAL_HOLDS else None
        )
    except OSError:
        return None


def keep_refusal(cache: Cache, host: Host, reason: str) -> None:
    """Keep why the provider could not be downloaded, so that not every run tries it again."""
    write_whole(_refusal_file(cache, host), reason)


def _refusal_file(cache: Cache, host: Host) -> Path:
    return cache.root / f"no-{provider_entry(host)}"


def _ask(program: Path) -> versions.Version | None:
    """A provider has no option that tells its version: start it, and ask through its protocol."""
    import grpc  # noqa: PLC0415 (takes a while to load, and is needed where somebody has the provider on PATH)
    from google.protobuf import empty_pb2  # noqa: PLC0415
    from pulumi.runtime.proto import plugin_pb2  # noqa: PLC0415

    try:
        process = subprocess.Popen(
            [program], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    except OSError:
        return None
    impatience = threading.Timer(_ASK_TIMEOUT, process.kill)
    impatience.start()
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            get_info = channel.unary_unary(
                "/pulumirpc.ResourceProvider/GetPluginInfo",
                request_serializer=empty_pb2.Empty.SerializeToString,
                response_deserializer=plugin_pb2.PluginInfo.FromString,
            )
            info = get_info(empty_pb2.Empty(), timeout=_ASK_TIMEOUT)
        return versions.parse(info.version)
    except grpc.RpcError:
        return None
    finally:
        impatience.cancel()
        process.kill()
        process.communicate()
