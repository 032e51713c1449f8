"""How a service rolls out, when all is said."""

import hashlib

from components.naming import derived_name
from components.service.manifest import Manifest
from components.types import RolloutStrategy, ServiceSpec

DEFAULT_TIMEOUT = 600
"""Seconds: the default of Kubernetes' progressDeadlineSeconds and of the Pulumi provider's wait."""
HASH_LENGTH = 8


def strategy_of(spec: ServiceSpec) -> RolloutStrategy:
    """How the pods of a new release take the place of the old ones."""
    return RolloutStrategy(spec.get("rollout", {}).get("strategy", RolloutStrategy.ROLLING_UPDATE))


def timeout_of(spec: ServiceSpec) -> int:
    """Seconds that a rollout may take."""
    usual = spec.get("rollout_timeout_seconds", DEFAULT_TIMEOUT)
    return int(spec.get("rollout", {}).get("timeout_seconds", usual))


def instance_of(name: str, spec: ServiceSpec) -> str:
    """The name of a service's workload: its own, and with blue-green another one for each release."""
    if strategy_of(spec) != RolloutStrategy.BLUE_GREEN or "argo" in spec.get("rollout", {}):
        return name
    release = f"{spec['release']}@{spec.get('digest', '')}"
    return derived_name(name, hashlib.sha256(release.encode()).hexdigest()[:HASH_LENGTH])


def canary_of(name: str, spec: ServiceSpec) -> tuple[str, ServiceSpec] | None:
    """The name of a service's canary, and what it is; None if there is none."""
    if "canary" not in spec:
        return None
    canary = spec["canary"]
    tried: ServiceSpec = {**spec, "release": canary["release"], "replicas": canary.get("replicas", 1)}
    tried.pop("digest", None)
    tried.pop("autoscaling", None)
    if "digest" in canary:
        tried["digest"] = canary["digest"]
    return derived_name(name, "canary"), tried


def count_or_percentage(text: str) -> int | str:
    """A number or a percentage, as Kubernetes wants it.

    Example:
        count_or_percentage("1") == 1
        count_or_percentage("25%") == "25%"
    """
    return int(text) if text.isdecimal() else text


def rolling_update(spec: ServiceSpec) -> Manifest:
    """The bounds of a rolling update."""
    rollout = spec.get("rollout", {})
    return {
        "maxUnavailable": count_or_percentage(rollout.get("max_unavailable", "0")),
        "maxSurge": count_or_percentage(rollout.get("max_surge", "1")),
    }
