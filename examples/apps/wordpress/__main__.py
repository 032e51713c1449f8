"""The Pulumi program: one stack is one environment, on its clusters, with its services."""

from pathlib import Path

import pulumi

from components import Environment, deploy_service, exported, load_stack, on_cluster

stack = load_stack(Path(__file__).parent)

clusters = {name: cluster.create(name) for name, cluster in stack.clusters.items()}

environments = {
    name: Environment(
        on_cluster(stack.name, name), stack.environment, pulumi.ResourceOptions(providers=[cluster.provider])
    )
    for name, cluster in clusters.items()
}

services = {
    placed.name: deploy_service(stack, placed, clusters[placed.cluster], environments[placed.cluster])
    for placed in stack.placements
}

pulumi.export(
    "clusters",
    {name: {"type": stack.clusters[name].type, **cluster.exported} for name, cluster in clusters.items()},
)
pulumi.export("kubeconfigs", {name: cluster.kubeconfig for name, cluster in clusters.items()})
pulumi.export(
    "services",
    {
        placed.name: exported(placed, services[placed.name], environments[placed.cluster])
        for placed in stack.placements
    },
)
