"""A cluster on AWS, and a service on it that may read a bucket, composed in Python.

pulumi config set accountId 111122223333
pulumi config set deployerRoleArn arn:aws:iam::111122223333:role/deployer
pulumi up
"""

import pulumi

from components import EksCluster, Environment, Service, ServiceArgs, ServiceType, Tier

config = pulumi.Config()
cluster = EksCluster(
    "pictures",
    {
        "account_id": config.require("accountId"),
        "region": config.require("region"),
        "kubernetes_version": "1.36",
        "deployer_role_arn": config.require("deployerRoleArn"),
        "network": {"cidr": "10.60.0.0/16", "availability_zones": 2},
        "deletion_protection": False,
    },
)
environment = Environment(
    "pictures", {"tier": Tier.DEVELOPMENT}, pulumi.ResourceOptions(providers=[cluster.provider])
)

gallery: ServiceArgs = {
    "owner": "gallery",
    "image": "docker.io/nginxinc/nginx-unprivileged",
    "release": "1.29-alpine",
    "ports": {"http": 8080},
    "service_ports": {"http": 80},
    "probes": {"readiness": {"http": {"path": "/", "port": 8080}}},
    "service_type": ServiceType.LOAD_BALANCER,
    "load_balancer": cluster.entrance,
    "namespace": environment.namespace,
}
if identity := cluster.grant(
    "gallery",
    "pictures",
    "gallery",
    {"aws": {"statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::pictures/*"]}]}},
):
    gallery["identity"] = identity
service = Service("gallery", gallery, pulumi.ResourceOptions(parent=environment))

pulumi.export("address", service.address)
pulumi.export("kubeconfig", cluster.kubeconfig)
