"""The component `GkeCluster`: a cluster on Google Cloud."""

from functools import partial

import pulumi
import pulumi_gcp as gcp

from components.cluster.base import Cluster, Connection, Offers
from components.cluster.gke.control_plane import control_plane
from components.cluster.gke.grants import Bindings, granted, grantor, project_number
from components.cluster.gke.kubeconfig import kubeconfig
from components.cluster.gke.network import cluster_network, ingress_address
from components.cluster.gke.nodes import NODES, node_account, node_permissions, node_pool, repository
from components.cluster.gke.rules import endpoint_of, problems
from components.cluster.gke.scope import Scope
from components.types import GkeClusterSpec, GkeEndpoint, Permissions
from components.wiring import LoadBalancer, ServiceIdentity

APIS = ("compute", "container", "iam", "cloudresourcemanager")
"""Google Cloud's APIs that every cluster takes."""
STORAGE_CLASS = "standard-rwo"
"""Balanced disks, in the zone of the pod; every GKE cluster has it."""
RECORD_TTL_SECONDS = 300


class GkeCluster(Cluster):
    """A cluster on Google Cloud: Google Kubernetes Engine.

    Creates the provider of Google Cloud for one project; the APIs it takes, which stay enabled; unless a
    network is there already, a network with subnetwork, ranges, router and NAT; a service account for nodes
    with its roles; the cluster with private nodes, in Autopilot mode or with node pools; a reserved address;
    and, where asked for, a repository of images. It does not create the project, its billing or organization
    policies, DNS zones, nor anything on the cluster.

    Args:
        name: Pulumi name, and the cluster's name in the cloud unless `args` has one.
        args: What the cluster is (`GkeClusterSpec`). Alone, without a stack file, it has to have `project`
            and `region`, and `deletion_protection` is true by default.
        opts: Options of the component.

    Raises:
        ValueError: the arguments contradict each other or Google Cloud's rules; the text names each problem
            and its cure.

    Example:
        GkeCluster("main", {"project": "acme-dev", "region": "europe-west1", "kubernetes_version": "1.36"})
    """

    def __init__(self, name: str, args: GkeClusterSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        spec: GkeClusterSpec = {**args, "name": args.get("name", name)}
        _check(name, spec)
        super().__init__(name, opts)
        self._spec = spec
        self._scope = self._new_scope()

        self._enable_apis()
        network = cluster_network(self._scope, spec)
        account = node_account(self._scope)
        permissions = node_permissions(self._scope, account, spec)
        if "repository" in spec:
            permissions.append(repository(self._scope, spec["repository"], account))
        self._cluster = control_plane(self._scope, spec, network, account, permissions)
        pools = [
            node_pool(self._scope, self._cluster, pool, args, account)
            for pool, args in spec.get("node_pools", {}).items()
        ]
        self._address = ingress_address(self._scope) if spec.get("static_addresses", True) else None

        addresses = [self._address] if self._address else []
        ready = [self._cluster, *pools, *permissions, *network.way_out, *addresses]
        self.connect(name, Connection(self._kubeconfig(), self._identifier(), ready=ready), self._offers())

    def grant(
        self, service: str, namespace: str, account: str, permissions: Permissions
    ) -> ServiceIdentity | None:
        """Let the pods of a service act in the project: each role is bound to their service account.

        Args:
            service: Name of the service, for the names of the bindings.
            namespace: Its namespace.
            account: Its service account.
            permissions: What it may do; `gcp` counts.

        Returns:
            Values that wait until the bindings are there; None without any.
        """
        scope = self._scope
        asked = pulumi.InvokeOutputOptions(parent=self, provider=scope.provider, depends_on=scope.apis)
        # The pool of identities comes with the project's first cluster.
        options = scope.options(depends_on=[self._cluster])
        number = partial(project_number, scope.project, asked)
        bindings = Bindings(scope.name, scope.project, number, options)
        return granted(bindings, service, namespace, account, permissions)

    def dns_record(self, host: str) -> pulumi.Resource | None:
        """Point a host at the reserved address, by an A record in the zone that the cluster was given.

        Args:
            host: The whole name, `www.shop.example.com`, or `*.shop.example.com` for all of a domain.

        Returns:
            The record; None where the cluster has no zone or no reserved address.
        """
        zone = self._spec.get("dns_zone")
        if not zone or not self._address:
            return None
        found = gcp.dns.get_managed_zone_output(
            name=zone, project=self._scope.project, opts=self._scope.reading()
        )
        return gcp.dns.RecordSet(
            self._scope.child(f"record-{host}"),
            managed_zone=found.name,
            project=self._scope.project,
            name=f"{host}.",
            type="A",
            ttl=RECORD_TTL_SECONDS,
            rrdatas=[self._address.address],
            opts=self._scope.options(needs_apis=True),
        )

    def _new_scope(self) -> Scope:
        spec = self._spec
        project, region = spec.get("project", ""), spec.get("region", "")
        provider = gcp.Provider(
            self._name,
            project=project,
            region=region,
            default_labels=spec.get("labels", {}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        protection = spec.get("deletion_protection", True)
        return Scope(self, provider, self._name, spec.get("name", ""), project, region, protection)

    def _enable_apis(self) -> None:
        wanted = [*APIS]
        if "repository" in self._spec or self._spec.get("pull_from"):
            wanted.append("artifactregistry")
        if "dns_zone" in self._spec:
            wanted.append("dns")
        for api in wanted:
            enabled = gcp.projects.Service(
                self._scope.child(f"api-{api}"),
                service=f"{api}.googleapis.com",
                project=self._scope.project,
                # Others in the project may need it as well.
                disable_on_destroy=False,
                opts=self._scope.options(),
            )
            self._scope.apis.append(enabled)

    def _kubeconfig(self) -> pulumi.Output[str]:
        name, cluster = self._scope.cloud_name, self._cluster
        if endpoint_of(self._spec) == GkeEndpoint.DNS:
            # Like the link, the name is known when the cluster is there, and not before.
            return cluster.self_link.apply(
                lambda _: cluster.control_plane_endpoints_config.apply(
                    lambda endpoints: kubeconfig(name, _dns_name(endpoints))
                )
            )
        return pulumi.Output.all(cluster.endpoint, cluster.master_auth.cluster_ca_certificate).apply(
            lambda found: kubeconfig(name, *found)
        )

    def _identifier(self) -> pulumi.Output[str]:
        identifier = f"gcp:{self._scope.project}:{self._scope.region}:{self._scope.cloud_name}"
        # By way of the URN, which every preview knows: what runs there goes before a replaced cluster does.
        return self._cluster.urn.apply(lambda _: identifier)

    def _offers(self) -> Offers:
        spec = self._spec
        # By backend services, which keep the client's address and take in more than the legacy target pools.
        balancer: LoadBalancer = {
            "annotations": {"cloud.google.com/l4-rbs": "enabled"},
            "external_traffic_policy": "Local",
        }
        entrance: LoadBalancer = (
            {**balancer, "address": self._address.address} if self._address else {**balancer}
        )
        registry = f"{self._scope.region}-docker.pkg.dev/{self._scope.project}/{spec.get('repository')}"
        return Offers(
            load_balancer=balancer,
            entrance=entrance,
            ingress_addresses=[self._address.address] if self._address else [],
            storage_class=STORAGE_CLASS,
            registry=registry if "repository" in spec else "",
            nodes=NODES,
            grantor=grantor(self._scope.project),
        )


def _check(name: str, spec: GkeClusterSpec) -> None:
    found = list(problems(spec))
    if found:
        raise ValueError("\n".join(f"GkeCluster {name}: {problem}" for problem in found))


def _dns_name(endpoints: "gcp.container.outputs.ClusterControlPlaneEndpointsConfig") -> str:
    by_name = endpoints.dns_endpoint_config
    if by_name is None or not by_name.endpoint:
        raise pulumi.RunError("the cluster has no endpoint with a name; set endpoint: IP")
    return by_name.endpoint
