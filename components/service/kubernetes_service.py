"""The Kubernetes Service of a service: the name under which others reach its pods."""

import pulumi

from components.service.annotations import with_annotations
from components.service.manifest import Manifest, metadata
from components.service.ports import GRPC, is_grpc, protocol_of, service_ports
from components.service.rollout_settings import selected_pods
from components.types import ServiceSpec, ServiceType
from components.wiring import LoadBalancer


def kubernetes_service(name: str, spec: ServiceSpec, load_balancer: LoadBalancer | None = None) -> Manifest:
    """A Kubernetes Service with a name for each port; reached as the environment wants it.

    Args:
        name: The service.
        spec: What it is.
        load_balancer: What a load balancer needs on the cluster; nothing for a service that has none.
    """
    kind = spec.get("service_type", ServiceType.CLUSTER_IP)
    ports = [_port(port, number, spec) for port, number in sorted(service_ports(spec).items())]
    described: Manifest = {"type": str(kind), "selector": selected_pods(name, spec), "ports": ports}
    if kind == ServiceType.HEADLESS:
        described |= {"type": str(ServiceType.CLUSTER_IP), "clusterIP": "None"}
    if "session_affinity_seconds" in spec:
        described["sessionAffinity"] = "ClientIP"
        seconds = int(spec["session_affinity_seconds"])
        described["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": seconds}}
    if kind != ServiceType.LOAD_BALANCER:
        # Its endpoints tell what the Deployment tells, and waiting for them takes the provider 10 s.
        own = metadata(name, spec, skipAwait="true")
        return {"apiVersion": "v1", "kind": "Service", "metadata": own, "spec": described}
    given = load_balancer or {}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": with_annotations(metadata(name, spec), given.get("annotations")),
        "spec": _balanced(described, given),
    }


def _port(name: str, number: int, spec: ServiceSpec) -> Manifest:
    port: Manifest = {"name": name, "port": number, "targetPort": name, "protocol": str(protocol_of(name))}
    if is_grpc(name):
        # Of HTTP nothing is said: Azure's load balancers would take it for the kind of their health probe.
        port["appProtocol"] = GRPC
    if name in spec.get("node_ports", {}):
        port["nodePort"] = int(spec.get("node_ports", {})[name])
    return port


def _balanced(described: Manifest, given: LoadBalancer) -> pulumi.Input[Manifest]:
    """The spec of a Kubernetes Service with what it says of its load balancer, and without what is empty."""
    said = {
        "loadBalancerClass": given.get("load_balancer_class"),
        "loadBalancerIP": given.get("address"),
        "externalTrafficPolicy": given.get("external_traffic_policy"),
    }
    if all(value is None or isinstance(value, str) for value in said.values()):
        return {**described, **{key: value for key, value in said.items() if value}}
    return pulumi.Output.all(**said).apply(
        lambda known: {**described, **{key: value for key, value in known.items() if value}}
    )
