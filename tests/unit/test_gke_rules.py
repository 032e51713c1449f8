"""What is wrong with a cluster on Google Cloud is told before any resource is registered."""

import re
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cluster.gke.identity import LONGEST_ACCOUNT, node_account_id
from components.cluster.gke.maintenance import recurring_window
from components.cluster.gke.rules import completed, problems
from components.cluster.surroundings import Surroundings
from components.types import GkeClusterSpec, Tier

GOOD: GkeClusterSpec = {
    "project": "acme-dev",
    "region": "europe-west1",
    "name": "shop",
    "kubernetes_version": "1.36",
}


def told(**changed: object) -> list[str]:
    return [str(each) for each in problems(cast("GkeClusterSpec", {**GOOD, **changed}))]


def around(tier: Tier = Tier.STAGING, config: dict[str, object] | None = None) -> Surroundings:
    return Surroundings(
        cluster="main",
        stack="staging",
        project="shop",
        environment={"tier": tier, "labels": {"team": "web"}},
        config=config or {},
    )


def test_a_small_cluster_is_good() -> None:
    assert told() == []


def test_a_large_cluster_is_good() -> None:
    pools = {"default": {"min_size": 3, "max_size": 9}, "batch": {"min_size": 0, "spot": True}}
    assert not told(
        network={"cidr": "10.0.0.0/16", "pods_cidr": "10.64.0.0/12", "services_cidr": "10.1.0.0/20"},
        node_pools=pools,
        endpoint_access={"public_cidrs": ["203.0.113.0/24"]},
        maintenance_window={"days": ["SA", "SU"], "start": "02:00", "hours": 6},
        repository="shop",
        pull_from=["projects/acme/locations/europe/repositories/base"],
        labels={"cost-centre": "4711"},
        dns_zone="shop-example-com",
    )


def test_a_stack_gives_project_region_name_protection_and_labels() -> None:
    config: dict[str, object] = {"gcp:project": "acme-dev", "gcp:region": "europe-west1"}
    spec = completed({"kubernetes_version": "1.36"}, around(Tier.PRODUCTION, config))
    assert spec == {
        **GOOD,
        "name": "shop-staging",
        "deletion_protection": True,
        "labels": {"team": "web"},
    }
    said = completed({**GOOD, "deletion_protection": False, "labels": {"team": "api"}}, around(config=config))
    assert said == {**GOOD, "deletion_protection": False, "labels": {"team": "api"}}


def test_project_and_region_that_nobody_gives_are_missing() -> None:
    spec = completed({"kubernetes_version": "1.36"}, around())
    assert [str(each).split(".")[0] for each in problems(spec)] == [
        "project: is missing",
        "region: is missing",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"project": "Acme"}, 'project: "Acme" cannot be the id of a project. Use 6 to 30 of a-z'),
        ({"project": "123456789012"}, 'project: "123456789012" is the number of a project, not its id.'),
        ({"region": "europe-wst1"}, 'region: no region "europe-wst1" is known; did you mean "europe-west1"?'),
        ({"region": "europe-west1-b"}, 'region: "europe-west1-b" is a zone; did you mean "europe-west1"?'),
        ({"name": "Shop_1"}, 'name: "Shop_1" cannot name a cluster. Use a-z'),
        ({"name": "s" * 41}, f'name: "{"s" * 41}" has 41 characters.'),
        ({"kubernetes_version": "1.29"}, 'kubernetesVersion: version "1.29" is not offered by the release'),
        (
            {"release_channel": "STABLE"},
            (
                'kubernetesVersion: version "1.36" is not offered by the release channel STABLE. '
                'Possible: "1.33", "1.34", "1.35". It is offered by "RAPID", "REGULAR", "EXTENDED".'
            ),
        ),
        ({"network": {"cidr": "10.10.0.0"}}, "network.cidr: /32 is no size for nodes. Give /8 to /29."),
        (
            {"network": {"cidr": "nodes"}},
            'network.cidr: "nodes" is not a CIDR block. Write it like 10.10.0.0/20.',
        ),
        (
            {"network": {"cidr": "10.10.0.1/20"}},
            'network.cidr: "10.10.0.1/20" is not a CIDR block. Its first address is 10.10.0.0/20.',
        ),
        (
            {"network": {"pods_cidr": "10.10.0.0/16"}},
            "network.podsCidr: 10.10.0.0/16 for pods overlaps 10.10.0.0/20 for nodes.",
        ),
        (
            {"network": {"cidr": "10.11.0.0/20"}},
            "network.cidr: 10.11.0.0/20 for Kubernetes Services overlaps 10.11.0.0/20 for nodes.",
        ),
        (
            {"network": {"services_cidr": "10.11.0.0/28"}},
            "network.servicesCidr: /28 is no size for Kubernetes Services. Give /16 to /27.",
        ),
        (
            {"network": {"cidr": "172.17.0.0/20"}},
            "network.cidr: 172.17.0.0/20 meets 172.17.0.0/16, which is kept by the container runtime",
        ),
        ({"network": {"egress_addresses": -1}}, "network.egressAddresses: cannot be -1. Give 0 to 100."),
        (
            {"network": {"existing_network": "shared"}},
            "network.existingSubnetwork: is missing for a network that is there already.",
        ),
        (
            {"network": {"existing_network": "a", "existing_subnetwork": "b", "cidr": "10.0.0.0/20"}},
            "network.cidr: belongs to a new network, and this one is there already.",
        ),
        ({"network": {"pods_range": "p"}}, "network.podsRange: belongs to a network that is there already."),
        ({"node_pools": {}}, "nodePools: has no pool. Remove it for Autopilot, or add one"),
        ({"node_pools": {"Batch": {}}}, 'nodePools.Batch: "Batch" cannot name a node pool.'),
        ({"node_pools": {"p" * 41: {}}}, f'nodePools.{"p" * 41}: "{"p" * 41}" cannot name a node pool.'),
        (
            {"node_pools": {"batch": {}, "Batch": {}}},
            'nodePools.batch: "batch" is the same name as "Batch" to GKE. Give it another name.',
        ),
        (
            {"node_pools": {"a": {"min_size": 4, "max_size": 2}}},
            "nodePools.a.maxSize: 2 is less than minSize, 4. Give at least 4.",
        ),
        ({"node_pools": {"a": {"min_size": -1}}}, "nodePools.a.minSize: cannot be -1. Give at least 0."),
        ({"node_pools": {"a": {"max_size": 2000}}}, "nodePools.a.maxSize: cannot be 2000."),
        (
            {"node_pools": {"a": {"machine_type": "large"}}},
            'nodePools.a.machineType: "large" is not a machine',
        ),
        (
            {"node_pools": {"a": {"disk_size_gb": 5}}},
            "nodePools.a.diskSizeGb: cannot be 5. Give at least 10.",
        ),
        ({"node_pools": {"a": {"min_size": 0, "max_size": 0}}}, "nodePools: has no pool with nodes."),
        (
            {"node_pools": {"a": {"taints": [{"key": "k", "effect": "NoSchedule"}]}}},
            "nodePools: has taints on every pool.",
        ),
        (
            {"maintenance_window": {"days": ["SAT"], "start": "02:00", "hours": 12}},
            'maintenanceWindow.days[0]: no day "SAT" is known; did you mean "SA"?',
        ),
        (
            {"maintenance_window": {"days": ["SA"], "start": "2am", "hours": 12}},
            'maintenanceWindow.start: "2am" is not a time of day. Write hours and minutes in UTC',
        ),
        (
            {"maintenance_window": {"days": ["SA"], "start": "02:00", "hours": 2}},
            "maintenanceWindow.hours: cannot be 2. Give 4 to 24.",
        ),
        (
            {"maintenance_window": {"days": ["SA"], "start": "02:00", "hours": 4}},
            "maintenanceWindow: leaves 16 hours in 32 days. GKE asks for 48: add days or hours.",
        ),
        (
            {"endpoint_access": {"public_cidrs": ["203.0.113.7/24"]}},
            'endpointAccess.publicCidrs[0]: "203.0.113.7/24" is not a CIDR block.',
        ),
        (
            {"endpoint_access": {"public": False, "public_cidrs": ["203.0.113.0/24"]}},
            "endpointAccess.publicCidrs: says from where an API is reached that is not public.",
        ),
        (
            {"endpoint": "DNS", "endpoint_access": {"public_cidrs": ["203.0.113.0/24"]}},
            "endpointAccess.publicCidrs: means nothing to an endpoint with a name.",
        ),
        ({"repository": "Shop"}, 'repository: "Shop" cannot name a repository.'),
        ({"pull_from": ["shop"]}, 'pullFrom[0]: "shop" is not the path of a repository.'),
        ({"labels": {"Team": "web"}}, 'labels.Team: "Team" cannot name a label on Google Cloud.'),
        ({"labels": {"team": "Web"}}, 'labels.team: "Web" cannot be the value of a label on Google Cloud.'),
        ({"dns_zone": "shop.example.com"}, 'dnsZone: "shop.example.com" cannot name a zone of Cloud DNS.'),
        ({"dns_zone": "shop", "static_addresses": False}, "dnsZone: has no reserved address to point at."),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_cure(changed: dict[str, object], expected: str) -> None:
    assert any(each.startswith(expected) for each in told(**changed)), told(**changed)


def test_all_mistakes_are_told_at_once() -> None:
    assert len(told(project="", region="nowhere", name="", network={"cidr": "x"}, node_pools={})) == 5


def test_a_window_over_midnight_ends_on_the_next_day() -> None:
    window = recurring_window({"days": ["SU", "MO"], "start": "22:30", "hours": 4})
    assert (window.start_time, window.end_time) == ("2026-01-01T22:30:00Z", "2026-01-02T02:30:00Z")
    assert window.recurrence == "FREQ=WEEKLY;BYDAY=MO,SU"


@given(st.from_regex(r"[a-z][a-z0-9-]{0,38}[a-z0-9]", fullmatch=True))
def test_the_nodes_of_any_cluster_have_an_account_that_google_cloud_takes(name: str) -> None:
    account = node_account_id(name)
    assert len(account) <= LONGEST_ACCOUNT
    assert re.fullmatch(r"[a-z]([-a-z0-9]{4,28})[a-z0-9]", account)


def test_clusters_with_long_names_that_begin_alike_have_different_accounts() -> None:
    name = "a-very-long-name-of-a-cluster"
    assert node_account_id(f"{name}-one") != node_account_id(f"{name}-two")
