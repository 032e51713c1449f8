"""How the services of an environment are: read from the cluster, as it is and not as it was planned."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from flotilla.kubectl import Kubectl
from flotilla.sandbox.kubernetes.awaiting.reasons import is_ready, pod_reasons
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, mapping, name, number, text

NO_ADDRESS = "—"


@dataclass(frozen=True)
class Wanted:
    """What the stack says of a service on one cluster."""

    service: str
    release: str
    owner: str
    cluster: str
    namespace: str


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
    found = {
        namespace: _objects(kubectl, kubeconfig, namespace) for namespace in {w.namespace for w in wanted}
    }
    return [service_status(one, found[one.namespace]) for one in wanted]


def _objects(kubectl: Path, kubeconfig: Path, namespace: str) -> list[Manifest]:
    cluster = f"The cluster of {kubeconfig}"
    asked = Kubectl(kubectl, kubeconfig, namespace, cluster, "Start it again: flotilla up")
    return asked.items("deployments.apps,services,pods")


def service_status(wanted: Wanted, objects: Iterable[Manifest]) -> ServiceStatus:
    """How one service is, from the objects of its namespace."""
    listed = list(objects)
    deployment = _named(listed, "Deployment", wanted.service)
    if deployment is None:
        return ServiceStatus(wanted, 0, 1, reasons=("there is no Deployment: the update did not get so far",))
    selector = mapping(deployment, "spec", "selector", "matchLabels")
    pods = [
        pod
        for pod in listed
        if text(pod, "kind") == "Pod"
        and selector.items() <= mapping(pod, "metadata", "labels").items()
        and dig(pod, "metadata", "deletionTimestamp") is None
    ]
    ready: dict[str, int] = {}
    for pod in filter(is_ready, pods):
        ready[release_of(pod)] = ready.get(release_of(pod), 0) + 1
    unready = [pod for pod in pods if not is_ready(pod)]
    return ServiceStatus(
        wanted,
        ready=ready.pop(wanted.release, 0),
        replicas=number(deployment, "spec", "replicas", default=1),
        others=ready,
        address=address_of(_named(listed, "Service", wanted.service)),
        reasons=tuple(
            reason
            for pod in sorted(unready, key=name)
            for reason in pod_reasons(pod)
            or [f"[Pod {name(pod)}]: {text(pod, 'status', 'phase') or 'Pending'}"]
        ),
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
