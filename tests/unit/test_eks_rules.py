"""What is found wrong with a cluster on AWS before anything is registered, and how its network is cut."""

from ipaddress import IPv4Network
from typing import cast

import pulumi_aws as aws
import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cluster.eks.node_rules import architecture
from components.cluster.eks.offered import REGIONS, default_zones
from components.cluster.eks.rules import completed, filled, problems
from components.cluster.eks.subnets import subnet_plan
from components.cluster.surroundings import Surroundings
from components.types import EksClusterSpec, EnvironmentSpec, Nat, Tier

GOOD: EksClusterSpec = {
    "account_id": "111122223333",
    "region": "eu-west-1",
    "name": "shop-prod",
    "kubernetes_version": "1.36",
    "deployer_role_arn": "arn:aws:iam::111122223333:role/deployer",
}
POOL = {"instance_types": ["m7i.large"]}
VPC = {"vpc_id": "vpc-0a1b2c3d", "private_subnet_ids": ["subnet-0a1b2c3d", "subnet-1a1b2c3d"]}
ADMIN = "arn:aws:iam::111122223333:role/platform"


def block(number: int, prefix: int) -> str:
    return str(IPv4Network((0x0A000000 | number << 8, prefix), strict=False))


CIDRS = st.builds(block, st.integers(0, 0xFFFF), st.integers(16, 20))
ZONES = st.integers(2, 6).map(lambda count: [f"us-east-1{letter}" for letter in "abcdef"[:count]])


def found(**changed: object) -> list[str]:
    return [str(problem) for problem in problems(filled(cast("EksClusterSpec", {**GOOD, **changed})))]


@given(CIDRS, ZONES)
def test_subnets_lie_in_their_network_and_beside_each_other(cidr: str, zones: list[str]) -> None:
    plan = subnet_plan(cidr, zones)
    blocks = [IPv4Network(block) for zone in plan for block in (zone.public, zone.private)]
    assert [zone.zone for zone in plan] == zones
    assert all(block.subnet_of(IPv4Network(cidr)) for block in blocks)
    assert not any(one.overlaps(two) for i, one in enumerate(blocks) for two in blocks[:i])


@given(CIDRS, ZONES)
def test_a_further_zone_changes_no_subnet_that_is_there(cidr: str, zones: list[str]) -> None:
    assert subnet_plan(cidr, zones)[:-1] == subnet_plan(cidr, zones[:-1])


@given(CIDRS, ZONES)
def test_pods_get_an_eighth_of_the_network_in_each_zone_and_load_balancers_enough(
    cidr: str, zones: list[str]
) -> None:
    for zone in subnet_plan(cidr, zones):
        assert IPv4Network(zone.private).num_addresses == IPv4Network(cidr).num_addresses // 8
        assert IPv4Network(zone.public).prefixlen <= 27


@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_is_judged_without_an_exception(one: str, two: str, three: str, four: str) -> None:
    found(
        account_id=one,
        region=two,
        kubernetes_version=three,
        service_cidr=four,
        network={"cidr": one, "zones": [two]},
        admins=[three],
        repositories=[four],
        node_pools={one: {"instance_types": [two], "labels": {three: four}}},
    )


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"node_pools": {"main": POOL}},
        {"existing_vpc": VPC},
        {"network": {"cidr": "10.20.0.0/20", "availability_zones": 2}},
        {"deployer_role_arn": "arn:aws:iam::111122223333:role/ci/deployer", "admins": [ADMIN]},
        {"kubernetes_version": "1.33", "extended_support": True},
        {"region": "us-east-1", "network": {"availability_zones": 6}},
        {"auto_mode_pools": ["general-purpose"]},
        {"endpoint_access": {"public_cidrs": ["203.0.113.0/24", "198.51.100.7/32"]}},
        {"addon_versions": {"metrics-server": "v0.8.0-eksbuild.2"}},
    ],
)
def test_what_is_possible_is_found_possible(changed: dict[str, object]) -> None:
    assert found(**changed) == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        (
            {"region": "eu-wst-1"},
            'region: "eu-wst-1" is no region of AWS with EKS; did you mean "eu-west-1"?',
        ),
        ({"region": ""}, "region: is missing. Add it, or set aws:region in the configuration of the stack."),
        ({"account_id": "1111-2222"}, 'accountId: "1111-2222" is no AWS account. Write its twelve digits'),
        ({"name": "shop prod"}, 'name: "shop prod" cannot name a cluster on AWS. Use at most 100'),
        ({"name": "x" * 101}, f'name: "{"x" * 101}" cannot name a cluster on AWS.'),
        ({"kubernetes_version": "1.29"}, 'kubernetesVersion: "1.29" is not offered. EKS offers "1.34", '),
        ({"kubernetes_version": "1.33"}, "kubernetesVersion: 1.33 is in extended support only. Take one of"),
        ({"deployer_role_arn": "deployer"}, 'deployerRoleArn: "deployer" is no ARN of an IAM role.'),
        (
            {"deployer_role_arn": "arn:aws:iam::444455556666:role/deployer"},
            "deployerRoleArn: belongs to another account than 111122223333. Use a role of the account",
        ),
        (
            {"admins": ["arn:aws:sts::111122223333:assumed-role/platform/ann"]},
            'admins[0]: "arn:aws:sts::111122223333:assumed-role/platform/ann" is no ARN of an IAM role',
        ),
        ({"admins": [ADMIN], "viewers": [ADMIN]}, f"viewers[0]: {ADMIN} has access already. Name it once."),
        ({"network": {"cidr": "10.0.0.0/33"}}, 'network.cidr: "10.0.0.0/33" is no CIDR block.'),
        (
            {"network": {"cidr": "10.0.1.0/16"}},
            "network.cidr: 10.0.1.0/16 is inside of a block, not one. Write 10.0.0.0/16.",
        ),
        ({"network": {"cidr": "10.0.0.0/24"}}, "network.cidr: 10.0.0.0/24 has the wrong size. Use a length"),
        ({"network": {"cidr": "8.8.0.0/16"}}, "network.cidr: 8.8.0.0/16 has public addresses."),
        (
            {"network": {"cidr": "172.20.0.0/16"}},
            "serviceCidr: 172.20.0.0/16 overlaps the network's block 172.20.0.0/16.",
        ),
        (
            {"service_cidr": "172.20.0.0/25"},
            "serviceCidr: 172.20.0.0/25 has the wrong size. Use a length from",
        ),
        ({"network": {"availability_zones": 1}}, "network.availabilityZones: 1 zones are not possible."),
        (
            {"network": {"availability_zones": 4}},
            "network.availabilityZones: eu-west-1 has 3 zones, not 4. Use 3 or fewer.",
        ),
        (
            {"network": {"availability_zones": 3, "zones": ["eu-west-1a", "eu-west-1b"]}},
            "network.availabilityZones: is 3, and zones names 2. Remove availabilityZones",
        ),
        (
            {"network": {"zones": ["eu-west-1a", "eu-central-1b"]}},
            'network.zones[1]: "eu-central-1b" is no zone of eu-west-1. Possible: eu-west-1a',
        ),
        ({"network": {"zones": ["eu-west-1a"] * 2}}, "network.zones[1]: eu-west-1a stands there twice."),
        ({"network": {}, "existing_vpc": VPC}, "existingVpc: contradicts network, which creates one."),
        (
            {"existing_vpc": {**VPC, "private_subnet_ids": ["subnet-0a1b2c3d"]}},
            "existingVpc.privateSubnetIds: names 1. EKS wants 2 subnets or more, in different zones.",
        ),
        ({"existing_vpc": {**VPC, "vpc_id": "main"}}, 'existingVpc.vpcId: "main" is no id of a VPC.'),
        (
            {"existing_vpc": {**VPC, "public_subnet_ids": ["subnet-0a1b2c3d"]}},
            "existingVpc.publicSubnetIds[0]: subnet-0a1b2c3d stands there twice.",
        ),
        (
            {"endpoint_access": {"public_cidrs": ["1.2.3.4/40"]}},
            'endpointAccess.publicCidrs[0]: "1.2.3.4/40" is no CIDR block.',
        ),
        (
            {"endpoint_access": {"public": False, "public_cidrs": ["203.0.113.0/24"]}},
            "endpointAccess.publicCidrs: has no effect without public access.",
        ),
        (
            {"node_pools": {"main": POOL}, "auto_mode_pools": ["system"]},
            "autoModePools: contradicts nodePools, which turn Auto Mode off.",
        ),
        (
            {"auto_mode_pools": ["sytem"]},
            'autoModePools[0]: "sytem" is not possible; did you mean "system"?',
        ),
        ({"auto_mode_pools": []}, "autoModePools: names no pool."),
        ({"node_pools": {"my pool": POOL}}, 'nodePools.my pool: "my pool" cannot name a node pool.'),
        ({"node_pools": {"main": POOL, "Main": POOL}}, "nodePools.Main: differs from another pool in upper"),
        (
            {"node_pools": {"main": {**POOL, "min_size": 4, "max_size": 2}}},
            "nodePools.main.minSize: 4 is more than maxSize 2. Lower it, or raise maxSize.",
        ),
        ({"node_pools": {"main": {**POOL, "max_size": 0}}}, "nodePools.main.maxSize: 0 is not possible."),
        (
            {"node_pools": {"main": {"instance_types": ["big"]}}},
            'nodePools.main.instanceTypes[0]: "big" is no type of machines. Write family',
        ),
        (
            {"node_pools": {"main": {"instance_types": ["m7i.large", "m7g.large"]}}},
            "nodePools.main.instanceTypes[1]: m7g.large is arm64, the pool is x86_64. Make two pools",
        ),
        (
            {"node_pools": {"main": {**POOL, "disk_size": 8}}},
            "nodePools.main.diskSize: 8 GiB is not possible.",
        ),
        (
            {"node_pools": {"main": {**POOL, "min_size": 0}}},
            "nodePools: leave no node for the cluster's own pods. Give one pool minSize: 1",
        ),
        (
            {"addon_versions": {"coredns": "v1"}},
            "addonVersions.coredns: is no add-on that is installed. Add-ons of this cluster: metrics-server.",
        ),
        ({"control_plane_logs": ["audits"]}, 'controlPlaneLogs[0]: "audits" is not possible; did you mean'),
        (
            {"log_retention_days": 31},
            "logRetentionDays: 31 days are not possible. The nearest that CloudWatch offers is 30.",
        ),
        ({"repositories": ["Shop"]}, 'repositories[0]: "Shop" cannot name a repository of ECR.'),
        ({"repositories": ["shop", "shop"]}, "repositories[1]: shop stands there twice."),
        ({"dns_zone": "example.com"}, 'dnsZone: "example.com" is no id of a hosted zone. Write its id'),
        (
            {"permissions_boundary_arn": "boundary"},
            'permissionsBoundaryArn: "boundary" is no ARN of an IAM policy.',
        ),
        ({"labels": {"aws:team": "x"}}, 'labels.aws:team: "aws:team" cannot name a tag.'),
    ],
)
def test_a_mistake_is_found_with_its_cure(changed: dict[str, object], problem: str) -> None:
    assert any(text.startswith(problem) for text in found(**changed)), found(**changed)
    assert len(found(**changed)) == 1


def test_somebody_has_to_get_in() -> None:
    spec = cast("EksClusterSpec", {key: GOOD[key] for key in GOOD if key != "deployer_role_arn"})
    (problem,) = problems(filled(spec))
    assert str(problem).startswith("deployerRoleArn: is missing, and there are no admins. Name the IAM role")


def around(tier: Tier) -> Surroundings:
    environment: EnvironmentSpec = {"tier": tier, "labels": {"cost-centre": "4711"}}
    return Surroundings("main", "prod", "shop", environment, {"aws:region": "eu-north-1"})


def test_the_stack_gives_region_name_labels_and_protection() -> None:
    spec: EksClusterSpec = {"account_id": "111122223333", "kubernetes_version": "1.36", "labels": {"a": "b"}}
    whole = completed(spec, around(Tier.PRODUCTION))
    assert whole.get("region") == "eu-north-1"
    assert str(whole.get("name")).startswith("shop-prod-")
    assert whole.get("labels") == {"cost-centre": "4711", "a": "b"}
    assert whole.get("deletion_protection") is True
    assert whole.get("network", {}).get("nat") == Nat.ZONAL
    assert completed(spec, around(Tier.STAGING)).get("network", {}).get("nat") == Nat.SINGLE


@pytest.mark.parametrize(
    "changed",
    [{"network": {"cidr": "10.1.0.0/16"}}, {"service_cidr": "172.30.0.0/16"}, {"existing_vpc": VPC}],
)
def test_another_network_gives_the_cluster_another_name_so_that_both_can_be_there(
    changed: dict[str, object],
) -> None:
    spec: EksClusterSpec = {"account_id": "111122223333", "kubernetes_version": "1.36"}
    other = cast("EksClusterSpec", {**spec, **changed})
    production = around(Tier.PRODUCTION)
    assert completed(spec, production).get("name") != completed(other, production).get("name")
    named = completed({**other, "name": "shop"}, production)
    assert named.get("name") == "shop"


def test_other_changes_keep_the_name() -> None:
    spec: EksClusterSpec = {"account_id": "111122223333", "kubernetes_version": "1.35"}
    other = cast(
        "EksClusterSpec", {**spec, "kubernetes_version": "1.36", "network": {"availability_zones": 2}}
    )
    production = around(Tier.PRODUCTION)
    assert completed(spec, production).get("name") == completed(other, production).get("name")


def test_a_spec_that_is_complete_stays_as_it_is() -> None:
    whole = filled(GOOD)
    assert filled(whole) == whole


def test_every_region_is_one_that_the_sdk_knows() -> None:
    assert set(REGIONS) <= {region.value for region in aws.Region}


def test_zones_are_the_first_of_the_region() -> None:
    assert default_zones("ca-central-1", 3) == ["ca-central-1a", "ca-central-1b", "ca-central-1d"]


@pytest.mark.parametrize(
    ("kind", "processors"),
    [("m7i.large", "x86_64"), ("m7g.large", "arm64"), ("c7gn.xlarge", "arm64"), ("g5.xlarge", "x86_64"),
     ("a1.large", "arm64"), ("g5g.xlarge", "arm64"), ("r8gd.48xlarge", "arm64"), ("u-6tb1.metal", "x86_64")],
)  # fmt: skip
def test_graviton_is_known_by_its_name(kind: str, processors: str) -> None:
    assert architecture(kind) == processors
