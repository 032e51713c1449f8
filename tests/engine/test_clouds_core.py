"""Sandbox clouds under the real engine, with programs that use the real SDKs."""

from pathlib import Path

import pytest
from cloud_stacks import CloudStack

from flotilla.engine import Engine

pytestmark = pytest.mark.engine

AWS = """
import json, pulumi, pulumi_aws as aws
wanted = json.load(open("wanted.json"))
there = pulumi.ResourceOptions(provider=aws.Provider("cloud", region=wanted.get("region", "eu-west-1")))
vpc = aws.ec2.Vpc("main", cidr_block=wanted.get("vpc", "10.0.0.0/16"), opts=there,
                  enable_dns_hostnames=wanted.get("hostnames"),
                  tags={"token": pulumi.Output.secret("do-not-tell")})
if wanted.get("subnet"):
    aws.ec2.Subnet("private", vpc_id=vpc.id, cidr_block=wanted["subnet"], opts=there,
                   availability_zone=vpc.region.apply(lambda region: region + "a"))
pulumi.export("vpc", vpc.id)
pulumi.export("arn", vpc.arn)
"""

GOOGLE = """
import json, pulumi, pulumi_gcp as gcp
wanted = json.load(open("wanted.json"))
there = pulumi.ResourceOptions(provider=gcp.Provider("cloud", project="acme", region="europe-west1"))
network = gcp.compute.Network("main", auto_create_subnetworks=False, opts=there)
subnetwork = gcp.compute.Subnetwork("nodes", network=network.id, ip_cidr_range=wanted["range"], opts=there)
pulumi.export("link", subnetwork.self_link)
pulumi.export("gateway", subnetwork.gateway_address)
"""

AZURE = """
import json, pulumi, pulumi_azure_native as azure
wanted = json.load(open("wanted.json"))
there = pulumi.ResourceOptions(provider=azure.Provider("cloud", subscription_id="0-1", location="westeurope"))
group = azure.resources.ResourceGroup("shop", location=wanted.get("location", "West Europe"), opts=there)
network = azure.network.VirtualNetwork(
    "main", resource_group_name=group.name, opts=there,
    address_space={"address_prefixes": wanted["prefixes"]})
pulumi.export("id", network.id)
"""


def test_a_vpc_is_made_kept_changed_in_place_and_replaced_with_what_is_in_it(
    engine: Engine, tmp_path: Path
) -> None:
    stack = CloudStack.init(engine, tmp_path, AWS)
    stack.up(subnet="10.0.1.0/24")
    first = stack.outputs()
    assert first["arn"] == f"arn:aws:ec2:eu-west-1:123456789012:vpc/{first['vpc']}"
    assert "do-not-tell" not in "".join(path.read_text() for path in tmp_path.rglob("clouds/**/*.json"))

    assert stack.operations("up", subnet="10.0.1.0/24") == {}
    assert stack.operations("up", subnet="10.0.1.0/24", hostnames=True) == {"main": ["update"]}
    assert stack.outputs() == first

    replaced = stack.operations("up", vpc="10.1.0.0/16", subnet="10.1.1.0/24", hostnames=True)
    assert replaced["main"] == ["create-replacement", "replace", "delete-replaced"]
    assert stack.outputs()["vpc"] != first["vpc"]
    moved = stack.operations("preview", vpc="10.1.0.0/16", subnet="10.1.1.0/24", region="eu-north-1")
    assert "replace" in moved["main"]

    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}


def test_the_cloud_refuses_what_does_not_fit_and_what_others_need(engine: Engine, tmp_path: Path) -> None:
    stack = CloudStack.init(engine, tmp_path, AWS)
    misspelt = stack.up(vpc="10.0.0.1/16", fails=True)
    assert '"10.0.0.1/16" is not a valid IPv4 CIDR block; did you mean "10.0.0.0/16"?' in misspelt
    assert stack.held() == {}
    outside = stack.up(subnet="10.9.0.0/24", fails=True)
    assert "api error InvalidSubnet.Range" in outside
    assert list(stack.held()) == ["main"]

    stack.up(subnet="10.0.1.0/24")
    vpc = next(line for line in stack.pulumi("stack", "--show-urns").split() if line.endswith("Vpc::main"))
    held = stack.file_of("private")
    stack.pulumi(
        "state", "delete", "--yes", "--force", vpc.replace("vpc:Vpc::main", "subnet:Subnet::private")
    )
    refused = stack.pulumi("destroy", "--yes", "--skip-preview", fails=True)
    assert "api error DependencyViolation" in refused
    held.unlink()
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}


def test_refresh_finds_what_was_changed_or_removed_outside_and_up_takes_it_back(
    engine: Engine, tmp_path: Path
) -> None:
    stack = CloudStack.init(engine, tmp_path, AWS)
    wanted: dict[str, object] = {"subnet": "10.0.1.0/24", "hostnames": True}
    stack.up(subnet="10.0.1.0/24", hostnames=True)
    assert stack.operations("refresh", **wanted) == {}
    stack.drift("main", enableDnsHostnames=False)
    assert stack.operations("refresh", **wanted) == {"main": ["update"]}
    assert stack.operations("up", **wanted) == {"main": ["update"]}
    assert stack.held()["main"].outputs["enableDnsHostnames"] is True

    stack.file_of("private").unlink()
    assert stack.operations("refresh", **wanted) == {"private": ["delete"]}
    assert stack.operations("up", **wanted) == {"private": ["create"]}
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}


def test_a_subnetwork_grows_in_place_and_is_replaced_when_it_shrinks(engine: Engine, tmp_path: Path) -> None:
    stack = CloudStack.init(engine, tmp_path, GOOGLE)
    stack.up(range="10.0.0.0/20")
    first = stack.outputs()
    assert first["gateway"] == "10.0.0.1"
    assert "/compute/v1/projects/acme/regions/europe-west1/subnetworks/nodes-" in first["link"]
    assert stack.operations("up", range="10.0.0.0/20") == {}
    assert stack.operations("up", range="10.0.0.0/19") == {"nodes": ["update"]}
    shrunk = stack.operations("up", range="10.0.64.0/20")
    assert shrunk == {"nodes": ["create-replacement", "replace", "delete-replaced"]}
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}


def test_a_virtual_network_is_changed_in_place_and_falls_with_its_moved_group(
    engine: Engine, tmp_path: Path
) -> None:
    stack = CloudStack.init(engine, tmp_path, AZURE)
    stack.up(prefixes=["10.0.0.0/16"])
    assert stack.outputs()["id"].startswith("/subscriptions/0-1/resourceGroups/shop")
    assert stack.operations("up", prefixes=["10.0.0.0/16"], location="westeurope") == {}
    assert stack.operations("up", prefixes=["10.0.0.0/16", "10.1.0.0/16"]) == {"main": ["update"]}
    overlapping = stack.up(prefixes=["10.0.0.0/16", "10.0.1.0/24"], fails=True)
    assert 'Code="NetcfgInvalidVirtualNetworkSite"' in overlapping
    moved = stack.operations("preview", prefixes=["10.0.0.0/16"], location="northeurope")
    assert "replace" in moved["shop"]
    stack.pulumi("destroy", "--yes", "--skip-preview")
    assert stack.held() == {}
