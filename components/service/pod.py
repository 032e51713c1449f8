"""The pods of a service, and of its jobs: what is in them, who they are, and where they run."""

from components.service.container import (
    GRACE_SECONDS,
    first_containers,
    main_container,
    other_containers,
    user_of,
)
from components.service.manifest import INSTANCE_LABEL, Manifest, pod_labels
from components.service.monitoring import pod_annotations
from components.service.scheduling import scheduling
from components.service.sources import Sources
from components.service.volumes import volumes
from components.types import ServiceSpec
from components.wiring import Nodes, ServiceIdentity


def pod_template(
    name: str,
    spec: ServiceSpec,
    sources: Sources,
    *,
    identity: ServiceIdentity | None = None,
    nodes: Nodes | None = None,
    instance: str = "",
) -> Manifest:
    """What each pod of a service is.

    Args:
        name: The service.
        spec: What it is.
        sources: Where its files and secrets are.
        identity: How its pods act in the cluster's cloud; None if they do not.
        nodes: How the cluster's nodes are told apart; None where the service does not choose.
        instance: Which of its workloads they are of; empty for the one that has its name.
    """
    labels = pod_labels(name, spec, identity.get("pod_labels", {}) if identity else {})
    described: Manifest = {"labels": {**labels, INSTANCE_LABEL: instance or name}}
    if annotations := pod_annotations(spec):
        described["annotations"] = annotations
    pod = basic_pod(name, spec) | {
        "containers": [main_container(name, spec, sources), *other_containers(name, spec, sources)],
        "terminationGracePeriodSeconds": int(spec.get("termination_grace_period_seconds", GRACE_SECONDS)),
    }
    if first := first_containers(name, spec, sources):
        pod["initContainers"] = first
    if mounted := volumes(spec, sources):
        pod["volumes"] = mounted
    return {"metadata": described, "spec": pod | scheduling(name, spec, nodes)}


def basic_pod(name: str, spec: ServiceSpec) -> Manifest:
    """What pods of the service and of its jobs have in common: who they are, and what they may do."""
    pod: Manifest = {
        "serviceAccountName": name,
        "automountServiceAccountToken": spec.get("security", {}).get("service_account_token", False),
        "enableServiceLinks": False,
        "securityContext": _pod_security(spec),
    }
    if spec.get("image_pull_secrets"):
        pod["imagePullSecrets"] = [{"name": secret} for secret in spec.get("image_pull_secrets", [])]
    if spec.get("host_aliases"):
        pod["hostAliases"] = [
            {"ip": address, "hostnames": names}
            for address, names in sorted(spec.get("host_aliases", {}).items())
        ]
    return pod


def _pod_security(spec: ServiceSpec) -> Manifest:
    user = user_of(spec.get("security", {}))
    return {**user, "fsGroup": user["runAsGroup"], "seccompProfile": {"type": "RuntimeDefault"}}
