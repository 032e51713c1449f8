"""What a change of inputs means to the sandbox clouds' providers."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2

from flotilla.sandbox.clouds.asking import Asked, Made
from flotilla.sandbox.plugin.protocol import UNKNOWN

CLUSTER = "aws:eks/cluster:Cluster"
ROLE = "aws:iam/role:Role"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
GKE = "gcp:container/cluster:Cluster"
NETWORK = "azure-native:network:VirtualNetwork"


def diff(
    asked: Asked,
    token: str,
    old: Mapping[str, object],
    new: Mapping[str, object],
    outputs: dict[str, object] | None = None,
) -> provider_pb2.DiffResponse:
    """The difference between inputs of a resource whose name the program gave."""
    return asked.diff(Made(token, "it", "it", {"__defaults": [], **old}, outputs or {}), new)


@pytest.fixture
def aws(tmp_path: Path) -> Asked:
    return Asked("aws", tmp_path, region="eu-west-1")


@pytest.fixture
def google(tmp_path: Path) -> Asked:
    return Asked("gcp", tmp_path, project="acme", region="europe-west1")


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    return Asked("azure-native", tmp_path)


def test_what_stays_is_no_change(aws: Asked) -> None:
    inputs = {"name": "main", "version": "1.35", "vpcConfig": {"subnetIds": ["a", "b"]}}
    same = {**inputs, "vpcConfig": {"subnetIds": ["b", "a"]}}
    assert diff(aws, CLUSTER, inputs, same).changes == provider_pb2.DiffResponse.DIFF_NONE


def test_nested_properties_are_replaced_or_updated_each_by_its_own_rule(aws: Asked) -> None:
    old = {"name": "main", "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}, "version": "1.34"}
    new = {"name": "main", "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.21.0.0/16"}, "version": "1.35"}
    answer = diff(aws, CLUSTER, old, new)
    assert list(answer.replaces) == ["kubernetesNetworkConfig"]
    assert set(answer.detailedDiff) == {"kubernetesNetworkConfig.serviceIpv4Cidr", "version"}
    path = answer.detailedDiff["kubernetesNetworkConfig.serviceIpv4Cidr"]
    assert path.kind == provider_pb2.PropertyDiff.UPDATE_REPLACE


def test_a_given_name_is_deleted_before_it_is_made_again_and_a_found_one_after(aws: Asked) -> None:
    changed = {"name": "mine", "path": "/new/", "assumeRolePolicy": "{}"}
    assert diff(aws, ROLE, {**changed, "path": "/old/"}, changed).deleteBeforeReplace
    found = Made(ROLE, "it", "it-1", {"__defaults": ["name"], "name": "it-1", "path": "/old/"}, {})
    answer = aws.diff(found, {"path": "/new/"})
    assert list(answer.replaces) == ["path"]
    assert not answer.deleteBeforeReplace


def test_a_provider_of_another_region_or_project_replaces(aws: Asked, google: Asked) -> None:
    vpc, network = "aws:ec2/vpc:Vpc", "gcp:compute/network:Network"
    inputs: dict[str, object] = {"cidrBlock": "10.0.0.0/16"}
    assert list(diff(aws, vpc, inputs, inputs, {"region": "eu-west-1"}).replaces) == []
    assert list(diff(aws, vpc, inputs, inputs, {"region": "us-east-1"}).replaces) == ["region"]
    assert list(diff(google, network, {"name": "n"}, {"name": "n"}, {"project": "other"}).replaces) == [
        "project"
    ]
    aws.configure(region=UNKNOWN)
    assert list(diff(aws, vpc, inputs, inputs, {"region": "us-east-1"}).replaces) == []


def test_an_unknown_value_replaces_where_another_one_would(aws: Asked) -> None:
    answer = diff(aws, CLUSTER, {"name": "m", "roleArn": "a"}, {"name": "m", "roleArn": UNKNOWN})
    assert list(answer.replaces) == ["roleArn"]


def test_an_input_that_says_what_is_so_already_is_no_change(aws: Asked) -> None:
    old, new = {"name": "m"}, {"name": "m", "bootstrapSelfManagedAddons": True}
    live: dict[str, object] = {"name": "m", "region": "eu-west-1", "bootstrapSelfManagedAddons": True}
    assert diff(aws, CLUSTER, {**old}, new, live).changes == provider_pb2.DiffResponse.DIFF_NONE
    assert list(diff(aws, CLUSTER, {**old}, new).replaces) == ["bootstrapSelfManagedAddons"]


@pytest.mark.parametrize(
    ("new", "replaces"),
    [("10.0.0.0/19", []), ("10.0.0.0/21", ["ipCidrRange"]), ("10.9.0.0/20", ["ipCidrRange"])],
)
def test_a_range_may_grow_but_not_shrink_or_move(google: Asked, new: str, replaces: list[str]) -> None:
    old = {"name": "n", "ipCidrRange": "10.0.0.0/20"}
    assert list(diff(google, SUBNETWORK, {**old}, {"name": "n", "ipCidrRange": new}).replaces) == replaces


def test_some_switches_can_be_turned_on_but_not_off(google: Asked) -> None:
    on, off = {"name": "m", "enableL4IlbSubsetting": True}, {"name": "m", "enableL4IlbSubsetting": False}
    assert list(diff(google, GKE, {**off}, on).replaces) == []
    assert list(diff(google, GKE, {**on}, off).replaces) == ["enableL4IlbSubsetting"]


def test_names_paths_and_links_of_one_thing_are_the_same(google: Asked) -> None:
    link = "https://www.googleapis.com/compute/v1/projects/acme/global/networks/main"
    for name in ("main", "projects/acme/global/networks/main", link):
        answer = diff(google, SUBNETWORK, {"name": "n", "network": link}, {"name": "n", "network": name})
        assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE
    other = diff(google, SUBNETWORK, {"name": "n", "network": link}, {"name": "n", "network": "second"})
    assert list(other.replaces) == ["network"]


def test_azure_s_locations_compare_without_case_and_spaces(azure: Asked) -> None:
    old = {"virtualNetworkName": "main", "resourceGroupName": "rg", "location": "West Europe"}
    assert not diff(azure, NETWORK, {**old}, {**old, "location": "westeurope"}).replaces
    moved = diff(azure, NETWORK, {**old}, {**old, "location": "northeurope"})
    assert list(moved.replaces) == ["location"]
    assert moved.deleteBeforeReplace
