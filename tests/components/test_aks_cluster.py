"""The cluster on Azure under mocks: what it registers, with which options, in which order."""

import subprocess
import sys
from typing import Any, cast

import pulumi
import pytest
import yaml

from components import AksCluster, AksClusterSpec
from components.cluster.aks.grants import granting
from components.types import Permissions
from tests.azure import ADDRESS, GROUP, ISSUER, SERVER, SUBSCRIPTION
from tests.deployments import Deployment, Registration, deploy

PRINCIPAL = "00000000-0000-4000-8000-00000000000a"
READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
SPEC: AksClusterSpec = {
    "subscription_id": SUBSCRIPTION,
    "location": "westeurope",
    "name": "shop-uat",
    "kubernetes_version": "1.36",
    "admins": {"platform": {"principal_id": PRINCIPAL}},
}
CHILDREN = {
    "azure-native:authorization:RoleAssignment main-admin-platform",
    "azure-native:authorization:RoleAssignment main-control-plane-addresses",
    "azure-native:authorization:RoleAssignment main-control-plane-kubelet",
    "azure-native:authorization:RoleAssignment main-control-plane-subnet",
    "azure-native:containerservice:AgentPool main-pool-apps",
    "azure-native:containerservice:MaintenanceConfiguration main-cluster-upgrades",
    "azure-native:containerservice:MaintenanceConfiguration main-node-upgrades",
    "azure-native:containerservice:ManagedCluster main",
    "azure-native:managedidentity:UserAssignedIdentity main-control-plane",
    "azure-native:managedidentity:UserAssignedIdentity main-kubelet",
    "azure-native:network:NatGateway main-nat",
    "azure-native:network:PublicIPAddress main-ingress-address",
    "azure-native:network:PublicIPAddress main-nat-address",
    "azure-native:network:Subnet main-subnet",
    "azure-native:network:VirtualNetwork main-network",
    "azure-native:resources:ResourceGroup main-group",
    "pulumi:providers:azure-native main",
    "pulumi:providers:kubernetes main",
}
COMPONENT = "flotilla:index:AksCluster main"
ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"


def cluster(**changed: object) -> Deployment:
    return deploy(lambda: AksCluster("main", spec(**changed)))


def spec(**changed: object) -> AksClusterSpec:
    return cast("AksClusterSpec", {**SPEC, **changed})


def inputs_of(deployment: Deployment, label: str) -> dict[str, Any]:
    return deployment.get(label).inputs


def azures(deployment: Deployment) -> list[Registration]:
    return [each for each in deployment.registrations if each.type.startswith("azure-native:")]


def test_the_default_is_exactly_these_resources() -> None:
    assert set(cluster().labels) == {COMPONENT, *CHILDREN}


def test_each_pool_is_a_resource_of_its_own() -> None:
    found = cluster(node_pools={"apps": {}, "batch": {"spot": True, "min_size": 0, "labels": {"team": "x"}}})
    assert set(found.labels) == {
        COMPONENT,
        *CHILDREN,
        "azure-native:containerservice:AgentPool main-pool-batch",
    }
    batch = inputs_of(found, "azure-native:containerservice:AgentPool main-pool-batch")
    assert (batch["minCount"], batch["maxCount"], batch["scaleSetPriority"]) == (0, 3, "Spot")
    assert batch["nodeLabels"] == {"team": "x", "kubernetes.azure.com/scalesetpriority": "spot"}
    assert batch["nodeTaints"] == ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]


def test_an_adopted_group_is_used_and_not_created() -> None:
    found = cluster(resource_group="platform")
    assert set(found.labels) == {COMPONENT, *CHILDREN} - {"azure-native:resources:ResourceGroup main-group"}
    for each in azures(found):
        assert each.inputs.get("resourceGroupName", "platform") == "platform", each.label


def test_an_adopted_subnet_takes_the_place_of_the_network() -> None:
    subnet = f"{GROUP}/network/providers/Microsoft.Network/virtualNetworks/hub/subnets/shop"
    found = cluster(network={"subnet_id": subnet})
    network = {"VirtualNetwork main-network", "Subnet main-subnet", "NatGateway main-nat"}
    gone = {f"azure-native:network:{each}" for each in {*network, "PublicIPAddress main-nat-address"}}
    assert set(found.labels) == {COMPONENT, *CHILDREN} - gone
    managed = inputs_of(found, "azure-native:containerservice:ManagedCluster main")
    assert managed["agentPoolProfiles"][0]["vnetSubnetID"] == subnet
    role = inputs_of(found, "azure-native:authorization:RoleAssignment main-control-plane-subnet")
    assert role["scope"] == subnet


def test_without_static_addresses_none_is_reserved_and_no_right_is_given() -> None:
    found = cluster(static_addresses=False)
    assert set(found.labels) == {COMPONENT, *CHILDREN} - {
        "azure-native:network:PublicIPAddress main-ingress-address",
        "azure-native:authorization:RoleAssignment main-control-plane-addresses",
    }


def test_with_outbound_by_the_load_balancer_there_is_no_gateway() -> None:
    found = cluster(network={"outbound": "loadBalancer"})
    assert set(found.labels) == {COMPONENT, *CHILDREN} - {
        "azure-native:network:NatGateway main-nat",
        "azure-native:network:PublicIPAddress main-nat-address",
    }
    assert "natGateway" not in inputs_of(found, "azure-native:network:Subnet main-subnet")


@pytest.mark.parametrize(
    ("registry", "scope", "made"),
    [
        (
            {"name": "ShopImages"},
            f"{GROUP}/shop-uat/providers/Microsoft.ContainerRegistry/registries/ShopImages",
            {"azure-native:containerregistry:Registry main-registry"},
        ),
        (
            {"id": f"{GROUP}/images/providers/Microsoft.ContainerRegistry/registries/ShopImages"},
            f"{GROUP}/images/providers/Microsoft.ContainerRegistry/registries/ShopImages",
            set[str](),
        ),
    ],
)
def test_nodes_may_pull_from_the_registry(registry: dict[str, str], scope: str, made: set[str]) -> None:
    found = cluster(registry=registry)
    right = "azure-native:authorization:RoleAssignment main-kubelet-registry"
    assert set(found.labels) == {COMPONENT, *CHILDREN, right, *made}
    assert inputs_of(found, right)["scope"] == scope
    assert inputs_of(found, right)["principalId"] == "principal-of-shop-uat-kubelet"


def test_every_resource_is_a_child_with_the_clusters_own_provider() -> None:
    for each in azures(cluster(registry={"name": "ShopImages"})):
        assert each.parent == COMPONENT
        assert "pulumi:providers:azure-native::main" in each.provider, each.label


def test_the_provider_is_of_the_subscription_and_its_location() -> None:
    provider = inputs_of(cluster(), "pulumi:providers:azure-native main")
    assert (provider["subscriptionId"], provider["location"]) == (SUBSCRIPTION, "westeurope")


@pytest.mark.parametrize("protected", [True, False])
def test_what_holds_addresses_data_or_the_cluster_is_protected_if_it_is_asked_for(protected: bool) -> None:  # noqa: FBT001
    found = cluster(deletion_protection=protected, registry={"name": "ShopImages"})
    expected = {
        "azure-native:containerregistry:Registry main-registry",
        "azure-native:containerservice:ManagedCluster main",
        "azure-native:network:PublicIPAddress main-ingress-address",
        "azure-native:network:PublicIPAddress main-nat-address",
        "azure-native:network:Subnet main-subnet",
        "azure-native:network:VirtualNetwork main-network",
        "azure-native:resources:ResourceGroup main-group",
    }
    assert {each.label for each in found.registrations if each.protect} == (expected if protected else set())


def test_the_cluster_has_entra_accounts_alone_cilium_and_an_issuer() -> None:
    managed = inputs_of(cluster(), "azure-native:containerservice:ManagedCluster main")
    assert managed["sku"] == {"name": "Base", "tier": "Free"}
    assert managed["disableLocalAccounts"] is True
    assert managed["aadProfile"] == {"managed": True, "enableAzureRBAC": True}
    assert managed["oidcIssuerProfile"] == {"enabled": True}
    assert managed["securityProfile"]["workloadIdentity"] == {"enabled": True}
    assert managed["autoUpgradeProfile"] == {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}
    assert managed["networkProfile"] == {
        "networkPlugin": "azure",
        "networkPluginMode": "overlay",
        "networkDataplane": "cilium",
        "networkPolicy": "cilium",
        "podCidr": "10.244.0.0/16",
        "serviceCidr": "10.0.0.0/16",
        "dnsServiceIP": "10.0.0.10",
        "loadBalancerSku": "standard",
        "outboundType": "userAssignedNATGateway",
    }


def test_the_kubelets_have_the_identity_that_may_pull() -> None:
    managed = inputs_of(cluster(), "azure-native:containerservice:ManagedCluster main")
    assert managed["identityProfile"]["kubeletidentity"] == {
        "resourceId": (
            f"{GROUP}/shop-uat/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-uat-kubelet"
        ),
        "clientId": "client-of-shop-uat-kubelet",
        "objectId": "principal-of-shop-uat-kubelet",
    }


def test_nodes_are_of_the_clusters_version_in_all_zones_and_counted_by_the_autoscaler() -> None:
    found = cluster(system_pool={"vm_size": "Standard_D4s_v5"})
    managed = found.get("azure-native:containerservice:ManagedCluster main")
    (system,) = managed.inputs["agentPoolProfiles"]
    apps = found.get("azure-native:containerservice:AgentPool main-pool-apps")
    for pool in (system, apps.inputs):
        assert pool["orchestratorVersion"] == managed.inputs["kubernetesVersion"] == "1.36"
        assert pool["availabilityZones"] == ["1", "2", "3"]
        assert pool["enableAutoScaling"] is True
    assert system["nodeTaints"] == ["CriticalAddonsOnly=true:NoSchedule"]
    assert (system["mode"], apps.inputs["mode"]) == ("System", "User")
    assert managed.ignore_changes == ("agentPoolProfiles[0].count",)
    assert apps.ignore_changes == ("count",)


def test_a_location_without_zones_has_none() -> None:
    found = cluster(location="westus")
    managed = inputs_of(found, "azure-native:containerservice:ManagedCluster main")
    assert managed["agentPoolProfiles"][0]["availabilityZones"] == []
    assert inputs_of(found, "azure-native:network:PublicIPAddress main-nat-address")["zones"] == []


def test_the_api_is_reached_from_the_given_blocks_and_by_the_nodes() -> None:
    found = cluster(endpoint_access={"public_cidrs": ["198.51.100.0/24"]})
    managed = inputs_of(found, "azure-native:containerservice:ManagedCluster main")
    assert managed["apiServerAccessProfile"] == {
        "enablePrivateCluster": False,
        "authorizedIPRanges": ["198.51.100.0/24", f"{ADDRESS}/32"],
    }


def test_upgrades_have_a_window_and_none_where_there_are_none() -> None:
    found = cluster(upgrade_channel="none", maintenance_window={"day": "Tuesday", "start": "22:30"})
    windows = found.of_type("azure-native:containerservice:MaintenanceConfiguration")
    assert set(windows) == {"main-node-upgrades"}
    inputs = windows["main-node-upgrades"].inputs
    assert inputs["configName"] == "aksManagedNodeOSUpgradeSchedule"
    assert inputs["maintenanceWindow"] == {
        "schedule": {"weekly": {"dayOfWeek": "Tuesday", "intervalWeeks": 1}},
        "startTime": "22:30",
        "durationHours": 4,
        "utcOffset": "+00:00",
    }


def test_admins_get_the_role_on_the_cluster() -> None:
    role = inputs_of(cluster(), "azure-native:authorization:RoleAssignment main-admin-platform")
    assert role == {
        "scope": f"{GROUP}/shop-uat/providers/Microsoft.ContainerService/managedClusters/shop-uat",
        "roleDefinitionId": f"{ROLES}/b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
        "principalId": PRINCIPAL,
        "principalType": "Group",
    }


def test_the_identifier_is_plain_and_the_kubeconfig_secret_and_without_a_token() -> None:
    provider = cluster().get("pulumi:providers:kubernetes main")
    assert provider.inputs["clusterIdentifier"] == f"azure:{SUBSCRIPTION}:westeurope:shop-uat"
    assert provider.secrets == {"kubeconfig"}
    contents = yaml.safe_load(provider.inputs["kubeconfig"])
    (user,) = contents["users"]
    assert set(user["user"]) == {"exec"}
    plugin = user["user"]["exec"]
    assert (plugin["command"], plugin["interactiveMode"]) == ("kubelogin", "Never")
    assert plugin["args"] == [
        "get-token",
        "--login",
        "azurecli",
        "--server-id",
        "6dae42f8-4368-4678-94ff-3960e28e3630",
    ]
    assert contents["clusters"][0]["cluster"] == {"server": SERVER, "certificate-authority-data": "Q0E="}
    assert "devicecode" not in provider.inputs["kubeconfig"]


def test_the_login_can_be_a_pipelines() -> None:
    provider = cluster(login="workloadidentity").get("pulumi:providers:kubernetes main")
    assert "--login\n      - workloadidentity" in provider.inputs["kubeconfig"]


def test_what_is_on_the_cluster_goes_before_nodes_roles_network_and_addresses() -> None:
    provider = cluster(registry={"name": "ShopImages"}).get("pulumi:providers:kubernetes main")
    windows = {each for each in CHILDREN if "MaintenanceConfiguration" in each}
    providers = {"pulumi:providers:azure-native main", "pulumi:providers:kubernetes main"}
    identities = {each for each in CHILDREN if "UserAssignedIdentity" in each}
    assert provider.depends_on >= CHILDREN - windows - providers - identities | {
        "azure-native:containerregistry:Registry main-registry",
        "azure-native:authorization:RoleAssignment main-kubelet-registry",
    }


def test_the_cluster_goes_before_the_rights_that_it_works_with() -> None:
    managed = cluster().get("azure-native:containerservice:ManagedCluster main")
    assert managed.depends_on >= {
        "azure-native:authorization:RoleAssignment main-control-plane-addresses",
        "azure-native:authorization:RoleAssignment main-control-plane-kubelet",
        "azure-native:authorization:RoleAssignment main-control-plane-subnet",
        "azure-native:network:NatGateway main-nat",
        "azure-native:network:Subnet main-subnet",
    }


def test_identities_keep_their_tags_so_that_no_role_is_shown_as_replaced() -> None:
    found = cluster(labels={"cost-centre": "4711"})
    for each in found.of_type("azure-native:managedidentity:UserAssignedIdentity").values():
        assert each.inputs["tags"] == {"cost-centre": "4711"}
        assert each.ignore_changes == ("tags",)


def with_offers(**changed: object) -> dict[str, Any]:
    def program() -> None:
        made = AksCluster("main", spec(**changed))
        pulumi.export("cluster", made.exported)

    return deploy(program).exports["cluster"]


def test_services_learn_what_they_need() -> None:
    prefix = "service.beta.kubernetes.io/azure-load-balancer"
    offered = with_offers(registry={"name": "ShopImages"})
    assert offered["loadBalancer"] == {
        "annotations": {f"{prefix}-health-probe-protocol": "tcp"},
        "externalTrafficPolicy": "Local",
    }
    assert offered["entrance"] == {
        "annotations": {
            f"{prefix}-health-probe-protocol": "tcp",
            f"{prefix}-ipv4": ADDRESS,
            f"{prefix}-resource-group": "shop-uat",
        },
        "externalTrafficPolicy": "Local",
    }
    assert offered["ingressAddresses"] == [ADDRESS]
    assert offered["storageClass"] == "managed-csi"
    assert offered["registry"] == "shopimages.azurecr.io"
    assert offered["grantor"] == {
        "cloud": "azure",
        "subscription": SUBSCRIPTION,
        "location": "westeurope",
        "resourceGroup": "shop-uat",
        "name": "shop-uat",
        "issuer": ISSUER,
    }


def test_without_addresses_the_entrance_is_like_any_load_balancer() -> None:
    offered = with_offers(static_addresses=False)
    assert offered["entrance"] == offered["loadBalancer"]
    assert offered["ingressAddresses"] == []


PERMISSIONS: Permissions = {"azure": {"roles": [{"role": READER, "scope": f"{GROUP}/data"}]}}


def with_grant(permissions: Permissions) -> Deployment:
    def program() -> None:
        made = AksCluster("main", SPEC)
        pulumi.export("identity", made.grant("cart", "shop", "cart", permissions))

    return deploy(program)


def test_a_service_gets_an_identity_of_its_own_before_its_pods() -> None:
    found = with_grant(PERMISSIONS)
    assert found.exports["identity"] == {
        "service_account_annotations": {"azure.workload.identity/client-id": "client-of-shop-uat-shop-cart"},
        "pod_labels": {"azure.workload.identity/use": "true"},
    }
    credential = found.get(
        "azure-native:managedidentity:FederatedIdentityCredential main-grant-cart-credential"
    )
    assert credential.inputs == {
        "resourceGroupName": "shop-uat",
        "resourceName": "shop-uat-shop-cart",
        "federatedIdentityCredentialResourceName": "kubernetes",
        "issuer": ISSUER,
        "subject": "system:serviceaccount:shop:cart",
        "audiences": ["api://AzureADTokenExchange"],
    }
    (role,) = [
        each for each in azures(found) if each.name.startswith("main-grant-cart-") and each != credential
    ]
    assert role.inputs["scope"] == f"{GROUP}/data"
    assert role.inputs["roleDefinitionId"] == f"{ROLES}/{READER}"
    assert role.inputs["principalId"] == "principal-of-shop-uat-shop-cart"
    identity = found.get("azure-native:managedidentity:UserAssignedIdentity main-grant-cart")
    assert "azure-native:resources:ResourceGroup main-group" in identity.depends_on


@pytest.mark.parametrize("permissions", [{}, {"azure": {"roles": []}}, {"gcp": {"roles": ["roles/viewer"]}}])
def test_without_permissions_on_azure_there_is_no_identity(permissions: Permissions) -> None:
    assert with_grant(permissions).exports["identity"] is None


def test_a_stack_that_shares_the_cluster_grants_by_what_its_owner_exports() -> None:
    def program() -> None:
        owner = AksCluster("main", SPEC)
        component = pulumi.ComponentResource("flotilla:index:SharedCluster", "shared")
        known = cast("dict[str, pulumi.Input[str]]", owner.exported["grantor"])
        pulumi.export("identity", granting(component, "shared", known)("cart", "pr-7", "cart", PERMISSIONS))

    found = deploy(program)
    made = found.get("azure-native:managedidentity:UserAssignedIdentity shared-grant-cart")
    assert made.inputs["resourceName"] == "shop-uat-pr-7-cart"
    assert "pulumi:providers:azure-native::shared" in made.provider


@pytest.mark.parametrize(
    ("host", "name", "relative"),
    [
        ("www.uat.shop.example.com", "main-record-www.uat", "www.uat"),
        ("*.uat.shop.example.com", "main-record-wildcard.uat", "*.uat"),
        ("*", "main-record-wildcard", "*"),
        ("shop.example.com", "main-record-apex", "@"),
    ],
)
def test_a_host_gets_a_record_in_the_zone(host: str, name: str, relative: str) -> None:
    zone = {"dns_zone": "shop.example.com", "dns_zone_resource_group": "dns"}
    found = deploy(lambda: AksCluster("main", spec(**zone)).dns_record(host))
    assert inputs_of(found, f"azure-native:dns:RecordSet {name}") == {
        "resourceGroupName": "dns",
        "zoneName": "shop.example.com",
        "recordType": "A",
        "relativeRecordSetName": relative,
        "ttl": 300,
        "aRecords": [{"ipv4Address": ADDRESS}],
    }


def test_a_host_outside_the_zone_is_refused_and_without_a_zone_there_is_no_record() -> None:
    zone = {"dns_zone": "shop.example.com", "dns_zone_resource_group": "dns"}
    with pytest.raises(
        ValueError, match=r"^www.example.org is not in the DNS zone shop.example.com. Choose "
    ):
        deploy(lambda: AksCluster("main", spec(**zone)).dns_record("www.example.org"))
    found = deploy(lambda: AksCluster("main", SPEC).dns_record("www.example.org"))
    assert set(found.labels) == {COMPONENT, *CHILDREN}


def test_a_wrong_specification_is_refused_with_all_that_is_wrong_before_anything_is_registered() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        cluster(admins={}, location="westeurop")
    lines = str(caught.value).splitlines()
    assert [line.partition(". ")[0].partition("? ")[0] for line in lines] == [
        'AksCluster main: location: "westeurop" is no location of Azure; did you mean "westeurope"',
        "AksCluster main: admins: nobody could do anything in the cluster",
    ]


def test_only_azures_sdk_is_loaded() -> None:
    program = (
        "import sys\n"
        "from components import AksCluster\n"
        "from tests.components.test_aks_cluster import cluster\n"
        "cluster()\n"
        "sdks = ['pulumi_aws', 'pulumi_azure_native', 'pulumi_gcp']\n"
        "print([name for name in sdks if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "['pulumi_azure_native']"
