"""Kubeconfigs: their contents, the active cluster, the default namespace."""

import base64
import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml

from flotilla.sandbox.kubernetes.manifest import Manifest, dig, mapping, mappings, text

DEFAULT_NAMESPACE = "default"
_PATHS = frozenset({"certificate-authority", "client-certificate", "client-key", "tokenFile"})


class KubeconfigError(Exception):
    """A kubeconfig is no kubeconfig, or leads to no cluster."""


@dataclass(frozen=True)
class Kubeconfig:
    """A kubeconfig with the context that counts."""

    config: Manifest
    base: str = ""
    """The directory that relative paths in it start from."""

    @property
    def namespace(self) -> str:
        """The namespace of its context."""
        context = named(self.config, "contexts", text(self.config, "current-context"))
        return text(context, "context", "namespace") or DEFAULT_NAMESPACE

    def with_absolute_paths(self) -> Manifest:
        """The same for a file in any other directory."""
        config = copy.deepcopy(self.config)
        for section, inner in (("clusters", "cluster"), ("users", "user")):
            for entry in mappings(config, section):
                settings = mapping(entry, inner)
                for key in _PATHS & settings.keys():
                    settings[key] = str(Path(self.base, text(settings, key)))
                plugin = mapping(settings, "exec")
                if os.sep in text(plugin, "command"):
                    plugin["command"] = str(Path(self.base, text(plugin, "command")))
        return config

    def without_plugin(self, certificate: str, key: str) -> Manifest:
        """The same with what a credential plugin gave, in PEM, in place of the plugin of each user."""
        config = copy.deepcopy(self.config)
        given = {"client-certificate-data": certificate, "client-key-data": key} if certificate else {}
        for entry in mappings(config, "users"):
            settings = mapping(entry, "user")
            if settings.pop("exec", None) is not None:
                settings |= {name: base64.b64encode(pem.encode()).decode() for name, pem in given.items()}
        return config


def named(config: Manifest, section: str, name: str) -> Manifest | None:
    """The entry of that name in `clusters`, `contexts` or `users`."""
    return next((entry for entry in mappings(config, section) if entry.get("name") == name), None)


def parse(contents: str) -> Manifest:
    """The kubeconfig in a YAML or JSON text.

    Raises:
        KubeconfigError: it is none.
    """
    try:
        config: object = yaml.safe_load(contents)
    except yaml.YAMLError as error:
        raise KubeconfigError(f"it is not YAML: {error}") from error
    if not isinstance(config, dict):
        raise KubeconfigError("it holds no map, so it is no kubeconfig and no path of one")
    return cast("Manifest", config)


def load(contents_or_path: str, environ: Mapping[str, str] = os.environ) -> Kubeconfig:
    """The kubeconfig of an option: its contents, a path, or, if empty, the ambient one.

    Raises:
        KubeconfigError: it cannot be read.
    """
    if not contents_or_path:
        return _ambient(environ)
    if "\n" not in contents_or_path and not contents_or_path.lstrip().startswith("{"):
        path = Path(contents_or_path).expanduser()
        if path.is_file():
            return Kubeconfig(parse(path.read_text(encoding="utf-8")), str(path.absolute().parent))
    return Kubeconfig(parse(contents_or_path))


def _ambient(environ: Mapping[str, str]) -> Kubeconfig:
    """What kubectl would use: the files of `KUBECONFIG` (the first one wins), or `~/.kube/config`."""
    listed = environ.get("KUBECONFIG", "")
    paths = [Path(path) for path in listed.split(os.pathsep) if path] or [Path("~/.kube/config").expanduser()]
    merged: Manifest = {}
    found = [path for path in paths if path.is_file()]
    for path in found:
        for key, value in parse(path.read_text(encoding="utf-8")).items():
            if isinstance(value, list) and isinstance(merged.get(key), list):
                merged[key] = [*cast("list[object]", merged[key]), *cast("list[object]", value)]
            elif not merged.get(key):
                merged[key] = value
    if not found:
        raise KubeconfigError(
            "no configuration has been provided: no kubeconfig option, KUBECONFIG or ~/.kube/config"
        )
    return Kubeconfig(merged, str(found[0].absolute().parent))


def choose(kubeconfig: Kubeconfig, context: str, cluster: str) -> Kubeconfig:
    """The kubeconfig with another context, and another cluster in it, where these are named.

    Raises:
        KubeconfigError: context or cluster is not there.
    """
    config = kubeconfig.config
    name = context or text(config, "current-context")
    entry = named(config, "contexts", name)
    if entry is None:
        raise KubeconfigError(f'context "{name}" does not exist' if name else "it has no current context")
    cluster_name = cluster or text(entry, "context", "cluster")
    if named(config, "clusters", cluster_name) is None:
        raise KubeconfigError(f'cluster "{cluster_name}" does not exist')
    inner = cast("Manifest", entry["context"])
    chosen: Manifest = {**entry, "context": {**inner, "cluster": cluster_name}}
    others = [other for other in mappings(config, "contexts") if other is not entry]
    return Kubeconfig({**config, "current-context": name, "contexts": [chosen, *others]}, kubeconfig.base)


def active_cluster(config: Manifest, context: str, cluster: str) -> Manifest | None:
    """The settings of the cluster that a kubeconfig leads to: server, certificates; None if to none."""
    entry = named(config, "contexts", context or text(config, "current-context"))
    if entry is None:
        return None
    found = named(config, "clusters", cluster or text(entry, "context", "cluster"))
    settings = dig(found, "cluster")
    return cast("Manifest", settings) if isinstance(settings, dict) else None
