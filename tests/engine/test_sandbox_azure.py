"""A cluster on the sandbox's Azure under the real engine, from its first update to the last deletion."""

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cloud_stacks import CloudStack

from flotilla.engine import Engine
from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.store import Resource, remaining
from flotilla.sandbox.programs import place_credentials

pytestmark = pytest.mark.engine

CHECKOUT = Path(__file__).parents[2]
SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
PROGRAM = f"""
import json, pulumi, pulumi_azure_native as azure
from components import AksCluster
from components.kubernetes_object import KubernetesObject

wanted = json.load(open("wanted.json"))
there = azure.Provider("there", subscription_id="{SUBSCRIPTION}", location="westeurope")
cluster = AksCluster("main", {{
    "subscription_id": "{SUBSCRIPTION}",
    "location": "westeurope",
    "name": "shop",
    "kubernetes_version": wanted["version"],
    "deletion_protection": False,
    "labels": wanted.get("labels", {{}}),
    "admins": {{"me": {{"principal_id": "00000000-0000-4000-8000-00000000000a", "principal_type": "User"}}}},
    "node_pools": {{"apps": {{"min_size": wanted.get("nodes", 1)}}}},
    "dns_zone": "shop.example.com", "dns_zone_resource_group": "dns",
}})
roles = [{{"role": "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "scope": "/subscriptions/{SUBSCRIPTION}"}}]
identity = cluster.grant("cart", "default", "cart", {{"azure": {{"roles": roles}}}})
cluster.dns_record("*.shop.example.com")
on = {{"parent": cluster, "provider": cluster.provider, "namespace": "default"}}
account = {{"name": "cart", "annotations": identity["service_account_annotations"]}}
KubernetesObject("cart", {{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account}}, **on)
entrance = {{"name": "web", "annotations": {{
    **cluster.entrance["annotations"], "pulumi.com/skipAwait": "true"}}}}
balancer = {{"type": "LoadBalancer", "ports": [{{"name": "http", "port": 80}}], "selector": {{"app": "web"}}}}
KubernetesObject(
    "web", {{"apiVersion": "v1", "kind": "Service", "metadata": entrance, "spec": balancer}}, **on)
data = {{"at": wanted.get("data", "first")}}
KubernetesObject("notes", {{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "notes"}},
                            "data": data}}, **on)
if wanted.get("twin"):
    azure.containerservice.ManagedCluster(
        "twin", resource_group_name="shop", resource_name_="shop", dns_prefix="shop",
        agent_pool_profiles=[{{"name": "system", "mode": "System", "count": 1}}],
        opts=pulumi.ResourceOptions(provider=there, depends_on=[cluster]))
if wanted.get("outside"):
    azure.network.Subnet(
        "outside", resource_group_name="shop", virtual_network_name="shop-network",
        subnet_name="outside", address_prefix="10.99.0.0/24",
        opts=pulumi.ResourceOptions(provider=there, depends_on=[cluster]))
pulumi.export("kubeconfig", cluster.kubeconfig)
pulumi.export("address", cluster.ingress_addresses)
pulumi.export("identifier", cluster.identifier)
"""


PLANE = f"{SUBSCRIPTION}/shop/shop"


@pytest.fixture(scope="module")
def stack(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[CloudStack]:
    """One stack with a cluster, which the tests take from one state to the next, in their order."""
    made = CloudStack.init(engine, tmp_path_factory.mktemp("azure"), PROGRAM)
    place_credentials(made.workspace / "bin", made.workspace)
    made.environment["PYTHONPATH"] = str(CHECKOUT)
    try:
        made.up(version="1.34")
        yield made
    finally:
        control_planes.delete(made.workspace, "azure-native", PLANE)


def held(stack: CloudStack, kind: str, name: str) -> Resource:
    """What Azure holds of a type, by its name in the program."""
    return next(
        each
        for each in remaining(stack.workspace)
        if each.type.endswith(f":{kind}") and each.urn.endswith(f"::{name}")
    )


def delete(stack: CloudStack, kind: str, name: str) -> None:
    """Delete something in Azure behind the engine's back."""
    found = held(stack, kind, name)
    azure = Asked("azure-native", stack.workspace, subscriptionId=SUBSCRIPTION, location="westeurope")
    azure.delete(Made(found.type, name, found.id, found.inputs, found.outputs))


def test_the_cluster_is_reached_by_kubelogin_and_the_address_is_the_reserved_one(stack: CloudStack) -> None:
    outputs = stack.outputs()
    (user,) = yaml.safe_load(outputs["kubeconfig"])["users"]
    assert set(user["user"]) == {"exec"}
    assert outputs["identifier"] == f"azure:{SUBSCRIPTION}:westeurope:shop"
    held_by = control_planes.load_balancers(stack.workspace, "azure-native", PLANE)
    assert held_by == {outputs["address"][0]: "default/web"}
    nodes = held(stack, "ManagedCluster", "main").outputs
    assert nodes["currentKubernetesVersion"] == "1.34.3"


def test_nothing_changes_in_a_second_update_and_nothing_has_drifted(stack: CloudStack) -> None:
    assert stack.operations("up", version="1.34") == {}
    assert stack.operations("refresh", version="1.34") == {}


def test_the_version_goes_up_in_place(stack: CloudStack) -> None:
    shown = stack.operations("preview", version="1.35")
    assert shown == {
        "main": ["update"],
        "main-pool-apps": ["update"],
        "main-grant-cart-credential": ["update"],  # its issuer is not known before
    }
    done = stack.operations("up", version="1.35")
    assert done == {"main": ["update"], "main-pool-apps": ["update"]}


WANTED: dict[str, Any] = {"version": "1.35", "labels": {"cost-centre": "4711"}, "nodes": 2}


def test_new_tags_and_nodes_replace_nothing_not_even_in_the_preview(stack: CloudStack) -> None:
    shown = stack.operations("preview", **WANTED)
    assert all(operations == ["update"] for operations in shown.values())
    done = stack.operations("up", **WANTED)
    assert set(done) == {
        *("main", "main-group", "main-network", "main-nat", "main-nat-address"),
        *("main-ingress-address", "main-pool-apps"),
    }


def test_mistakes_that_only_azure_would_find_have_its_words(stack: CloudStack) -> None:
    (stack.project / "wanted.json").write_text(json.dumps({**WANTED, "twin": True, "outside": True}))
    said = stack.pulumi("up", "--yes", "--skip-preview", "--continue-on-error", fails=True)
    assert (
        f"cannot create already existing resource '/subscriptions/{SUBSCRIPTION}/resourceGroups/shop" in said
    )
    assert "Subnet 'outside' is not valid in virtual network 'shop-network'." in said


def test_what_the_cluster_and_its_load_balancer_use_stays(stack: CloudStack) -> None:
    with pytest.raises(
        RefusedError, match=r'Code="PublicIPAddressCannotBeDeleted".*loadBalancers/kubernetes'
    ):
        delete(stack, "PublicIPAddress", "main-ingress-address")
    with pytest.raises(RefusedError, match=r'Code="InUseSubnetCannotBeDeleted"'):
        delete(stack, "Subnet", "main-subnet")
    with pytest.raises(RefusedError, match=r'Code="InUseSubnetCannotBeDeleted"'):
        delete(stack, "VirtualNetwork", "main-network")


def test_without_the_role_the_cluster_refuses_whoever_runs_pulumi(stack: CloudStack) -> None:
    delete(stack, "RoleAssignment", "main-admin-me")
    assert "forbidden" in stack.up(data="second", fails=True, **WANTED)
    role = "urn:pulumi:dev::test::**RoleAssignment::main-admin-me"
    stack.pulumi("refresh", "--yes", "--skip-preview", "--target", role)
    done = stack.operations("up", data="second", **WANTED)
    assert set(done) == {"main-admin-me", "notes"}
    assert done["main-admin-me"] == ["create"]


def test_what_is_on_the_cluster_goes_first_and_in_the_end_nothing_is_left(stack: CloudStack) -> None:
    log = stack.workspace / "destroy.json"
    said = stack.pulumi("destroy", "--yes", "--skip-preview", "--event-log", str(log))
    assert "went with it" not in said
    gone = [
        event["resOutputsEvent"]["metadata"]["urn"].split("::", 2)[2].rpartition("$")[2]
        for event in map(json.loads, log.read_text(encoding="utf-8").splitlines())
        if "resOutputsEvent" in event
    ]
    order = [
        "kubernetes:core/v1:Service::web",
        "azure-native:containerservice:ManagedCluster::main",
        "azure-native:authorization:RoleAssignment::main-control-plane-subnet",
        "azure-native:network:Subnet::main-subnet",
        "azure-native:network:NatGateway::main-nat",
        "azure-native:network:PublicIPAddress::main-nat-address",
        "azure-native:resources:ResourceGroup::main-group",
    ]
    places = [gone.index(each) for each in order]
    assert places == sorted(places)
    assert gone.index("azure-native:network:PublicIPAddress::main-ingress-address") > places[0]
    assert remaining(stack.workspace) == []
    assert not control_planes.is_there(stack.workspace, "azure-native", PLANE)
