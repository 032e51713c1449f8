"""What the sandbox's Azure refuses and shows, asked by the engine's methods, without running clusters."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.store import Resource, Store, remaining
from flotilla.sandbox.plugin.protocol import UNKNOWN

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
PERSON = "00000000-0000-4000-8000-00000000000a"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
NETWORK_CONTRIBUTOR = f"{ROLES}/4d97b98b-1d4f-4787-a291-c67834d212e7"
IDENTITY_OPERATOR = f"{ROLES}/f1a07417-d97a-45cb-824c-7a7467783830"
ACR_PULL = f"{ROLES}/7f951dda-4ed3-4680-a7ca-43fe172d538d"


class Azure(Asked):
    """A subscription with the resource group `shop`."""

    def __init__(self, workspace: Path) -> None:
        super().__init__("azure-native", workspace, subscriptionId=SUBSCRIPTION, location="westeurope")
        self.workspace, self.roles = workspace, 0
        self.make("resources:ResourceGroup", "shop", resourceGroupName="shop")

    def make(self, kind: str, name: str, **inputs: object) -> Made:
        whole = {"resourceGroupName": "shop", **inputs}
        if kind in {"resources:ResourceGroup", "authorization:RoleAssignment"}:
            whole = inputs
        return self.create(f"azure-native:{kind}", name, whole)

    def network(self, *prefixes: str, name: str = "net") -> Made:
        return self.make(
            "network:VirtualNetwork", name, virtualNetworkName=name,
            addressSpace={"addressPrefixes": list(prefixes or ["10.0.0.0/16"])},
        )  # fmt: skip

    def subnet(self, prefix: str, name: str = "nodes", **more: object) -> Made:
        return self.make(
            "network:Subnet", name, virtualNetworkName="net", subnetName=name, addressPrefix=prefix, **more
        )

    def address(self, name: str = "address", **more: object) -> Made:
        inputs = {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static", **more}
        return self.make("network:PublicIPAddress", name, publicIpAddressName=name, **inputs)

    def gateway(self, address: Made, name: str = "nat") -> Made:
        return self.make(
            "network:NatGateway", name, natGatewayName=name,
            sku={"name": "Standard"}, publicIpAddresses=[{"id": address.id}],
        )  # fmt: skip

    def identity(self, name: str) -> Made:
        return self.make("managedidentity:UserAssignedIdentity", name, resourceName=name)

    def role(self, scope: str, role: str, principal: object, kind: str | None = "ServicePrincipal") -> Made:
        given: dict[str, object] = {"scope": scope, "roleDefinitionId": role, "principalId": principal}
        if kind:
            given["principalType"] = kind
        self.roles += 1
        return self.make("authorization:RoleAssignment", f"role-{self.roles}", **given)


@pytest.fixture
def azure(tmp_path: Path) -> Azure:
    return Azure(tmp_path)


def refused(code: str, message: str = "") -> Any:  # noqa: ANN401 (pytest's own)
    return pytest.raises(RefusedError, match=rf'^Status=4\d\d Code="{code}" Message="{message}')


def test_things_have_resource_ids_and_the_location_of_the_provider(azure: Azure) -> None:
    network = azure.network()
    assert network.id == (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop/providers/Microsoft.Network/virtualNetworks/net"
    )
    assert network.outputs["location"] == "westeurope"
    subnet = azure.subnet("10.0.1.0/24")
    assert subnet.id == f"{network.id}/subnets/nodes"
    assert azure.role(subnet.id, NETWORK_CONTRIBUTOR, PERSON, "User").id.startswith(
        f"{subnet.id}/providers/Microsoft.Authorization/roleAssignments/"
    )


def test_a_subnet_lies_within_its_network_and_beside_the_others(azure: Azure) -> None:
    azure.network("10.0.0.0/16", "10.8.0.0/16")
    azure.subnet("10.8.0.0/20")
    with refused("NetcfgInvalidSubnet", "Subnet 'b' is not valid in virtual network 'net'."):
        azure.subnet("10.9.0.0/20", "b")
    with refused(
        "NetcfgSubnetRangesOverlap", "Subnet 'c' is not valid because its IP address range overlaps"
    ):
        azure.subnet("10.8.8.0/24", "c")
    with refused(
        "InvalidCIDRNotation", "The address prefix 10.0.0.1/24 in resource .* should be 10.0.0.0/24"
    ):
        azure.subnet("10.0.0.1/24", "d")
    with refused("NetcfgInvalidSubnet"):
        azure.subnet("10.0.0.0/30", "e")


def test_a_network_cannot_shrink_below_its_subnets(azure: Azure) -> None:
    network = azure.network("10.0.0.0/16", "10.8.0.0/16")
    azure.subnet("10.8.0.0/20")
    with refused("NetcfgInvalidSubnet", "Subnet 'nodes' is not valid in virtual network 'net'."):
        azure.update(network, {**network.inputs, "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}})


def test_what_is_there_already_or_refers_to_nothing_is_refused(azure: Azure) -> None:
    network = azure.network()
    with pytest.raises(RefusedError, match=rf"^cannot create already existing resource '{network.id}'$"):
        azure.network()
    with refused("ParentResourceNotFound", "Can not perform requested operation on nested resource. Parent"):
        azure.make(
            "network:Subnet", "x", virtualNetworkName="other", subnetName="x", addressPrefix="10.0.0.0/24"
        )
    with refused("ResourceGroupNotFound", "Resource group 'nowhere' could not be found."):
        azure.make("network:NatGateway", "x", resourceGroupName="nowhere", natGatewayName="x")
    with refused("LocationNotAvailableForResourceGroup", "The provided location 'mars' is not available"):
        azure.make("resources:ResourceGroup", "x", resourceGroupName="x", location="mars")
    with refused("LocationNotAvailableForResourceType", "The provided location 'mars' is not available"):
        azure.address(location="mars")


def test_what_is_in_use_is_not_deleted_and_goes_in_the_right_order(azure: Azure) -> None:
    network, address = azure.network(), azure.address()
    gateway = azure.gateway(address)
    subnet = azure.subnet("10.0.0.0/24", natGateway={"id": gateway.id})
    with refused("InUseNatGatewayCannotBeDeleted", f"NAT gateway {gateway.id} .* in use by {subnet.id}"):
        azure.delete(gateway)
    with refused("PublicIPAddressCannotBeDeleted", f".* is still allocated to resource {gateway.id}."):
        azure.delete(address)
    for each in (subnet, gateway, address, network):
        azure.delete(each)
    assert [each.type for each in remaining(azure.workspace)] == ["azure-native:resources:ResourceGroup"]


def test_deleting_a_network_takes_unused_subnets_and_a_group_everything(azure: Azure) -> None:
    network = azure.network()
    azure.subnet("10.0.0.0/24")
    azure.delete(network)
    azure.network()
    azure.address()
    azure.delete(Made("azure-native:resources:ResourceGroup", "shop",
                      f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop", {}, {}))  # fmt: skip
    assert remaining(azure.workspace) == []


def test_public_addresses_are_static_standard_zonal_where_there_are_zones_and_all_different(
    azure: Azure,
) -> None:
    found = {str(azure.address(f"a{number}").outputs["ipAddress"]) for number in range(20)}
    assert len(found) == 20
    with refused("StandardSkuPublicIPAddressesMustBeStatic"):
        azure.address(publicIPAllocationMethod="Dynamic")
    with refused("IPv4BasicSkuPublicIpCountLimitReached", "Cannot create more than 0 IPv4 Basic SKU"):
        azure.address(sku={"name": "Basic"})
    with refused("AvailabilityZoneNotSupported"):
        azure.address(location="westus", zones=["1"])
    address = azure.address(zones=["1", "2"])
    azure.gateway(address)
    with refused("PublicIPAddressInUse", ".* is referencing public IP address .* that is already allocated"):
        azure.gateway(address, "second")
    with refused("InvalidResourceReference"):
        azure.gateway(azure.address("far", location="uksouth"), "third")


def test_a_role_needs_a_principal_that_is_there_and_its_type(azure: Azure) -> None:
    subnet = azure.network() and azure.subnet("10.0.0.0/24")
    identity = azure.identity("plane")
    principal, client = identity.outputs["principalId"], identity.outputs["clientId"]
    with refused("PrincipalNotFound", "Principal .* does not exist in the directory"):
        azure.role(subnet.id, NETWORK_CONTRIBUTOR, principal, None)
    with refused("PrincipalNotFound"):
        azure.role(subnet.id, NETWORK_CONTRIBUTOR, client)
    with refused("UnmatchedPrincipalType", "The PrincipalId '.*' has type 'ServicePrincipal'"):
        azure.role(subnet.id, NETWORK_CONTRIBUTOR, principal, "User")
    with refused("RoleDefinitionDoesNotExist"):
        azure.role(subnet.id, "Network Contributor", principal)
    with refused("ResourceNotFound"):
        azure.role(f"{subnet.id}x", NETWORK_CONTRIBUTOR, principal)
    azure.role(subnet.id, NETWORK_CONTRIBUTOR, principal)
    with refused("RoleAssignmentExists", "The role assignment already exists."):
        azure.role(subnet.id, NETWORK_CONTRIBUTOR, principal)


def test_credentials_of_one_identity_differ_and_are_not_written_at_once(azure: Azure) -> None:
    azure.identity("cart")

    def credential(name: str, subject: str = "", audiences: tuple[str, ...] = ("api://x",)) -> Made:
        return azure.make(
            "managedidentity:FederatedIdentityCredential", name, resourceName="cart",
            federatedIdentityCredentialResourceName=name, issuer="https://issuer/",
            subject=subject or name, audiences=list(audiences),
        )  # fmt: skip

    credential("one")
    with refused("BadRequest", "The request format was unexpected. Federated Identity Credential must"):
        credential("none", audiences=())
    with refused("BadRequest", "Issuer and subject combination already exists"):
        credential("two", "one")
    failures: list[str] = []

    def write(name: str) -> None:
        try:
            credential(name)
        except RefusedError as error:
            failures.append(str(error))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("three", "four")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity" in each for each in failures
    ] == [True]
    credential("five")


def test_names_of_registries_are_taken_everywhere_and_sizes_have_their_features(azure: Azure) -> None:
    made = azure.make("containerregistry:Registry", "r", registryName="ShopImages", sku={"name": "Standard"})
    assert made.outputs["loginServer"] == "shopimages.azurecr.io"
    azure.make("resources:ResourceGroup", "other", resourceGroupName="other")
    with refused("AlreadyInUse", "The registry DNS name shopimages.azurecr.io is already in use."):
        azure.make(
            "containerregistry:Registry", "s", resourceGroupName="other", registryName="shopimages",
            sku={"name": "Standard"},
        )  # fmt: skip
    with refused("FeatureNotSupported"):
        azure.update(made, {**made.inputs, "zoneRedundancy": "Enabled"})


def test_records_stand_in_a_zone_and_a_cname_alone(azure: Azure) -> None:
    zone = azure.make("dns:Zone", "zone", zoneName="shop.example.com", location="global")
    assert len(cast("list[str]", zone.outputs["nameServers"])) == 4

    def record(kind: str, name: str = "www", **values: object) -> Made:
        return azure.make(
            "dns:RecordSet", f"{kind}-{name}", zoneName="shop.example.com", recordType=kind,
            relativeRecordSetName=name, ttl=300, **values,
        )  # fmt: skip

    assert record("A", aRecords=[{"ipv4Address": "203.0.113.7"}]).outputs["fqdn"] == "www.shop.example.com."
    assert record("A", "@").outputs["fqdn"] == "shop.example.com."
    with refused("Conflict"):
        record("CNAME", cnameRecord={"cname": "x.example.com"})
    with refused("BadRequest", "The value 'here' of an A record is not an IPv4 address."):
        record("A", "other", aRecords=[{"ipv4Address": "here"}])
    azure.delete(zone)
    assert [each.type for each in remaining(azure.workspace)] == ["azure-native:resources:ResourceGroup"]


OF_HELPER = {"network", "pool", "no_role", "no_operator"}


def cluster(azure: Azure, **changed: object) -> dict[str, Any]:
    """Inputs of a cluster, and all that it needs."""
    azure.network()
    gateway = azure.gateway(azure.address())
    subnet = azure.subnet("10.0.0.0/24", natGateway={"id": gateway.id})
    plane, kubelet = azure.identity("plane"), azure.identity("kubelet")
    if "no_role" not in changed:
        azure.role(subnet.id, NETWORK_CONTRIBUTOR, plane.outputs["principalId"])
    if "no_operator" not in changed:
        azure.role(kubelet.id, IDENTITY_OPERATOR, plane.outputs["principalId"])
    return {
        "resourceName": "main",
        "dnsPrefix": "main",
        "kubernetesVersion": "1.35",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [plane.id]},
        "identityProfile": {
            "kubeletidentity": {
                "resourceId": kubelet.id,
                "clientId": kubelet.outputs["clientId"],
                "objectId": kubelet.outputs["principalId"],
            }
        },
        "networkProfile": {
            "outboundType": "userAssignedNATGateway",
            "podCidr": "10.244.0.0/16",
            "serviceCidr": "10.1.0.0/16",
            "dnsServiceIP": "10.1.0.10",
            **cast("Mapping[str, object]", changed.get("network", {})),
        },
        "agentPoolProfiles": [
            {"name": "system", "mode": "System", "count": 2, "vnetSubnetID": subnet.id,
             **cast("Mapping[str, object]", changed.get("pool", {}))}
        ],
        **{key: value for key, value in changed.items() if key not in OF_HELPER},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        (
            {"kubernetesVersion": "1.20"},
            "K8sVersionNotSupported",
            "Managed cluster main is on version 1.20 which",
        ),
        (
            {"kubernetesVersion": "new"},
            "K8sVersionNotSupported",
            "Managed cluster main has invalid version new.",
        ),
        ({"dnsPrefix": "-x"}, "InvalidParameter", "dnsPrefix 1-54 characters"),
        (
            {"location": "uksouth"},
            "InvalidParameter",
            "The network of subnet .* is in westeurope, the cluster in",
        ),
        ({"pool": {"mode": "User"}}, "InvalidParameter", "Must define at least one system pool"),
        (
            {"pool": {"count": 300}},
            "InsufficientSubnetSize",
            "Subnet nodes with address prefix 10.0.0.0/24 does",
        ),
        (
            {"network": {"podCidr": "10.0.64.0/18"}},
            "NetworkProfileCIDROverlapVNET",
            "NetworkProfile CIDR 10.0.64",
        ),
        (
            {"network": {"serviceCidr": "10.0.0.0/18", "dnsServiceIP": "10.0.0.10"}},
            "ServiceCidrOverlapExistingSubnetsCidr",
            "The specified service CIDR 10.0.0.0/18 is conflicted with an existing subnet CIDR 10.0.0.0/24",
        ),
        ({"network": {"dnsServiceIP": "10.9.0.10"}}, "InvalidParameter", "dnsServiceIP 10.9.0.10 is outside"),
        ({"network": {"outboundType": "userDefinedRouting"}}, "InvalidParameter", ".* needs a routeTable on"),
        ({"no_role": True}, "LinkedAuthorizationFailed", ".*subnets/join/action' on the linked scope"),
        ({"no_operator": True}, "CustomKubeletIdentityMissingPermissionError", "The cluster user assigned"),
        (
            {"identity": {"userAssignedIdentities": ["/subscriptions/x"]}},
            "LinkedInvalidPropertyId",
            "Property id '/subscriptions/x' is",
        ),
    ],
)
def test_a_cluster_that_cannot_come_up_is_refused_before_it_starts(
    azure: Azure, changed: dict[str, object], code: str, message: str
) -> None:
    inputs = cluster(azure, **changed)
    with refused(code, message):
        azure.make("containerservice:ManagedCluster", "main", **inputs)


def test_a_preview_of_a_cluster_knows_inputs_and_nothing_of_what_azure_finds(azure: Azure) -> None:
    asked = {**cluster(azure), "resourceGroupName": "shop", "oidcIssuerProfile": {"enabled": True}}
    shown = azure.create("azure-native:containerservice:ManagedCluster", "main", asked, preview=True).outputs
    identity = cast("dict[str, dict[str, object]]", shown["identity"])["userAssignedIdentities"]
    asked_identity = cast("dict[str, list[str]]", asked["identity"])
    assert [*identity] == asked_identity["userAssignedIdentities"]
    assert cast("dict[str, object]", shown["oidcIssuerProfile"])["issuerURL"] is UNKNOWN


def test_a_preview_of_a_change_knows_inputs_name_and_location_alone(azure: Azure) -> None:
    identity = azure.identity("plane")
    shown = azure.update(identity, {**identity.inputs, "tags": {"a": "b"}}, preview=True).outputs
    assert shown.keys() == {"resourceGroupName", "resourceName", "tags", "name", "location"}


def test_what_a_stack_adopts_is_taken_to_be_there_and_is_nobodys_to_delete(azure: Azure) -> None:
    found = azure.invoke("azure-native:resources:getResourceGroup", {"resourceGroupName": "platform"})
    assert found["id"] == f"/subscriptions/{SUBSCRIPTION}/resourceGroups/platform"
    azure.address(resourceGroupName="platform")
    subnet = azure.invoke(
        "azure-native:network:getSubnet",
        {"resourceGroupName": "hub", "virtualNetworkName": "hub", "subnetName": "shop"},
    )
    assert str(subnet["id"]).endswith("/virtualNetworks/hub/subnets/shop")
    azure.role(str(subnet["id"]), NETWORK_CONTRIBUTOR, azure.identity("plane").outputs["principalId"])
    azure.invoke("azure-native:dns:getZone", {"resourceGroupName": "dns", "zoneName": "example.com"})
    azure.invoke(
        "azure-native:containerregistry:getRegistry", {"resourceGroupName": "x", "registryName": "ShopImages"}
    )
    assert {each.id.rpartition("/")[2] for each in remaining(azure.workspace)} >= {"shop", "address", "plane"}
    assert not {each.id.rpartition("/")[2] for each in remaining(azure.workspace)} & {
        "platform",
        "example.com",
        "ShopImages",
    }


def test_what_is_asked_for_within_the_stacks_own_group_has_to_be_there(azure: Azure) -> None:
    azure.network()
    where = {"resourceGroupName": "shop", "virtualNetworkName": "net", "subnetName": "misspelt"}
    with refused("ResourceNotFound", "The Resource '.*' under resource group 'shop' was not found."):
        azure.invoke("azure-native:network:getSubnet", where)
    where = {"resourceGroupName": "shop", "resourceName": "main"}
    with refused("ResourceNotFound", "The Resource 'Microsoft.ContainerService/ManagedClusters/main' under"):
        azure.invoke("azure-native:containerservice:listManagedClusterUserCredentials", where)


@pytest.mark.parametrize(
    ("changed", "code", "message"),
    [
        (
            {"kubernetesVersion": "1.36"},
            "OperationNotAllowed",
            "Upgrading Kubernetes version 1.34.3 to 1.36 is",
        ),
        ({"kubernetesVersion": "1.33"}, "K8sVersionNotSupported", "Managed cluster main is on version 1.33"),
        (
            {"agentPoolProfiles": [{"name": "system", "mode": "System"}, {"name": "more", "mode": "User"}]},
            "BadRequest",
            "A new agent pool was introduced.",
        ),
        (
            {"agentPoolProfiles": [{"name": "system", "mode": "System", "vmSize": "Standard_D8s_v5"}]},
            "PropertyChangeNotAllowed",
            "",
        ),
    ],
)
def test_what_a_cluster_cannot_become_is_refused(
    azure: Azure, changed: dict[str, object], code: str, message: str
) -> None:
    group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/shop"
    identity = f"{group}/providers/Microsoft.ContainerService/managedClusters/main"
    inputs: dict[str, object] = {
        "resourceGroupName": "shop",
        "resourceName": "main",
        "kubernetesVersion": "1.34",
        "location": "westeurope",
        "agentPoolProfiles": [{"name": "system", "mode": "System"}],
    }
    token = "azure-native:containerservice:ManagedCluster"  # noqa: S105 (a type's, not a secret)
    outputs = {**inputs, "name": "main", "currentKubernetesVersion": "1.34.3"}
    Store(azure.workspace, "azure-native").put(Resource(token, identity, "", "", inputs, outputs))
    made = Made(token, "main", identity, inputs, outputs)
    with refused(code, message):
        azure.update(made, {**inputs, **changed})
