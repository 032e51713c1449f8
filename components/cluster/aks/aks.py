"""The component `AksCluster`: a cluster on Azure, with all that it needs there."""

from dataclasses import replace

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.addresses import addresses_of
from components.cluster.aks.adopted import adopted_group
from components.cluster.aks.entrance import entrance, load_balancer, record
from components.cluster.aks.grants import granted, grantor
from components.cluster.aks.identity import admin_role, identities
from components.cluster.aks.kubeconfig import kubeconfig
from components.cluster.aks.managed_cluster import managed_cluster, upgrade_windows
from components.cluster.aks.network import ip_of, network, public_address, zones_of
from components.cluster.aks.nodes import NODES, node_pool
from components.cluster.aks.place import Place, place_of
from components.cluster.aks.pool_rules import DEFAULT_POOLS
from components.cluster.aks.registry import pulling
from components.cluster.aks.rules import problems
from components.cluster.base import Cluster, Connection, Offers
from components.types import AksClusterSpec, AksLogin, Permissions
from components.wiring import ServiceIdentity


class AksCluster(Cluster):
    """A cluster of Azure Kubernetes Service.

    Creates the cluster with a system pool and pools for services, upgraded by itself in a window; a resource
    group and a virtual network with a NAT gateway, unless they are given; a public address for what is
    reached from outside; two identities, for control plane and nodes, with the roles they need; the role of
    each admin; a registry where one is asked for; and for each service that is granted something an identity
    of its own. It does not manage DNS zones, monitoring, backups and firewalls.

    Args:
        name: Pulumi name; the cluster's name in Azure too, unless `args` has one.
        args: What it is (`AksClusterSpec`). Outside a stack file it is protected by default, and
            `subscription_id` and `location` are required.
        opts: Options of the component.

    Raises:
        ValueError: the specification contradicts itself; the text has every problem with its cure.

    Example:
        AksCluster("main", {
            "subscription_id": "00000000-0000-4000-8000-000000000001",
            "location": "westeurope",
            "kubernetes_version": "1.36",
            "admins": {"platform": {"principal_id": "00000000-0000-4000-8000-000000000002"}},
        })
    """

    def __init__(self, name: str, args: AksClusterSpec, opts: pulumi.ResourceOptions | None = None) -> None:
        if found := [str(problem) for problem in problems(args)]:
            raise ValueError("\n".join(f"AksCluster {name}: {each}" for each in found))
        super().__init__(name, opts)
        self._spec = args
        self._place = place = self._at(name, args)
        called, addresses, zones = args.get("name", name), addresses_of(args), zones_of(args)
        reserves = args.get("static_addresses", True)

        self._group_made = group = [] if "resource_group" in args else [self._group(place)]
        inside = network(place, addresses, zones, group)
        self._address = public_address(place, "ingress-address", zones, group) if reserves else None
        acting = identities(place, inside.subnet_id, group, addresses=reserves)
        registry = pulling(place, args.get("registry", {}), acting.kubelet, group)

        self._cluster = managed_cluster(
            place, args, addresses=addresses, network=inside, identities=acting, zones=zones
        )
        version, pools = args["kubernetes_version"], args.get("node_pools", DEFAULT_POOLS)
        nodes = [
            node_pool(
                place,
                self._cluster,
                pool,
                described,
                version=version,
                zones=zones,
                subnet_id=inside.subnet_id,
            )
            for pool, described in pools.items()
        ]
        self._grantor = grantor(place, self._cluster)
        upgrade_windows(place, self._cluster, args)
        admins = [
            admin_role(place, self._cluster, admin, described) for admin, described in args["admins"].items()
        ]

        connection = Connection(
            kubeconfig=kubeconfig(place, self._cluster, called, args.get("login", AksLogin.AZURE_CLI)),
            identifier=f"azure:{args.get('subscription_id')}:{args.get('location')}:{called}",
            ready=[
                *group,
                *inside.resources,
                *([self._address] if self._address else []),
                *acting.roles,
                *registry.resources,
                self._cluster,
                *nodes,
                *admins,
            ],
        )
        offers = Offers(
            load_balancer=load_balancer(),
            entrance=entrance(place, self._address),
            ingress_addresses=[ip_of(self._address)] if self._address else [],
            storage_class="managed-csi",
            registry=registry.host,
            nodes=NODES,
            grantor=self._grantor,
        )
        self.connect(name, connection, offers)

    def grant(
        self, service: str, namespace: str, account: str, permissions: Permissions
    ) -> ServiceIdentity | None:
        """Give a service an identity of its own in Azure, with the roles that its permissions name."""
        place = replace(self._place, needed=self._group_made)
        return granted(place, self._grantor["issuer"], service, namespace, account, permissions)

    def dns_record(self, host: str) -> pulumi.Resource | None:
        """Point a host at the reserved address, in the zone that the cluster was given.

        Raises:
            ValueError: the host is not in that zone.
        """
        zone, group = self._spec.get("dns_zone"), self._spec.get("dns_zone_resource_group")
        if zone is None or group is None or self._address is None:
            return None
        return record(self._place, zone, group, host, self._address)

    def _at(self, name: str, spec: AksClusterSpec) -> Place:
        provider = azure.Provider(
            name,
            subscription_id=spec.get("subscription_id"),
            location=spec.get("location"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        existing = spec.get("resource_group")
        group = adopted_group(self, provider, existing) if existing else spec.get("name", name)
        return place_of(self, provider, name, spec, group)

    def _group(self, place: Place) -> "azure.resources.ResourceGroup":
        return azure.resources.ResourceGroup(
            place.child("group"),
            resource_group_name=place.group,
            location=place.location,
            tags=place.tags,
            opts=place.options(protect=True),
        )
