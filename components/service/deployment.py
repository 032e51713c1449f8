"""The Deployment of a service: its pods, and how one release follows another."""

from components.service.manifest import Manifest, nameless_metadata, selector
from components.service.replicas import replicas_of
from components.service.rollout_settings import (
    is_blue_green,
    rolling_update,
    settling,
    strategy_of,
    timeout_of,
)
from components.types import RolloutStrategy, ServiceSpec


def deployment(name: str, spec: ServiceSpec, template: Manifest, instance: str = "") -> Manifest:
    """A Deployment that replaces its pods one at a time, each only after its successor is ready.

    Args:
        name: The service.
        spec: What it is.
        template: What each pod is.
        instance: Which of the service's workloads it is; empty for the one that has its name. It names the
            Deployment, but not with blue-green: there the provider names each one anew, so that after a bad
            release the one before can come once more, beside what still runs of it.
    """
    timeout = timeout_of(spec)
    described: Manifest = {
        **settling(spec),
        "replicas": replicas_of(spec),
        "selector": {"matchLabels": selector(name, instance)},
        "strategy": _strategy(spec),
        "progressDeadlineSeconds": timeout,
        "template": template,
    }
    described_by = nameless_metadata(name, spec, timeoutSeconds=str(timeout))
    if not is_blue_green(spec):
        described_by = {"name": instance or name, **described_by}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": described_by,
        "spec": described,
    }


def _strategy(spec: ServiceSpec) -> Manifest:
    if strategy_of(spec) == RolloutStrategy.RECREATE:
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": rolling_update(spec)}
