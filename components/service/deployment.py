"""The Deployment of a service: its pods, and how one release follows another."""

from components.service.manifest import Manifest, metadata, selector
from components.service.replicas import replicas_of
from components.service.rollout_settings import rolling_update, strategy_of, timeout_of
from components.types import RolloutStrategy, ServiceSpec


def deployment(name: str, spec: ServiceSpec, template: Manifest, instance: str = "") -> Manifest:
    """A Deployment that replaces its pods one at a time, each only after its successor is ready.

    Args:
        name: The service.
        spec: What it is.
        template: What each pod is.
        instance: Its own name, where it is not the service's.
    """
    timeout = timeout_of(spec)
    described: Manifest = {
        "replicas": replicas_of(spec),
        "selector": {"matchLabels": selector(name, instance)},
        "strategy": _strategy(spec),
        "progressDeadlineSeconds": timeout,
        "template": template,
    }
    if wait := int(spec.get("rollout", {}).get("min_ready_seconds", 0)):
        described["minReadySeconds"] = wait
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**metadata(name, spec, timeoutSeconds=str(timeout)), "name": instance or name},
        "spec": described,
    }


def _strategy(spec: ServiceSpec) -> Manifest:
    if strategy_of(spec) == RolloutStrategy.RECREATE:
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": rolling_update(spec)}
