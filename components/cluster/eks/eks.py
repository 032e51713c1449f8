"""The component `EksCluster`: a cluster on AWS, with all that belongs to it."""

import pulumi
import pulumi_aws as aws

from components.cluster.base import Cluster, Connection, Offers
from components.cluster.eks import roles
from components.cluster.eks.access import access
from components.cluster.eks.addresses import addresses, dns_record, entrance, load_balancer
from components.cluster.eks.children import Children
from components.cluster.eks.control_plane import control_plane, log_group
from components.cluster.eks.identity import grant
from components.cluster.eks.kubeconfig import kubeconfig
from components.cluster.eks.network import network
from components.cluster.eks.network_policies import network_policy_setting
from components.cluster.eks.nodes import nodes, told_apart
from components.cluster.eks.offered import registry
from components.cluster.eks.registry import repositories
from components.cluster.eks.rules import filled, problems
from components.cluster.eks.storage import storage_class
from components.types import EksClusterSpec, Permissions
from components.wiring import ServiceIdentity


class EksCluster(Cluster):
    """A cluster on AWS: Elastic Kubernetes Service.

    Creates a provider for the one account and region; a network over several zones (VPC, public and private
    subnets, NAT, an endpoint for S3), unless one is given; the roles; the log group of the control plane; the
    cluster, in Auto Mode or with managed node groups; its add-ons; access for the deployer, for admins and
    viewers; an address for each zone; repositories for images where asked for; a StorageClass; the Kubernetes
    provider.

    It does not manage: the account and its quotas, the deployer's role, DNS zones, the load balancers and
    volumes that Kubernetes asks AWS for, and what is in an existing network.

    Args:
        name: Pulumi name, and the cluster's name on AWS unless `args` has one.
        args: What the cluster is (`EksClusterSpec`).
        opts: Options of the component.

    Raises:
        ValueError: the arguments are not possible; the text names each problem and its cure.

    Example:
        EksCluster(
            "main",
            {
                "account_id": "111122223333",
                "region": "eu-west-1",
                "kubernetes_version": "1.36",
                "deployer_role_arn": "arn:aws:iam::111122223333:role/deployer",
            },
        )
    """

    def __init__(self, name: str, args: EksClusterSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        spec = _checked(name, args)
        super().__init__(name, opts)
        on_aws = self._children(name, spec)
        auto_mode = not spec.get("node_pools")

        place = network(on_aws, spec)
        node_role = roles.of_nodes(on_aws, auto_mode=auto_mode)
        cluster_role = roles.of_cluster(on_aws, auto_mode=auto_mode)
        logs = log_group(on_aws, spec)
        cluster = control_plane(
            on_aws, spec, place, cluster_role=cluster_role, node_role=node_role, logs=logs
        )
        admitted = access(on_aws, spec, cluster)
        running = nodes(on_aws, spec, cluster, node_role, place)
        self._reserved = addresses(on_aws, place) if spec.get("static_addresses", True) else []
        repositories(on_aws, spec)

        self._on_aws, self._cluster_name, self._zone = on_aws, cluster.name, spec.get("dns_zone")
        role, account = spec.get("deployer_role_arn"), spec["account_id"]
        identifier = f"aws:{account}:{on_aws.region}:{on_aws.cloud_name}"
        self.connect(
            name,
            Connection(
                kubeconfig(cluster, on_aws.cloud_name, on_aws.region, role),
                identifier,
                ready=[*place.ready, *admitted, *running],
            ),
            Offers(
                load_balancer=load_balancer(auto_mode=auto_mode),
                entrance=entrance(place, self._reserved, auto_mode=auto_mode),
                ingress_addresses=[address.public_ip for address in self._reserved],
                new_storage_class=storage_class(auto_mode=auto_mode),
                settings=network_policy_setting(auto_mode=auto_mode),
                registry=registry(account, on_aws.region),
                nodes=told_apart(auto_mode=auto_mode),
                grantor={
                    "cloud": "aws",
                    "account_id": account,
                    "region": on_aws.region,
                    "cluster_name": cluster.name,
                    "deployer_role_arn": role or "",
                },
            ),
        )

    def _children(self, name: str, spec: EksClusterSpec) -> Children:
        region, cloud_name = spec.get("region", ""), spec.get("name", name)
        role = spec.get("deployer_role_arn")
        provider = aws.Provider(
            name,
            region=region,
            allowed_account_ids=[spec["account_id"]],
            # Arguments of a provider become JSON; keys of plain maps would stay in snake_case there.
            assume_roles=(
                [aws.ProviderAssumeRoleArgs(role_arn=role, session_name="flotilla")] if role else None
            ),
            default_tags=aws.ProviderDefaultTagsArgs(
                tags={**spec.get("labels", {}), "flotilla/cluster": cloud_name}
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        protect, boundary = spec.get("deletion_protection", True), spec.get("permissions_boundary_arn")
        return Children(name, cloud_name, region, self, provider, protect, boundary)

    def grant(
        self, service: str, namespace: str, account: str, permissions: Permissions
    ) -> ServiceIdentity | None:
        """Let the pods of a service act on AWS: a role, its policies, a Pod Identity association."""
        subject = {"service": service, "namespace": namespace, "account": account}
        return grant(self._on_aws, self._cluster_name, subject, permissions)

    def dns_record(self, host: str) -> pulumi.Resource | None:
        """Point a host at the reserved addresses, in the hosted zone that the cluster was given."""
        if not self._zone or not self._reserved:
            return None
        return dns_record(self._on_aws, self._zone, host, self._reserved)


def _checked(name: str, args: EksClusterSpec) -> EksClusterSpec:
    spec = filled({**args, "name": args.get("name", name)})
    found = list(problems(spec))
    if found:
        raise ValueError("\n".join(f"EksCluster {name}: {problem}" for problem in found))
    return spec
