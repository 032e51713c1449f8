"""Making, reading, changing and deleting resources of the sandbox clouds, and what they hold."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import MagicMock

import grpc
import pytest
from google.protobuf import empty_pb2

from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.facts import facts_of, tokens
from flotilla.sandbox.clouds.limits import FORMATS
from flotilla.sandbox.clouds.paths import filled, merged, value_at, without
from flotilla.sandbox.clouds.store import Resource, Store, remaining
from flotilla.sandbox.plugin.protocol import UNKNOWN, Secret

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
REPOSITORY = "aws:ecr/repository:Repository"
GROUP = "azure-native:resources:ResourceGroup"
NETWORK = "azure-native:network:VirtualNetwork"


@pytest.fixture
def aws(tmp_path: Path) -> Asked:
    return Asked("aws", tmp_path, region="eu-west-1", defaultTags='{"tags": {"team": "shop"}}')


@pytest.fixture
def vpc(aws: Asked) -> Made:
    return aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"tier": "test"}})


def file_of(workspace: Path, made: Made) -> Path:
    """Where the cloud keeps a resource."""
    files = (workspace / "clouds").rglob("*.json")
    return next(path for path in files if json.loads(path.read_text())["id"] == made.id)


def test_a_new_resource_shows_inputs_defaults_and_what_the_cloud_made(vpc: Made) -> None:
    assert vpc.outputs["cidrBlock"] == "10.0.0.0/16"
    assert vpc.outputs["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{vpc.id}"
    assert vpc.outputs["region"] == "eu-west-1"
    assert vpc.outputs["tagsAll"] == {"team": "shop", "tier": "test"}


def test_an_account_that_alone_is_allowed_is_the_account(tmp_path: Path) -> None:
    aws = Asked("aws", tmp_path, region="eu-west-1", allowedAccountIds='["111122223333"]')
    assert ":111122223333:" in str(aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"}).outputs["arn"])


def test_what_the_cloud_made_stays_through_changes_and_what_follows_does_not(aws: Asked, vpc: Made) -> None:
    changed = aws.update(vpc, {"cidrBlock": "10.0.0.0/16", "tags": {"stage": "beta"}})
    kept = {"arn", "mainRouteTableId", "defaultSecurityGroupId"}
    assert {name: changed.outputs[name] for name in kept} == {name: vpc.outputs[name] for name in kept}
    assert changed.outputs["tags"] == {"stage": "beta"}
    assert changed.outputs["tagsAll"] == {"team": "shop", "stage": "beta"}
    assert "tags" not in aws.update(changed, {"cidrBlock": "10.0.0.0/16"}).outputs


def test_a_preview_knows_inputs_and_defaults_and_makes_nothing(aws: Asked, tmp_path: Path) -> None:
    planned = aws.create(SUBNET, "private", {"vpcId": UNKNOWN, "cidrBlock": "10.0.1.0/24"}, preview=True)
    assert (planned.id, planned.outputs["cidrBlock"]) == ("", "10.0.1.0/24")
    assert "arn" not in planned.outputs
    assert remaining(tmp_path) == []


def test_a_preview_of_azure_forgets_what_the_cloud_made(tmp_path: Path) -> None:
    azure = Asked("azure-native", tmp_path)
    group = azure.create(GROUP, "shop", {"location": "westeurope"})
    planned = azure.update(group, {"location": "westeurope", "tags": {"a": "b"}}, preview=True)
    assert set(planned.outputs) == {"name", "location", "tags", "resourceGroupName"}


def test_secrets_stay_secret_in_states_and_out_of_the_store(aws: Asked, tmp_path: Path) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"token": Secret("do-not-tell")}})
    assert made.outputs["tags"] == {"token": Secret("do-not-tell")}
    assert made.outputs["tagsAll"] == {"team": "shop", "token": Secret("do-not-tell")}
    assert "do-not-tell" not in file_of(tmp_path, made).read_text()
    again = aws.read(made)
    assert again == made
    changed = aws.update(made, {**made.inputs, "enableDnsHostnames": True})
    assert changed.outputs["tags"] == {"token": Secret("do-not-tell")}


def test_no_message_tells_a_secret(aws: Asked) -> None:
    _, [(_, reason)] = aws.check(VPC, "main", {"cidrBlock": Secret("10.0.0.0/99")})
    assert "10.0.0.0/99" not in reason
    assert "[secret] is not a valid CIDR block" in reason.replace('"', "")
    with pytest.raises(RefusedError, match="vpc ID") as refused:
        aws.create(SUBNET, "private", {"vpcId": Secret("vpc-hidden"), "cidrBlock": "10.0.1.0/24"})
    assert "vpc-hidden" not in str(refused.value)


def test_waiting_ends_when_the_engine_cancels(aws: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOTILLA_CLOUD_WAITS", "1000")
    aws.provider.Cancel(empty_pb2.Empty(), MagicMock(spec=grpc.ServicerContext))
    assert aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"}).id


def test_a_factor_of_waiting_that_is_no_number_is_refused(
    aws: Asked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FLOTILLA_CLOUD_WAITS", "slow")
    with pytest.raises(RefusedError, match="FLOTILLA_CLOUD_WAITS is a number"):
        aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16"})
    assert remaining(tmp_path) == []


def test_a_secret_that_was_changed_outside_is_found(aws: Asked, tmp_path: Path) -> None:
    made = aws.create(VPC, "main", {"cidrBlock": "10.0.0.0/16", "tags": {"token": Secret("one")}})
    path = file_of(tmp_path, made)
    content = json.loads(path.read_text())
    content["outputs"]["tags"] = {"token": "two"}
    path.write_text(json.dumps(content))
    found = aws.read(made)
    assert found
    assert found.inputs["tags"] != made.inputs["tags"]


def test_reading_finds_what_was_changed_added_and_removed_outside(
    aws: Asked, vpc: Made, tmp_path: Path
) -> None:
    path = file_of(tmp_path, vpc)
    content = json.loads(path.read_text())
    content["outputs"] |= {"cidrBlock": "10.7.0.0/16", "tags": {"tier": "test", "by": "hand"}}
    path.write_text(json.dumps(content))
    found = aws.read(vpc)
    assert found
    assert found.inputs == {**vpc.inputs, "cidrBlock": "10.7.0.0/16", "tags": {"tier": "test", "by": "hand"}}
    path.unlink()
    assert aws.read(vpc) is None


def test_what_is_gone_cannot_be_changed_and_need_not_be_deleted(
    aws: Asked, vpc: Made, tmp_path: Path
) -> None:
    file_of(tmp_path, vpc).unlink()
    with pytest.raises(RefusedError, match="is not there any more"):
        aws.update(vpc, {"enableDnsHostnames": True})
    aws.delete(vpc)


def test_a_resource_is_imported_by_its_id_alone(aws: Asked, vpc: Made) -> None:
    found = aws.read(Made(VPC, "main", vpc.id, {}, {}))
    assert found
    assert (found.outputs, found.inputs) == (
        vpc.outputs,
        {"cidrBlock": "10.0.0.0/16", "tags": {"tier": "test"}},
    )


def test_a_file_that_cannot_be_read_says_what_to_do(aws: Asked, vpc: Made, tmp_path: Path) -> None:
    path = file_of(tmp_path, vpc)
    path.write_text("{")
    with pytest.raises(RefusedError, match="Mend or remove it") as refused:
        aws.read(vpc)
    assert str(path) in str(refused.value)


def test_a_reference_to_what_is_not_there_is_refused_with_the_cloud_s_code(aws: Asked) -> None:
    with pytest.raises(RefusedError, match=r"api error InvalidVpcID\.NotFound: The vpc ID 'vpc-1'"):
        aws.create(SUBNET, "private", {"vpcId": "vpc-1", "cidrBlock": "10.0.1.0/24"})


def test_what_is_needed_elsewhere_cannot_be_deleted(aws: Asked, vpc: Made, tmp_path: Path) -> None:
    subnet = aws.create(SUBNET, "private", {"vpcId": vpc.id, "cidrBlock": "10.0.1.0/24"})
    with pytest.raises(RefusedError, match="DependencyViolation"):
        aws.delete(vpc)
    aws.delete(subnet)
    aws.delete(vpc)
    assert remaining(tmp_path) == []


def test_the_same_name_twice_is_refused_and_another_region_has_names_of_its_own(
    aws: Asked, tmp_path: Path
) -> None:
    made = aws.create(REPOSITORY, "shop", {"name": "shop"})
    with pytest.raises(RefusedError, match="RepositoryAlreadyExistsException"):
        aws.create(REPOSITORY, "again", {"name": "shop"})
    elsewhere = Asked("aws", tmp_path, region="us-east-1").create(REPOSITORY, "shop", {"name": "shop"})
    assert elsewhere.id == made.id
    assert elsewhere.outputs["arn"] != made.outputs["arn"]
    assert len(remaining(tmp_path)) == 2


def test_of_many_who_ask_at_once_one_gets_the_name(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def ask(number: int) -> bool:
        aws = Asked("aws", tmp_path, region="eu-west-1")
        start.wait()
        try:
            aws.create(REPOSITORY, f"shop-{number}", {"name": "shop"})
        except RefusedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1


def test_deletion_protection_stands_against_deletion_until_it_is_off(tmp_path: Path) -> None:
    google = Asked("gcp", tmp_path, project="acme")
    network = google.create("gcp:compute/network:Network", "main", {"deletionPolicy": "PREVENT"})
    with pytest.raises(RefusedError, match="deletion_policy"):
        google.delete(network)
    google.delete(google.update(network, {"deletionPolicy": "DELETE"}))
    assert remaining(tmp_path) == []


def test_deleting_a_resource_group_takes_what_is_in_it(tmp_path: Path) -> None:
    azure = Asked("azure-native", tmp_path)
    group = azure.create(GROUP, "shop", {"location": "westeurope"})
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    azure.create(NETWORK, "main", {"resourceGroupName": group.outputs["name"], "addressSpace": space})
    azure.delete(group)
    assert remaining(tmp_path) == []


def test_api_versions_in_tokens_lead_to_the_same_type(tmp_path: Path) -> None:
    azure = Asked("azure-native", tmp_path)
    made = azure.create("azure-native:resources/v20240301:ResourceGroup", "shop", {"location": "westeurope"})
    assert [resource.type for resource in remaining(tmp_path)] == [GROUP]
    azure.delete(made)


def test_functions_that_the_sandbox_lacks_are_refused_with_a_cure(aws: Asked) -> None:
    with pytest.raises(
        RefusedError, match=r"cannot do the function aws:sqs/getQueue:getQueue\. Leave it out"
    ):
        aws.invoke("aws:sqs/getQueue:getQueue", {})


def test_resources_are_written_whole_and_found_by_the_longest_ids(tmp_path: Path) -> None:
    store = Store(tmp_path, "azure-native")
    identity = "/subscriptions/0/resourceGroups/" + "x" * 300
    store.put(Resource(GROUP, identity, "", "", {"a": 1}, {"b": [None, 2]}))
    found = store.find(GROUP, identity)
    assert found
    assert (found.inputs, found.outputs) == ({"a": 1}, {"b": [None, 2]})
    assert [path for path in store.directory.rglob(".*") if path.is_file()] == []
    store.remove(found)
    store.remove(found)
    assert remaining(tmp_path) == []


def test_paths_reach_into_lists_and_free_maps() -> None:
    value = {"pools": [{"name": "a"}, {"name": "b", "min": 1}], "labels": {"x": {"on": True}}}
    assert value_at(value, "pools[].name") == "a"
    assert value_at(value, "labels{}.on") is True
    done = filled(filled(value, "pools[].min", 0), "missing.inner", 1)
    assert done == {**value, "pools": [{"name": "a", "min": 0}, {"name": "b", "min": 1}]}
    assert merged({"a": {"b": 1}, "l": [{"x": 1}]}, {"a": {"c": 2}, "l": [{"y": 2}]}) == {
        "a": {"b": 1, "c": 2},
        "l": [{"x": 1, "y": 2}],
    }
    assert without({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, {"a": {}}) == {"a": {"c": 2}}


@pytest.mark.parametrize("package", ["aws", "gcp", "azure-native"])
def test_the_table_of_a_cloud_holds_together(package: str) -> None:
    for token in tokens(package):
        facts = facts_of(package, token)
        assert facts.autonamed in {"", *facts.inputs}
        for reference in facts.references:
            assert reference.to in tokens(package), token
            assert reference.property in facts.properties or reference.property.endswith("[]"), token
        for path, rule in facts.properties.items():
            for limits in (rule.limits, rule.cloud):
                assert limits.format in {"", *FORMATS}, (token, path)
            for other in (*rule.conflicts_with, *rule.exactly_one_of):
                assert other in facts.properties, (token, path)


def test_a_preview_tells_what_only_the_cloud_knows_apart_from_what_is_not_there(tmp_path: Path) -> None:
    google = Asked("gcp", tmp_path, project="acme", region="europe-west1")
    access = {"dnsEndpointConfig": {"allowExternalTraffic": True}}
    planned = google.create(
        "gcp:container/cluster:Cluster", "main", {"controlPlaneEndpointsConfig": access}, preview=True
    )
    shown = planned.outputs["controlPlaneEndpointsConfig"]
    assert shown == {"dnsEndpointConfig": {"allowExternalTraffic": True, "endpoint": UNKNOWN}}


def test_azure_shows_a_list_of_identities_as_a_map_and_reading_gives_the_list_back(tmp_path: Path) -> None:
    azure = Asked("azure-native", tmp_path)
    cluster = "azure-native:containerservice:ManagedCluster"
    nothing: dict[str, object] = {}
    expected: list[tuple[object, object]] = [("/id", {"/id": nothing}), (UNKNOWN, UNKNOWN)]
    for known, shown in expected:
        identity = {"type": "UserAssigned", "userAssignedIdentities": [known]}
        planned = azure.create(cluster, "main", {"identity": identity}, preview=True)
        assert value_at(planned.outputs, "identity.userAssignedIdentities") == shown

    inputs = {"identity": {"type": "UserAssigned", "userAssignedIdentities": ["/b", "/a"]}}
    outputs = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {"/a": nothing, "/b": nothing}}}
    Store(tmp_path, "azure-native").put(Resource(cluster, "main", "", "", {**inputs}, {**outputs}))
    found = azure.read(Made(cluster, "main", "main", {**inputs}, {**outputs}))
    assert found
    assert found.inputs == inputs
