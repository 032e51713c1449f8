"""Checking and comparing the configuration of the provider itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from flotilla.sandbox.kubernetes.kubeconfig import KubeconfigError, active_cluster, load
from flotilla.sandbox.kubernetes.manifest import Manifest, text
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Unknown

_IDENTIFIER: Final = "clusterIdentifier"
_LOCATORS: Final = ("kubeconfig", "context", "cluster")
_ENGINE_S_OWN: Final = frozenset({"version", "pluginDownloadURL", "__internal"})


@dataclass(frozen=True)
class ConfigDiff:
    """Options that changed, and those of them that replace the provider and with it all resources."""

    changed: list[str] = field(default_factory=list[str])
    replaces: list[str] = field(default_factory=list[str])


def check_config(
    inputs: Manifest, *, default_provider: bool, project_config: Mapping[str, object]
) -> list[tuple[str, str]]:
    """What is wrong with a provider's inputs: (option, reason)."""
    failures: list[tuple[str, str]] = []
    strict = inputs.get("strictMode", project_config.get("strictMode")) in {True, "true"}
    if strict and default_provider:
        failures.append(("", "strict mode prohibits the default provider"))
    if strict:
        missing = [name for name in ("kubeconfig", "context") if not inputs.get(name)]
        failures += [(name, f'strict mode requires the option "{name}" of the provider') for name in missing]
    if inputs.get("renderYamlToDirectory"):
        failures.append(
            (
                "renderYamlToDirectory",
                "the sandbox Kubernetes provider renders no YAML; remove the option or use the real provider",
            )
        )
    return failures


def diff_config(old: Manifest, new: Manifest) -> ConfigDiff:
    """What a change of the provider's inputs means.

    Only another active cluster replaces: its entry, not the names of contexts, nor the user. With a
    `clusterIdentifier` before and after, it alone decides.

    Raises:
        OperationError: a kubeconfig cannot be read.
    """
    changed = sorted(name for name in {*old, *new} - _ENGINE_S_OWN if old.get(name) != new.get(name))
    if not changed:
        return ConfigDiff()
    identified = _IDENTIFIER in old and _IDENTIFIER in new
    replaces = [_IDENTIFIER] if identified and _IDENTIFIER in changed else []
    kept = identified and not replaces
    unknown = [name for name in _LOCATORS if isinstance(new.get(name), Unknown)]
    if unknown:
        return ConfigDiff(changed, [] if kept else [*replaces, unknown[0]])
    before, after = _cluster(old), _cluster(new)
    if before is not None and after is not None and before != after:
        replaces += [name for name in _LOCATORS if name in changed]
    return ConfigDiff(changed, [] if kept else replaces)


def _cluster(inputs: Manifest) -> Manifest | None:
    value = inputs.get("kubeconfig")
    if not value:
        return None
    contents = value if isinstance(value, str) else json.dumps(value)
    try:
        config = load(contents).config
    except KubeconfigError as error:
        raise OperationError(f"failed to parse kubeconfig: {error}") from error
    return active_cluster(config, text(inputs, "context"), text(inputs, "cluster"))
