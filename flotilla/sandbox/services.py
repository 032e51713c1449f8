"""How the services of an environment are: read from the cluster, as it is and not as it was planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from components.service.manifest import INSTANCE_LABEL, selector
from flotilla.kubectl import Kubectl
from flotilla.sandbox.kubernetes.awaiting.reasons import is_ready, pod_reasons
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, mapping, name, number, text

NO_ADDRESS = "—"
KINDS = ("deployments.apps", "statefulsets.apps", "services", "pods")
"""What is looked at."""
ROLLOUTS = "rollouts.argoproj.io"
"""What is looked at besides, where a service is one of them: not every cluster knows them."""


@dataclass(frozen=True)
class Wanted:
    """What the stack says of a service on one cluster."""

    service: str
    release: str
    owner: str
    cluster: str
    namespace: str
    kind: str = "Deployment"
    """What its pods belong to: a Deployment, a StatefulSet, a Rollout of Argo's, or a chart's Release."""
    instance: str = ""
    """What its Deployment selects pods by, where each release has one of another name; empty elsewhere."""


@dataclass(frozen=True)
class ServiceStatus:
    """A service on a cluster, as it is."""

    wanted: Wanted
    ready: int
    """Ready pods of the wanted release."""
    replicas: int
    """Pods there should be."""
    others: dict[str, int] = field(default_factory=dict[str, int])
    """Ready pods of other releases: what serves while a rollout is under way or has failed."""
    address: str = NO_ADDRESS
    reasons: tuple[str, ...] = ()
    """Why pods are not ready."""

    @property
    def is_ready(self) -> bool:
        """Whether all pods there should be, be it none, are ready at the wanted release."""
        return self.ready >= self.replicas


def read(kubectl: Path, kubeconfig: Path, services: Iterable[Wanted]) -> list[ServiceStatus]:
    """Look at services that stand on one cluster, in one or several namespaces.

    Raises:
        FlotillaError: the cluster does not answer.
    """
    wanted = list(services)
    kinds = [*KINDS, ROLLOUTS] if any(one.kind == "Rollout" for one in wanted) else KINDS
    found = {
        namespace: _objects(kubectl, kubeconfig, namespace, kinds)
        for namespace in {one.namespace for one in wanted}
    }
    return [service_status(one, found[one.namespace]) for one in wanted]


def _objects(kubectl: Path, kubeconfig: Path, namespace: str, kinds: Sequence[str]) -> list[Manifest]:
    cluster = f"The cluster of {kubeconfig}"
    asked = Kubectl(kubectl, kubeconfig, namespace, cluster, "Start it again: flotilla up")
    return asked.items(",".join(kinds))


def service_status(wanted: Wanted, objects: Iterable[Manifest]) -> ServiceStatus:
    """How one service is, from the objects of its namespace."""
    listed = list(objects)
    if wanted.kind == "Release":
        return _chart_status(wanted, listed)
    workload = _workload(listed, wanted)
    if workload is None:
        reason = f"there is no {wanted.kind}: the update did not get so far"
        return ServiceStatus(wanted, 0, 1, reasons=(reason,))
    address = address_of(_named(listed, "Service", wanted.service))
    replicas = number(workload, "spec", "replicas", default=1)
    if wanted.kind == "Rollout":
        return _rollout_status(wanted, workload, replicas, address)
    pods = _pods(listed, mapping(workload, "spec", "selector", "matchLabels"))
    ready: dict[str, int] = {}
    for pod in filter(is_ready, pods):
        ready[release_of(pod)] = ready.get(release_of(pod), 0) + 1
    here = ready.pop(wanted.release, 0)
    return ServiceStatus(wanted, here, replicas, others=ready, address=address, reasons=_reasons(pods))


def _workload(objects: Sequence[Manifest], wanted: Wanted) -> Manifest | None:
    """What a service's pods belong to."""
    if not wanted.instance:
        return _named(objects, wanted.kind, wanted.service)
    selects = selector(wanted.service, wanted.instance)
    return next(
        (
            each
            for each in objects
            if text(each, "kind") == wanted.kind
            and selects.items() <= mapping(each, "spec", "selector", "matchLabels").items()
        ),
        None,
    )


def _rollout_status(wanted: Wanted, rollout: Manifest, replicas: int, address: str) -> ServiceStatus:
    """How a service is that Argo Rollouts rolls out: as the Rollout itself says, which knows of each step."""
    phase = text(rollout, "status", "phase")
    ready = number(rollout, "status", "readyReplicas") if phase == "Healthy" else 0
    said = f"[Rollout {wanted.service}]: {phase or 'Pending'} {text(rollout, 'status', 'message')}".rstrip()
    return ServiceStatus(
        wanted, ready, replicas, address=address, reasons=() if phase == "Healthy" else (said,)
    )


def _chart_status(wanted: Wanted, objects: Sequence[Manifest]) -> ServiceStatus:
    """How a chart's release is: the pods of all workloads that have its name as their instance."""
    instance = {INSTANCE_LABEL: wanted.service}
    workloads = [
        each
        for each in objects
        if text(each, "kind") in {"Deployment", "StatefulSet"}
        and instance.items() <= mapping(each, "metadata", "labels").items()
    ]
    pods = [
        pod for each in workloads for pod in _pods(objects, mapping(each, "spec", "selector", "matchLabels"))
    ]
    return ServiceStatus(
        wanted,
        ready=sum(map(is_ready, pods)),
        replicas=sum(number(each, "spec", "replicas", default=1) for each in workloads),
        address=address_of(_named(objects, "Service", wanted.service)),
        reasons=_reasons(pods),
    )


def _pods(objects: Iterable[Manifest], selected: Manifest) -> list[Manifest]:
    """The pods that a selector finds and nobody is deleting."""
    return [
        pod
        for pod in objects
        if text(pod, "kind") == "Pod"
        and selected.items() <= mapping(pod, "metadata", "labels").items()
        and dig(pod, "metadata", "deletionTimestamp") is None
    ]


def _reasons(pods: Iterable[Manifest]) -> tuple[str, ...]:
    unready = sorted((pod for pod in pods if not is_ready(pod)), key=name)
    return tuple(
        reason
        for pod in unready
        for reason in pod_reasons(pod) or [f"[Pod {name(pod)}]: {text(pod, 'status', 'phase') or 'Pending'}"]
    )


def release_of(pod: Manifest) -> str:
    """The release a pod runs: the tag of its first container's image."""
    image = text(pod, "spec", "containers", 0, "image").partition("@")[0]
    repository, _, tag = image.rpartition(":")
    return tag if repository and "/" not in tag else ""


def address_of(service: Manifest | None) -> str:
    """Where a Kubernetes Service is reached: `address:port`, from outside where it has such an address."""
    if service is None:
        return NO_ADDRESS
    port = number(service, "spec", "ports", 0, "port")
    if text(service, "spec", "type") == "LoadBalancer":
        entry = dig(service, "status", "loadBalancer", "ingress", 0)
        host = text(entry, "ip") or text(entry, "hostname")
        return f"{host}:{port}" if host else "waits for its address"
    return f"{name(service)}.{text(service, 'metadata', 'namespace')}:{port}"


def _named(objects: Iterable[Manifest], kind: str, wanted: str) -> Manifest | None:
    return next((o for o in objects if text(o, "kind") == kind and name(o) == wanted), None)
