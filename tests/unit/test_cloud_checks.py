"""What the sandbox clouds' providers find wrong with inputs before anything is made."""

from pathlib import Path

import pytest

from flotilla.sandbox.clouds.asking import Asked
from flotilla.sandbox.plugin.protocol import UNKNOWN, Secret

VPC = "aws:ec2/vpc:Vpc"
ROLE = "aws:iam/role:Role"
CLUSTER = "aws:eks/cluster:Cluster"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
GKE = "gcp:container/cluster:Cluster"
VIRTUAL_NETWORK = "azure-native:network:VirtualNetwork"
AKS = "azure-native:containerservice:ManagedCluster"


@pytest.fixture
def aws(tmp_path: Path) -> Asked:
    return Asked("aws", tmp_path, region="eu-west-1")


@pytest.fixture
def google(tmp_path: Path) -> Asked:
    return Asked("gcp", tmp_path, project="acme", region="europe-west1")


@pytest.fixture
def azure(tmp_path: Path) -> Asked:
    return Asked("azure-native", tmp_path, subscriptionId="0-1")


def test_right_inputs_pass_whatever_is_unknown_or_secret(aws: Asked) -> None:
    inputs = {"cidrBlock": UNKNOWN, "enableDnsSupport": True, "tags": {"owner": Secret("me")}}
    checked, failures = aws.check(VPC, "main", inputs)
    assert failures == []
    assert checked == {**inputs, "__defaults": []}


def test_a_misspelt_property_is_named_with_its_place(aws: Asked) -> None:
    _, failures = aws.check(VPC, "main", {"cidrBlock": "10.0.0.0/16", "enableDnsHostname": True})
    assert failures == [
        (
            "enableDnsHostname",
            "Invalid or unknown key 'enableDnsHostname'. Examine values at 'main.enableDnsHostname'.",
        )
    ]


def test_a_misspelt_property_in_a_list_of_maps_is_found(google: Asked) -> None:
    ranges = [{"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}, {"rangeName": "services", "cidr": "x"}]
    inputs = {"network": "main", "ipCidrRange": "10.0.0.0/20", "secondaryIpRanges": ranges}
    _, [(name, reason)] = google.check(SUBNETWORK, "nodes", inputs)
    assert name == "secondaryIpRanges"
    assert "Examine values at 'nodes.secondaryIpRanges[1].cidr'" in reason


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"enableDnsSupport": "perhaps"}, "expected a boolean, got a string"),
        ({"tags": ["owner"]}, "expected an object, got an array"),
        ({"ipv4NetmaskLength": True}, "expected a integer, got a boolean"),
    ],
)
def test_a_value_of_another_type_is_refused(aws: Asked, inputs: dict[str, object], said: str) -> None:
    _, [(_, reason)] = aws.check(VPC, "main", inputs)
    assert said in reason


@pytest.mark.parametrize(
    ("cidr", "said"),
    [
        ("10.0.0.0/8", "between 16 and 28 significant bits, got: 8"),
        ("10.0.0.1/16", 'did you mean "10.0.0.0/16"?'),
        ("10.0.0.0", "invalid CIDR address: 10.0.0.0"),
    ],
)
def test_a_network_is_refused_as_the_provider_refuses_it(aws: Asked, cidr: str, said: str) -> None:
    _, [(name, reason)] = aws.check(VPC, "main", {"cidrBlock": cidr})
    assert name == "cidrBlock"
    assert said in reason


def test_all_that_is_wrong_comes_at_once(aws: Asked) -> None:
    inputs = {
        "roleArn": "x",
        "enabledClusterLogTypes": ["api", "audits"],
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "8.8.0.0/16"},
    }
    _, failures = aws.check(CLUSTER, "main", inputs)
    text = "\n".join(reason for _, reason in failures)
    assert '"role_arn" (x) is an invalid ARN' in text
    assert "expected enabled_cluster_log_types.1 to be one of" in text
    assert "invalid value for kubernetes_network_config.0.service_ipv4_cidr (must be within" in text
    assert "Missing required property 'vpcConfig'" in text


def test_what_is_required_in_a_block_is_missed_only_where_the_block_is_there(aws: Asked) -> None:
    given = {"roleArn": "arn:aws:iam::1:role/r", "vpcConfig": {"subnetIds": ["subnet-1"]}}
    assert aws.check(CLUSTER, "main", given)[1] == []
    _, failures = aws.check(CLUSTER, "main", {**given, "encryptionConfig": {"resources": ["secrets"]}})
    assert [name for name, _ in failures] == ["encryptionConfig"]


def test_properties_that_exclude_one_another_are_refused_together(google: Asked) -> None:
    rules = {"allows": [{"protocol": "tcp"}], "denies": [{"protocol": "udp"}]}
    _, failures = google.check(FIREWALL, "web", {"network": "main", **rules})
    assert any("only one of `allows,denies` can be specified" in reason for _, reason in failures)
    _, failures = google.check(GKE, "main", {"enableAutopilot": True, "enableShieldedNodes": True})
    assert any("conflicts with enableAutopilot" in reason for _, reason in failures)


def test_azure_words_its_own_failures_and_leaves_enums_to_the_cloud(azure: Asked) -> None:
    _, failures = azure.check(AKS, "main", {"resourceGroupName": "rg", "resourceName": "-bad-"})
    assert [name for name, _ in failures] == ["resourceName"]
    assert failures[0][1].startswith("'resourceName' does not match expression '")
    inputs = {"resourceGroupName": "rg", "privateEndpointVNetPolicies": "Sometimes"}
    assert azure.check(VIRTUAL_NETWORK, "main", inputs)[1] == []


def test_names_are_found_as_each_provider_finds_them(aws: Asked, google: Asked, azure: Asked) -> None:
    role, _ = aws.check(ROLE, "Deployer", {"assumeRolePolicy": "{}"})
    network, _ = google.check("gcp:compute/network:Network", "Main", {})
    group, _ = azure.check("azure-native:resources:ResourceGroup", "shop", {})
    assert str(role["name"]).startswith("Deployer-")
    assert len(str(role["name"])) == len("Deployer-") + 7
    assert str(network["name"]).startswith("main-")
    assert str(group["resourceGroupName"]).startswith("shop")
    assert len(str(group["resourceGroupName"])) == len("shop") + 8


def test_a_found_name_stays_until_the_program_gives_one(aws: Asked) -> None:
    first, _ = aws.check(ROLE, "deployer", {"assumeRolePolicy": "{}"})
    again, _ = aws.check(ROLE, "deployer", {"assumeRolePolicy": "{ }"}, first)
    named, _ = aws.check(ROLE, "deployer", {"assumeRolePolicy": "{}", "name": "mine"}, first)
    assert again["name"] == first["name"]
    assert (named["name"], named["__defaults"]) == ("mine", [])


def test_a_type_that_no_table_has_is_taken_as_it_comes(aws: Asked) -> None:
    inputs = {"anything": {"goes": [1]}}
    assert aws.check("aws:sqs/queue:Queue", "jobs", inputs) == ({**inputs, "__defaults": []}, [])
    made = aws.create("aws:sqs/queue:Queue", "jobs", inputs)
    assert made.id.startswith("queue-")
    assert list(aws.diff(made, {"anything": 2}).replaces) == []
