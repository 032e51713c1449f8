"""How a service rolls out, when all is said."""

import hashlib

from components.naming import derived_name
from components.service.counts import count_or_percentage
from components.service.manifest import INSTANCE_LABEL, Manifest, serving
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


def settling(spec: ServiceSpec) -> Manifest:
    """How long a new pod has to be ready before it counts; empty where it counts at once."""
    seconds = int(spec.get("rollout", {}).get("min_ready_seconds", 0))
    return {"minReadySeconds": seconds} if seconds else {}


def is_blue_green(spec: ServiceSpec) -> bool:
    """Whether a Deployment of a new release comes beside the old one, and Pulumi switches requests to it."""
    return strategy_of(spec) == RolloutStrategy.BLUE_GREEN and "argo" not in spec.get("rollout", {})


def instance_of(name: str, spec: ServiceSpec) -> str:
    """What tells a workload of a service from others: its name, or with blue-green another one by release."""
    if not is_blue_green(spec):
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


def rolling_update(spec: ServiceSpec) -> Manifest:
    """The bounds of a rolling update."""
    rollout = spec.get("rollout", {})
    return {
        "maxUnavailable": count_or_percentage(rollout.get("max_unavailable", "0")),
        "maxSurge": count_or_percentage(rollout.get("max_surge", "1")),
    }


def switches_itself(spec: ServiceSpec) -> bool:
    """Whether a controller changes the selector of the Kubernetes Service: Argo's, with blue-green."""
    return strategy_of(spec) == RolloutStrategy.BLUE_GREEN and "argo" in spec.get("rollout", {})


def selected_pods(name: str, spec: ServiceSpec) -> Manifest:
    """The labels by which the Kubernetes Service finds the pods that get requests."""
    instance = instance_of(name, spec)
    return serving(name) if instance == name else {**serving(name), INSTANCE_LABEL: instance}
