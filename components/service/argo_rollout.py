"""The Rollout of a service that is rolled out by Argo Rollouts."""

from components.service.manifest import Manifest, metadata, selector
from components.service.replicas import replicas_of
from components.service.rollout_settings import rolling_update, settling, switches_itself, timeout_of
from components.types import CanaryStep, ServiceSpec

HEALTHY = "jsonpath={.status.phase}=Healthy"
"""What Pulumi waits for: a Rollout has no condition that holds only once the new release runs."""


def argo_rollout(name: str, spec: ServiceSpec, template: Manifest) -> Manifest:
    """A Rollout, which takes the Deployment's place.

    Pulumi waits until it is healthy, unless a step waits for somebody. With blue-green its controller adds a
    label to the selector of the Kubernetes Service, which the component leaves to it then.

    Args:
        name: The service.
        spec: What it is.
        template: What each pod is.
    """
    timeout = timeout_of(spec)
    steps = spec.get("rollout", {}).get("argo", {}).get("steps", [])
    is_endless = not all("pause_seconds" in step for step in steps)
    waiting = {"skipAwait": "true"} if is_endless else {"waitFor": HEALTHY}
    described: Manifest = {
        **settling(spec),
        "replicas": replicas_of(spec),
        "selector": {"matchLabels": selector(name)},
        "strategy": _strategy(name, spec),
        "progressDeadlineSeconds": timeout,
        "template": template,
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": metadata(name, spec, timeoutSeconds=str(timeout), **waiting),
        "spec": described,
    }


def _strategy(name: str, spec: ServiceSpec) -> Manifest:
    if switches_itself(spec):
        return {"blueGreen": {"activeService": name}}
    canary = rolling_update(spec)
    if steps := spec.get("rollout", {}).get("argo", {}).get("steps", []):
        canary["steps"] = [part for step in steps for part in _step(step)]
    return {"canary": canary}


def _step(step: CanaryStep) -> list[Manifest]:
    pause = {"duration": int(step["pause_seconds"])} if "pause_seconds" in step else {}
    return [{"setWeight": int(step["weight"])}, {"pause": pause}]
