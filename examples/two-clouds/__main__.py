"""The Pulumi program: one stack is one environment, on its clusters, with its services."""

from pathlib import Path

import pulumi

from components import Environment, Service, ServiceArgs, load_stack, on_cluster, secret_values

stack = load_stack(Path(__file__).parent)

clusters = {name: cluster.create(name) for name, cluster in stack.clusters.items()}

environments = {
    name: Environment(
        on_cluster(stack.name, name), stack.environment, pulumi.ResourceOptions(providers=[cluster.provider])
    )
    for name, cluster in clusters.items()
}

services: dict[str, object] = {}
for placed in stack.placements:
    spec, cluster, environment = placed.spec, clusters[placed.cluster], environments[placed.cluster]
    args: ServiceArgs = {**spec, "namespace": environment.namespace}
    args["load_balancer"] = cluster.entrance if spec.get("static_address") else cluster.load_balancer
    if spec.get("static_address") and stack.host(placed.cluster):
        cluster.dns_record(stack.host(placed.cluster))
    if spec.get("secrets"):
        args["secret_values"] = secret_values(placed.service)
    permissions = spec.get("permissions", {})
    if identity := cluster.grant(placed.service, stack.namespace, placed.service, permissions):
        args["identity"] = identity
    service = Service(placed.name, args, pulumi.ResourceOptions(parent=environment))
    services[placed.name] = {
        "release": service.release,
        "owner": spec["owner"],
        "address": service.address,
        "namespace": environment.namespace,
        "cluster": placed.cluster,
    }

pulumi.export(
    "clusters",
    {name: {"type": stack.clusters[name].type, **cluster.exported} for name, cluster in clusters.items()},
)
pulumi.export("kubeconfigs", {name: cluster.kubeconfig for name, cluster in clusters.items()})
pulumi.export("services", services)
