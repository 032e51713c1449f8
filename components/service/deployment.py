"""The Deployment of a service: its pods, and how one release follows another."""

from components.service.container import FILES_VOLUME, RUN_AS, init_containers, main_container
from components.service.manifest import Manifest, metadata, pod_labels, selector
from components.types import ServiceSpec, Volume
from components.wiring import ServiceIdentity

DEFAULT_ROLLOUT_TIMEOUT = 600
"""Seconds: the default of Kubernetes' progressDeadlineSeconds and of the Pulumi provider's wait."""


def deployment(
    name: str,
    spec: ServiceSpec,
    config_map: object = None,
    secret: object = None,
    identity: ServiceIdentity | None = None,
) -> Manifest:
    """A Deployment that replaces its pods one at a time, each only after its successor is ready.

    Args:
        name: The service.
        spec: What it is.
        config_map: Name of the ConfigMap with its files; None if it has none.
        secret: Name of the Secret with the values of `secrets`; None if it has none.
        identity: How its pods act in the cluster's cloud; None if they do not.
    """
    labels = pod_labels(name, spec, identity.get("pod_labels", {}) if identity else {})
    timeout = int(spec.get("rollout_timeout_seconds", DEFAULT_ROLLOUT_TIMEOUT))
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, spec, timeoutSeconds=str(timeout)),
        "spec": {
            **_scale(spec),
            "selector": {"matchLabels": selector(name)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
            "progressDeadlineSeconds": timeout,
            "template": {
                "metadata": {"labels": labels},
                "spec": _pod(name, spec, config_map, secret),
            },
        },
    }


def _scale(spec: ServiceSpec) -> Manifest:
    """The number of pods: only where this service sets it and nobody else changes it."""
    return {"replicas": int(spec.get("replicas", 1))}


def _pod(name: str, spec: ServiceSpec, config_map: object, secret: object) -> Manifest:
    pod: Manifest = {
        "serviceAccountName": name,
        "automountServiceAccountToken": spec.get("security", {}).get("service_account_token", False),
        "enableServiceLinks": False,
        "securityContext": _pod_security(spec),
        "containers": [main_container(name, spec, secret)],
    }
    if first := init_containers(name, spec, secret):
        pod["initContainers"] = first
    if volumes := _volumes(spec, config_map):
        pod["volumes"] = volumes
    if "termination_grace_period_seconds" in spec:
        pod["terminationGracePeriodSeconds"] = int(spec["termination_grace_period_seconds"])
    return pod


def _pod_security(spec: ServiceSpec) -> Manifest:
    security = spec.get("security", {})
    user, group = int(security.get("run_as_user", RUN_AS)), int(security.get("run_as_group", RUN_AS))
    return {
        "runAsNonRoot": user != 0,
        "runAsUser": user,
        "runAsGroup": group,
        "fsGroup": group,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _volumes(spec: ServiceSpec, config_map: object) -> list[Manifest]:
    volumes = [_volume(name, volume) for name, volume in sorted(spec.get("volumes", {}).items())]
    if config_map is not None:
        volumes.append({"name": FILES_VOLUME, "configMap": {"name": config_map}})
    return volumes


def _volume(name: str, volume: Volume) -> Manifest:
    scratch = volume.get("empty_dir", {})
    empty_dir: Manifest = {}
    if "medium" in scratch:
        empty_dir["medium"] = scratch["medium"]
    if "size_limit" in scratch:
        empty_dir["sizeLimit"] = scratch["size_limit"]
    return {"name": name, "emptyDir": empty_dir}
