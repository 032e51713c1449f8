"""One environment with one service on a cluster that is there already, composed in Python.

pulumi config set kubeconfig ~/.kube/config && pulumi up
"""

import pulumi

from components import Environment, ExistingCluster, Service, Tier

kubeconfig = pulumi.Config().require("kubeconfig")
cluster = ExistingCluster("example", {"kubeconfig": kubeconfig, "identifier": "example-1"})
environment = Environment(
    "example", {"tier": Tier.DEVELOPMENT}, pulumi.ResourceOptions(providers=[cluster.provider])
)
hello = Service(
    "hello",
    {
        "owner": "greeters",
        "image": "docker.io/nginxinc/nginx-unprivileged",
        "release": "1.29-alpine",
        "ports": {"http": 8080},
        "probes": {"readiness": {"http": {"path": "/", "port": 8080}}},
        "namespace": environment.namespace,
    },
    pulumi.ResourceOptions(parent=environment),
)
pulumi.export("address", hello.address)
