"""The NetworkPolicy of a service: who may talk with it, and with whom it may talk."""

from collections.abc import Iterator

from components.networks import is_inside
from components.service.manifest import NAME_LABEL, USES_PREFIX, Manifest, metadata
from components.service.monitoring import metrics_port
from components.service.ports import protocol_of
from components.types import Peers, Protocol, ServiceSpec, ServiceType

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""The label by which Kubernetes tells a namespace's name."""

HTTPS, KUBERNETES_API = 443, 6443
METADATA: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("169.254.169.254/32", (80,)),
    ("169.254.169.252/32", (987, 988)),
    ("169.254.170.23/32", (80,)),
)
"""Where pods get their credentials for a cloud: the metadata services of all clouds, GKE's for Workload
Identity, and the agent of EKS Pod Identity; and their ports."""

_DNS: Manifest = {"ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]}
"""Anywhere, as caches of nodes have addresses of their own."""


def network_policy(name: str, spec: ServiceSpec) -> Manifest | None:
    """What is allowed, everything else being denied; None in an open network.

    Who uses the service is told by the labels of their pods, so that a new user changes nothing here. The
    pods of its jobs are under the same policy.
    """
    if spec.get("open_network"):
        return None
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata(name, spec),
        "spec": {
            "podSelector": {"matchLabels": {NAME_LABEL: name}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [*_callers(name, spec)],
            "egress": [*_called(spec)],
        },
    }


def _callers(name: str, spec: ServiceSpec) -> Iterator[Manifest]:
    ports = [
        {"protocol": str(protocol_of(port)), "port": int(number)}
        for port, number in sorted(spec.get("ports", {}).items())
    ]
    if ports:
        users: Manifest = {"podSelector": {"matchLabels": {f"{USES_PREFIX}{name}": "true"}}}
        itself: Manifest = {"podSelector": {"matchLabels": {NAME_LABEL: name}}}
        yield {"from": [users, itself], "ports": ports}
        if spec.get("service_type") in {ServiceType.LOAD_BALANCER, ServiceType.NODE_PORT}:
            yield {"ports": ports}
        elif "ingress" in spec:
            yield {"from": [{"namespaceSelector": {}}], "ports": ports}
    if port := metrics_port(spec):
        yield {"from": [{"namespaceSelector": {}}], "ports": [{"protocol": "TCP", "port": port}]}
    for _, peers in sorted(spec.get("network_policy", {}).get("ingress", {}).items()):
        yield {"from": [*_peers(peers)], **_ports(peers)}


def _called(spec: ServiceSpec) -> Iterator[Manifest]:
    yield _DNS
    if uses := spec.get("uses"):
        expression: Manifest = {"key": NAME_LABEL, "operator": "In", "values": sorted(uses)}
        yield {"to": [{"podSelector": {"matchExpressions": [expression]}}]}
    if spec.get("permissions"):
        yield {"ports": [_tcp(HTTPS)]}
        for address, ports in METADATA:
            yield {"to": [{"ipBlock": {"cidr": address}}], "ports": [*map(_tcp, ports)]}
    if spec.get("security", {}).get("service_account_token"):
        yield {"ports": [_tcp(HTTPS), _tcp(KUBERNETES_API)]}
    for _, peers in sorted(spec.get("network_policy", {}).get("egress", {}).items()):
        yield {"to": [*_peers(peers)], **_ports(peers)}


def _tcp(port: int) -> Manifest:
    return {"protocol": "TCP", "port": port}


def _peers(peers: Peers) -> Iterator[Manifest]:
    for cidr in peers.get("cidrs", []):
        block: Manifest = {"cidr": cidr}
        if inside := [each for each in peers.get("except_cidrs", []) if is_inside(each, cidr)]:
            block["except"] = inside
        yield {"ipBlock": block}
    if "namespace" in peers or "pod_labels" in peers:
        chosen: Manifest = {}
        if "namespace" in peers:
            chosen["namespaceSelector"] = {"matchLabels": {NAMESPACE_LABEL: peers["namespace"]}}
        if "pod_labels" in peers:
            chosen["podSelector"] = {"matchLabels": peers["pod_labels"]}
        yield chosen


def _ports(peers: Peers) -> Manifest:
    protocol = str(peers.get("protocol", Protocol.TCP))
    ports = [{"protocol": protocol, "port": int(port)} for port in peers.get("ports", [])]
    return {"ports": ports} if ports else {}
