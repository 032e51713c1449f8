"""How the services of a stack are wired to its clusters and its environments."""

import pulumi

from components.cluster.base import Cluster
from components.config.engine import secret_values
from components.config.placement import Placement
from components.config.stack import Stack
from components.environment import Environment
from components.service.service import Service, ServiceArgs


def deploy_service(stack: Stack, placed: Placement, cluster: Cluster, environment: Environment) -> Service:
    """Run a service on one of its clusters, with what the cluster has for it.

    Args:
        stack: The stack.
        placed: The service, and which cluster.
        cluster: That cluster.
        environment: The environment there.
    """
    spec = placed.spec
    args: ServiceArgs = {**spec, "namespace": environment.namespace, "nodes": cluster.nodes}
    args["load_balancer"] = cluster.entrance if spec.get("static_address") else cluster.load_balancer
    args["storage_class"] = cluster.storage_class
    if spec.get("static_address") and stack.host(placed.cluster):
        cluster.dns_record(stack.host(placed.cluster))
    if spec.get("secrets"):
        args["secret_values"] = secret_values(placed.service)
    permissions = spec.get("permissions", {})
    if identity := cluster.grant(placed.service, stack.namespace, placed.service, permissions):
        args["identity"] = identity
    return Service(placed.name, args, pulumi.ResourceOptions(parent=environment))


def exported(placed: Placement, service: Service, environment: Environment) -> dict[str, object]:
    """What other stacks and the command line read of a service."""
    return {
        "release": service.release,
        "owner": placed.spec["owner"],
        "address": service.address,
        "namespace": environment.namespace,
        "cluster": placed.cluster,
    }
