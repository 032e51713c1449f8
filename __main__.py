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
for cluster_name, environment in environments.items():
    for service_name, spec in stack.services.items():
        name = on_cluster(service_name, cluster_name)
        args: ServiceArgs = {**spec, "namespace": environment.namespace}
        if spec.get("secrets"):
            args["secret_values"] = secret_values(service_name)
        service = Service(name, args, pulumi.ResourceOptions(parent=environment))
        services[name] = {
            "release": service.release,
            "owner": spec["owner"],
            "address": service.address,
            "namespace": environment.namespace,
            "cluster": cluster_name,
        }

pulumi.export("clusters", {name: {"identifier": cluster.identifier} for name, cluster in clusters.items()})
pulumi.export("services", services)
