"""What can be wrong with a cluster on Azure: each mistake is found alone, with its place and cure."""

from typing import cast

import pytest

from components.cluster.aks.addresses import addresses_of
from components.cluster.aks.locations import LOCATIONS, WITH_ZONES, WITHOUT_ZONES
from components.cluster.aks.network import zones_of
from components.cluster.aks.pool_rules import SYSTEM_SIZES, sizes_of
from components.cluster.aks.rules import completed, problems
from components.cluster.surroundings import Surroundings
from components.types import AksClusterSpec, AksTier, Tier

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-00000000000b"
SUBNET = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/network"
    "/providers/Microsoft.Network/virtualNetworks/hub/subnets/shop"
)
REGISTRY = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images"
    "/providers/Microsoft.ContainerRegistry/registries/shopimages"
)
GOOD: AksClusterSpec = {
    "subscription_id": SUBSCRIPTION,
    "location": "westeurope",
    "name": "shop-uat",
    "kubernetes_version": "1.36",
    "admins": {"platform": {"principal_id": OTHER}},
}


def spec(**changed: object) -> AksClusterSpec:
    return cast("AksClusterSpec", {**GOOD, **changed})


def found(**changed: object) -> list[str]:
    return [str(problem) for problem in problems(spec(**changed))]


def test_what_is_right_is_not_complained_about() -> None:
    assert found() == []
    assert found(network={"subnet_id": SUBNET, "outbound": "userDefinedRouting"}, resource_group="rg_1") == []
    assert (
        found(
            network={"cidr": "172.20.0.0/22", "pod_cidr": "10.8.0.0/14", "service_cidr": "10.0.0.0/20"},
            endpoint_access={"public_cidrs": ["203.0.113.0/24"]},
            availability_zones=["1", "3"],
            node_pools={"web1": {"vm_size": "Standard_NC24ads_A100_v4", "min_size": 0}},
            maintenance_window={"start": "23:45", "duration_hours": 8, "utc_offset": "-05:30"},
            registry={"name": "Images5"},
            dns_zone="shop.example.com",
            dns_zone_resource_group="dns",
        )
        == []
    )


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"subscription_id": ""}, "subscriptionId: is missing. Add it, or set azure-native:subscriptionId"),
        ({"subscription_id": "shop"}, 'subscriptionId: "shop" is no id of a subscription. `az account show'),
        ({"location": ""}, "location: is missing. Add it, or set azure-native:location"),
        (
            {"location": "West Europe"},
            'location: "West Europe" is no location of Azure; did you mean "westeu',
        ),
        (
            {"location": "westeurop"},
            'location: "westeurop" is no location of Azure; did you mean "westeurope"?',
        ),
        (
            {"name": "shop_uat"},
            'name: "shop_uat" cannot name a cluster. Use letters, digits and -, at most 54',
        ),
        ({"name": "a" * 55}, f'name: "{"a" * 55}" cannot name a cluster.'),
        ({"kubernetes_version": "1.31"}, 'kubernetesVersion: AKS does not offer "1.31". AKS offers "1.34", '),
        (
            {"kubernetes_version": "v1.36.2"},
            'kubernetesVersion: AKS does not offer "v1.36.2"; did you mean "1.36"?',
        ),
        ({"admins": {}}, "admins: nobody could do anything in the cluster. Name whoever runs `pulumi`"),
        ({"admins": {"me": {"principal_id": "me@x"}}}, 'admins.me.principalId: "me@x" is no object id. Give'),
        (
            {"admins": {"a": {"principal_id": OTHER}, "b": {"principal_id": OTHER.upper()}}},
            "admins.b.principalId: is the same as that of a. Remove one of them",
        ),
        ({"labels": {"a/b": "x"}}, 'labels.a/b: "a/b" cannot be a tag. Leave out < > % & \\ ? and /'),
        ({"labels": {str(n): "" for n in range(51)}}, "labels: 51 are too many. Azure takes 50 tags."),
        ({"network": {"cidr": "10.5.0.0"}}, 'network.cidr: "10.5.0.0" is not a CIDR block. Write it like'),
        ({"network": {"cidr": "10.5.0.0/30"}}, "network.cidr: 10.5.0.0/30 is no size that Azure takes."),
        ({"network": {"subnet_cidr": "10.224.0.0/30"}}, "network.subnetCidr: 10.224.0.0/30 is no size that"),
        ({"network": {"service_cidr": "10.0.0.0/30"}}, "network.serviceCidr: 10.0.0.0/30 is no size for"),
        (
            {"network": {"cidr": "ten"}},
            'network.cidr: "ten" is not a CIDR block. Write it like 10.20.0.0/16.',
        ),
        (
            {"network": {"cidr": "10.5.1.0/16"}},
            'network.cidr: "10.5.1.0/16" is not a CIDR block. Its network starts earlier: 10.5.0.0/16.',
        ),
        (
            {"network": {"cidr": "10.244.0.0/20"}},
            "network.podCidr: 10.244.0.0/16 overlaps cidr, 10.244.0.0/20. Choose blocks that share no",
        ),
        ({"network": {"cidr": "10.0.128.0/20"}}, "network.serviceCidr: 10.0.0.0/16 overlaps cidr, "),
        (
            {"network": {"service_cidr": "10.244.8.0/21"}},
            "network.serviceCidr: 10.244.8.0/21 overlaps podCidr",
        ),
        (
            {"network": {"subnet_cidr": "10.9.0.0/20"}},
            "network.subnetCidr: 10.9.0.0/20 is outside the network, 10.224.0.0/16. Choose a part of the",
        ),
        (
            {"network": {"pod_cidr": "10.60.0.0/24"}},
            "network.podCidr: 10.60.0.0/24 is too small for two nodes.",
        ),
        ({"network": {"service_cidr": "10.16.0.0/12"}}, "network.serviceCidr: 10.16.0.0/12 is no size for"),
        (
            {"network": {"service_cidr": "172.30.0.0/16"}},
            "network.serviceCidr: 172.30.0.0/16 overlaps 172.30.0.0/16, which AKS keeps.",
        ),
        (
            {"network": {"dns_service_ip": "10.1.0.10"}},
            "network.dnsServiceIp: 10.1.0.10 is outside serviceCidr",
        ),
        ({"network": {"dns_service_ip": "10.0.0.1"}}, "network.dnsServiceIp: 10.0.0.1 is Kubernetes' own."),
        (
            {"network": {"dns_service_ip": "dns"}},
            'network.dnsServiceIp: "dns" is not an address. Write it like 10.0',
        ),
        (
            {"network": {"outbound": "userDefinedRouting"}},
            "network.outbound: a network of its own has no routes.",
        ),
        (
            {"network": {"subnet_id": "nodes"}},
            'network.subnetId: "nodes" is no id of a subnet. `az network vnet',
        ),
        (
            {"network": {"subnet_id": SUBNET.replace(SUBSCRIPTION, OTHER)}},
            f"network.subnetId: the subnet belongs to another subscription, {OTHER}.",
        ),
        (
            {"network": {"subnet_id": SUBNET, "cidr": "10.5.0.0/16"}},
            "network.cidr: belongs to a network of its own, and subnetId names one. Remove one of them.",
        ),
        (
            {"resource_group": "/subscriptions/x"},
            'resourceGroup: "/subscriptions/x" cannot name a resource group.',
        ),
        (
            {"endpoint_access": {"public_cidrs": ["10.0.0.0/8"]}},
            "endpointAccess.publicCidrs[0]: 10.0.0.0/8 is not reached from the internet.",
        ),
        (
            {"endpoint_access": {"public_cidrs": ["anywhere"]}},
            'endpointAccess.publicCidrs[0]: "anywhere" is not a CIDR block.',
        ),
        (
            {"endpoint_access": {"public": False, "public_cidrs": ["203.0.113.0/24"]}},
            "endpointAccess.publicCidrs: the API is not reached from the internet at all.",
        ),
        (
            {"location": "westus", "availability_zones": ["1"]},
            "availabilityZones: westus has no zones. Remove them, or move to another.",
        ),
        ({"availability_zones": ["a"]}, 'availabilityZones[0]: "a" is no zone. Possible: "1", "2", "3".'),
        ({"availability_zones": ["1", "1"]}, 'availabilityZones[1]: "1" stands there twice.'),
        ({"system_pool": {"min_size": 0}}, "systemPool.minSize: 0 is too few. Give at least 1."),
        ({"system_pool": {"vm_size": "D4"}}, 'systemPool.vmSize: "D4" is no size of virtual machines.'),
        ({"node_pools": {}}, "nodePools: there are none. Name one, nodePools: { apps: {} } say"),
        ({"node_pools": {"system": {}}}, "nodePools.system: system is the name of the system pool."),
        ({"node_pools": {"Big-Pool": {}}}, 'nodePools.Big-Pool: "Big-Pool" cannot name a pool.'),
        ({"node_pools": {"p": {"min_size": 4, "max_size": 2}}}, "nodePools.p.maxSize: 2 is fewer than 4."),
        ({"node_pools": {"p": {"min_size": -1}}}, "nodePools.p.minSize: -1 is too few. Give at least 0."),
        ({"node_pools": {"p": {"max_size": 2000}}}, "nodePools.p.maxSize: 2000 is too many."),
        ({"node_pools": {"p": {"min_size": 0, "max_size": 0}}}, "nodePools.p.maxSize: 0 is fewer than 1."),
        (
            {"node_pools": {"p": {"vm_size": "t3.large"}}},
            'nodePools.p.vmSize: "t3.large" is no size of virtual',
        ),
        (
            {"node_pools": {"p": {"os_disk_size_gb": 8}}},
            "nodePools.p.osDiskSizeGb: 8 GiB is no size of a disk.",
        ),
        (
            {"node_pools": {"p": {"labels": {"kubernetes.azure.com/x": "y"}}}},
            'nodePools.p.labels["kubernetes.azure.com/x"]: labels of kubernetes.azure.com are Azure\'s own.',
        ),
        ({"node_pools": {"p": {"labels": {"a b": "y"}}}}, 'nodePools.p.labels.a b: "a b: y" is no label.'),
        (
            {"node_pools": {"p": {"taints": [{"key": "", "effect": "NoSchedule"}]}}},
            'nodePools.p.taints[0]: "" is no taint.',
        ),
        ({"maintenance_window": {"start": "2:00"}}, 'maintenanceWindow.start: "2:00" is no time of day.'),
        (
            {"maintenance_window": {"duration_hours": 2}},
            "maintenanceWindow.durationHours: 2 hours are not possible.",
        ),
        ({"maintenance_window": {"utc_offset": "CET"}}, 'maintenanceWindow.utcOffset: "CET" is no offset.'),
        (
            {"maintenance_window": {}, "upgrade_channel": "none", "node_upgrade_channel": "None"},
            "maintenanceWindow: nothing is upgraded by itself.",
        ),
        ({"registry": {}}, "registry: needs a name or an id."),
        (
            {
                "registry": {
                    "name": "Images5",
                    "id": REGISTRY,
                }
            },
            "registry: has both a name and an id.",
        ),
        ({"registry": {"name": "my-images"}}, 'registry.name: "my-images" cannot name a registry.'),
        (
            {"registry": {"id": "images.azurecr.io"}},
            'registry.id: "images.azurecr.io" is no id of a registry.',
        ),
        (
            {"registry": {"id": REGISTRY.replace(SUBSCRIPTION, OTHER)}},
            f"registry.id: it belongs to another subscription, {OTHER}.",
        ),
        (
            {"dns_zone": "shop.example.com"},
            "dnsZone: its resource group is missing. Add dnsZoneResourceGroup",
        ),
        ({"dns_zone_resource_group": "dns"}, "dnsZoneResourceGroup: there is no dnsZone."),
        (
            {"dns_zone": "/dnszones/x", "dns_zone_resource_group": "dns"},
            'dnsZone: "/dnszones/x" is no name of a zone.',
        ),
        (
            {"dns_zone": "x.org", "dns_zone_resource_group": "dns", "static_addresses": False},
            "dnsZone: records would have no address to point at.",
        ),
    ],
)
def test_a_mistake_is_found_alone_with_its_cure(changed: dict[str, object], problem: str) -> None:
    (only,) = found(**changed)
    assert only.startswith(problem)
    assert only.endswith((".", "`."))


def test_all_mistakes_are_told_at_once() -> None:
    wrong = found(location="mars", admins={}, network={"cidr": "ten"}, node_pools={"UP": {"vm_size": "x"}})
    assert [each.partition(":")[0] for each in wrong] == [
        "location",
        "admins",
        "network.cidr",
        "nodePools.UP",
        "nodePools.UP.vmSize",
    ]


def around(tier: Tier) -> Surroundings:
    config = {"azure-native:subscriptionId": SUBSCRIPTION, "azure-native:location": "westeurope"}
    return Surroundings("main", "uat", "shop", {"tier": tier, "labels": {"cost-centre": "4711"}}, config)


@pytest.mark.parametrize(("tier", "sku"), [(Tier.PRODUCTION, AksTier.STANDARD), (Tier.STAGING, AksTier.FREE)])
def test_a_stack_fills_in_what_its_cluster_leaves_out(tier: Tier, sku: AksTier) -> None:
    given: AksClusterSpec = {"kubernetes_version": "1.36", "admins": {}, "labels": {"team": "x"}}
    whole = completed(given, around(tier))
    assert whole == {
        "kubernetes_version": "1.36",
        "admins": {},
        "subscription_id": SUBSCRIPTION,
        "location": "westeurope",
        "name": "shop-uat",
        "sku_tier": sku,
        "deletion_protection": tier == Tier.PRODUCTION,
        "labels": {"cost-centre": "4711", "team": "x"},
    }


def test_what_the_cluster_says_itself_counts() -> None:
    given = spec(name="other", sku_tier=AksTier.STANDARD, deletion_protection=True, location="uksouth")
    whole = completed(given, around(Tier.STAGING))
    assert {key: whole.get(key) for key in given if key != "labels"} == given


def test_the_subnet_is_the_first_part_of_the_network_and_dns_the_tenth_address() -> None:
    addresses = addresses_of(spec(network={"cidr": "10.20.0.0/16", "service_cidr": "10.9.0.0/22"}))
    assert (addresses.subnet_cidr, addresses.dns_service_ip) == ("10.20.0.0/20", "10.9.0.10")
    assert addresses_of(spec(network={"cidr": "10.20.0.0/22"})).subnet_cidr == "10.20.0.0/22"


def test_locations_have_zones_or_not() -> None:
    assert not WITH_ZONES & WITHOUT_ZONES
    assert zones_of(spec(location="westeurope")) == ["1", "2", "3"]
    assert zones_of(spec(location="westus")) == []
    assert zones_of(spec(availability_zones=["2"])) == ["2"]
    assert all(location == location.lower() and " " not in location for location in LOCATIONS)


def test_one_size_of_a_pool_follows_from_the_other() -> None:
    assert sizes_of({}) == (1, 3)
    assert sizes_of({}, SYSTEM_SIZES) == (2, 4)
    assert sizes_of({"min_size": 5}) == (5, 5)
    assert sizes_of({"max_size": 1}, SYSTEM_SIZES) == (1, 1)
