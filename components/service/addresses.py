"""Where a service is reached."""

from typing import Any

import pulumi

from components.kubernetes_object import KubernetesObject
from components.service.ports import service_ports
from components.types import ServiceSpec, ServiceType


def address(
    name: str, spec: ServiceSpec, namespace: pulumi.Input[str], entrance: KubernetesObject | None
) -> pulumi.Output[str]:
    """The host name of its Ingress, else its load balancer's address, else its name in the cluster.

    Args:
        name: The service.
        spec: What it is.
        namespace: Its namespace.
        entrance: Its Kubernetes Service; None if there is none of its own.
    """
    ports = list(service_ports(spec).values())
    if "ingress" in spec:
        return pulumi.Output.from_input(spec["ingress"]["host"])
    if not ports:
        return pulumi.Output.from_input("")
    if entrance is not None and spec.get("service_type") == ServiceType.LOAD_BALANCER:
        return entrance.status.apply(lambda status: f"{_balancer(status)}:{ports[0]}")
    return pulumi.Output.concat(name, ".", namespace, f":{ports[0]}")


def _balancer(status: dict[str, Any] | None) -> str:
    """The load balancer's host name or IP address, from the status of a Kubernetes Service."""
    ingress: list[dict[str, str]] = (status or {}).get("loadBalancer", {}).get("ingress") or [{}]
    return ingress[0].get("hostname") or ingress[0].get("ip", "")
