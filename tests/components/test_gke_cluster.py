"""`GkeCluster` under mocks: what it registers for Autopilot, for node pools and in an adopted network."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pulumi
import pytest
import yaml

from components import GkeCluster, GkeClusterSpec, Service
from components.types import GkeEndpoint, GkeReleaseChannel, TaintEffect
from tests.deployments import Deployment, Registration, deploy

AUTOPILOT: GkeClusterSpec = {
    "project": "acme-dev",
    "region": "europe-west1",
    "name": "shop",
    "kubernetes_version": "1.36",
    "labels": {"cost-centre": "4711"},
    "deletion_protection": True,
}
STANDARD: GkeClusterSpec = {
    **AUTOPILOT,
    "node_pools": {
        "default": {"min_size": 2, "max_size": 6},
        "batch": {
            "machine_type": "c4-standard-8",
            "spot": True,
            "min_size": 0,
            "max_size": 20,
            "labels": {"workload": "batch"},
            "taints": [{"key": "workload", "value": "batch", "effect": TaintEffect.NO_SCHEDULE}],
        },
    },
}
ADOPTED: GkeClusterSpec = {
    **AUTOPILOT,
    "network": {
        "existing_network": "shared",
        "existing_subnetwork": "shared-eu",
        "pods_range": "shop-pods",
        "services_range": "shop-services",
    },
}
WHOLE: GkeClusterSpec = {
    **STANDARD,
    "network": {"egress_addresses": 2},
    "repository": "shop",
    "pull_from": ["projects/acme-images/locations/europe/repositories/base"],
    "dns_zone": "shop-example-com",
    "release_channel": GkeReleaseChannel.STABLE,
    "kubernetes_version": "1.35",
    "maintenance_window": {"days": ["SU", "SA"], "start": "22:00", "hours": 6},
}
ALL = {"autopilot": AUTOPILOT, "standard": STANDARD, "adopted": ADOPTED, "whole": WHOLE}

APIS = {f"gcp:projects/service:Service main-api-{api}" for api in ("compute", "container", "iam")} | {
    "gcp:projects/service:Service main-api-cloudresourcemanager"
}
ALWAYS = APIS | {
    "flotilla:index:GkeCluster main",
    "pulumi:providers:gcp main",
    "gcp:serviceaccount/account:Account main-nodes",
    "gcp:projects/iAMMember:IAMMember main-nodes-role",
    "gcp:container/cluster:Cluster main",
    "gcp:compute/address:Address main-ingress",
    "pulumi:providers:kubernetes main",
}
NETWORK = {
    "gcp:compute/network:Network main-network",
    "gcp:compute/subnetwork:Subnetwork main-subnetwork",
    "gcp:compute/router:Router main-router",
    "gcp:compute/routerNat:RouterNat main-nat",
}
CLUSTER = "gcp:container/cluster:Cluster main"


def created(spec: GkeClusterSpec) -> Deployment:
    def program() -> None:
        cluster = GkeCluster("main", spec)
        pulumi.export("kubeconfig", pulumi.Output.unsecret(cluster.kubeconfig))
        pulumi.export("identifier", cluster.identifier)
        pulumi.export("addresses", cluster.ingress_addresses)
        pulumi.export("storage_class", cluster.storage_class)
        pulumi.export("registry", cluster.registry)
        pulumi.export("entrance", cluster.entrance)
        pulumi.export("load_balancer", cluster.load_balancer)

    return deploy(program)


def cluster_of(spec: GkeClusterSpec) -> Registration:
    return created(spec).get(CLUSTER)


def test_an_autopilot_cluster_is_exactly_this() -> None:
    assert set(created(AUTOPILOT).labels) == ALWAYS | NETWORK


def test_a_standard_cluster_has_its_node_pools_besides() -> None:
    pools = {
        "gcp:container/nodePool:NodePool main-pool-default",
        "gcp:container/nodePool:NodePool main-pool-batch",
    }
    assert set(created(STANDARD).labels) == ALWAYS | NETWORK | pools


def test_an_adopted_network_gets_nothing_of_the_clusters() -> None:
    deployment = created(ADOPTED)
    assert set(deployment.labels) == ALWAYS
    inputs = deployment.get(CLUSTER).inputs
    assert inputs["network"] == "projects/acme-dev/global/networks/shared"
    assert inputs["subnetwork"] == "projects/acme-dev/regions/europe-west1/subnetworks/shared-eu"
    assert inputs["ipAllocationPolicy"] == {
        "clusterSecondaryRangeName": "shop-pods",
        "servicesSecondaryRangeName": "shop-services",
    }


def test_what_is_asked_for_besides_adds_its_own_resources() -> None:
    assert set(created(WHOLE).labels) - set(created(STANDARD).labels) == {
        "gcp:projects/service:Service main-api-artifactregistry",
        "gcp:projects/service:Service main-api-dns",
        "gcp:artifactregistry/repository:Repository main-repository",
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember main-repository-pull",
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember main-pull-acme-images-europe-base",
        "gcp:compute/address:Address main-egress-1",
        "gcp:compute/address:Address main-egress-2",
    }


def test_a_cluster_without_static_addresses_reserves_none() -> None:
    deployment = created({**AUTOPILOT, "static_addresses": False})
    assert not deployment.of_type("gcp:compute/address:Address")
    assert deployment.exports["addresses"] == []
    assert "address" not in deployment.exports["entrance"]


@pytest.mark.parametrize("spec", ALL.values(), ids=ALL)
def test_everything_has_the_component_as_parent_and_an_explicit_provider(spec: GkeClusterSpec) -> None:
    for each in created(spec).registrations:
        if each.type.startswith("gcp:"):
            assert each.parent == "flotilla:index:GkeCluster main"
            assert "pulumi:providers:gcp::main" in each.provider
            assert each.inputs["project"] in {"acme-dev", "acme-images"}


@pytest.mark.parametrize("spec", ALL.values(), ids=ALL)
def test_deletion_protection_is_pulumis_and_the_clouds(spec: GkeClusterSpec) -> None:
    kept = {"Cluster", "Network", "Subnetwork", "Address", "Repository"}
    for each in created(spec).registrations:
        if each.type.startswith("gcp:"):
            assert each.protect == (each.type.rpartition(":")[2] in kept), each.label
    assert cluster_of(spec).inputs["deletionProtection"] is True


def test_without_deletion_protection_nothing_is_protected() -> None:
    deployment = created({**WHOLE, "deletion_protection": False})
    assert not any(each.protect for each in deployment.registrations)
    assert deployment.get(CLUSTER).inputs["deletionProtection"] is False


def test_the_cloud_is_one_project_and_region_with_labels_for_all() -> None:
    assert created(AUTOPILOT).get("pulumi:providers:gcp main").inputs == {
        "project": "acme-dev",
        "region": "europe-west1",
        "defaultLabels": json.dumps({"cost-centre": "4711"}),
    }


def test_apis_stay_enabled_when_the_cluster_goes() -> None:
    for each in created(WHOLE).of_type("gcp:projects/service:Service").values():
        assert each.inputs["disableOnDestroy"] is False


def test_an_autopilot_cluster_leaves_to_google_cloud_what_would_replace_it() -> None:
    cluster = cluster_of(AUTOPILOT)
    assert cluster.inputs["enableAutopilot"] is True
    assert cluster.inputs["clusterAutoscaling"]["autoProvisioningDefaults"] == {
        "serviceAccount": "nodes@acme-dev.iam.gserviceaccount.com"
    }
    unset = {
        "nodeConfig",
        "dnsConfig",
        "datapathProvider",
        "verticalPodAutoscaling",
        "workloadIdentityConfig",
    }
    assert not unset & set(cluster.inputs)
    assert {"nodeConfig", "dnsConfig"} <= set(cluster.ignore_changes)


def test_a_standard_cluster_starts_with_a_pool_that_goes_at_once_and_is_not_the_default_account() -> None:
    inputs = cluster_of(STANDARD).inputs
    assert inputs["removeDefaultNodePool"] is True
    assert inputs["initialNodeCount"] == 1
    assert inputs["nodeConfig"]["serviceAccount"] == "nodes@acme-dev.iam.gserviceaccount.com"
    assert inputs["datapathProvider"] == "ADVANCED_DATAPATH"
    assert inputs["workloadIdentityConfig"] == {"workloadPool": "acme-dev.svc.id.goog"}
    assert "enableAutopilot" not in inputs


def test_node_pools_count_their_nodes_over_all_zones() -> None:
    pools = created(STANDARD).of_type("gcp:container/nodePool:NodePool")
    default, batch = pools["main-pool-default"], pools["main-pool-batch"]
    assert default.inputs["name"] == "default"
    assert default.inputs["nodeConfig"]["machineType"] == "e2-standard-4"
    assert default.inputs["autoscaling"] == {
        "totalMinNodeCount": 2,
        "totalMaxNodeCount": 6,
        "locationPolicy": "ANY",
    }
    assert batch.inputs["initialNodeCount"] == 0
    assert batch.inputs["nodeConfig"]["spot"] is True
    assert batch.inputs["nodeConfig"]["taints"] == [
        {"key": "workload", "value": "batch", "effect": "NO_SCHEDULE"}
    ]
    assert {"initialNodeCount"} == set(default.ignore_changes)


def test_nodes_are_private_and_the_api_is_a_name_without_a_public_address() -> None:
    inputs = cluster_of(AUTOPILOT).inputs
    assert inputs["privateClusterConfig"] == {"enablePrivateNodes": True}
    assert inputs["controlPlaneEndpointsConfig"] == {
        "dnsEndpointConfig": {"allowExternalTraffic": True},
        "ipEndpointsConfig": {"enabled": False},
    }


def test_cidr_blocks_of_callers_make_the_api_an_address_with_an_authority() -> None:
    deployment = created({**AUTOPILOT, "endpoint_access": {"public_cidrs": ["203.0.113.0/24"]}})
    inputs = deployment.get(CLUSTER).inputs
    assert inputs["controlPlaneEndpointsConfig"]["ipEndpointsConfig"] == {"enabled": True}
    assert inputs["controlPlaneEndpointsConfig"]["dnsEndpointConfig"] == {"allowExternalTraffic": False}
    assert inputs["masterAuthorizedNetworksConfig"] == {"cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}]}
    (cluster,) = yaml.safe_load(deployment.exports["kubeconfig"])["clusters"]
    assert cluster["cluster"] == {"server": "https://192.0.2.9", "certificate-authority-data": "Y2E="}


def test_a_private_api_is_reached_from_the_clouds_networks_only() -> None:
    by_name = cluster_of({**AUTOPILOT, "endpoint_access": {"public": False}}).inputs
    assert by_name["controlPlaneEndpointsConfig"]["dnsEndpointConfig"] == {"allowExternalTraffic": False}
    by_address = cluster_of(
        {**AUTOPILOT, "endpoint": GkeEndpoint.IP, "endpoint_access": {"public": False}}
    ).inputs
    assert by_address["privateClusterConfig"] == {"enablePrivateNodes": True, "enablePrivateEndpoint": True}


def test_the_kubeconfig_asks_a_plugin_and_holds_no_credential() -> None:
    deployment = created(AUTOPILOT)
    contents = yaml.safe_load(deployment.exports["kubeconfig"])
    (cluster,), (user,) = contents["clusters"], contents["users"]
    assert cluster["cluster"] == {"server": "https://gke-0.europe-west1.gke.goog"}
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["command"] == "gke-gcloud-auth-plugin"
    assert user["user"]["exec"]["provideClusterInfo"] is True
    assert "kubeconfig" in deployment.get("pulumi:providers:kubernetes main").secrets


def test_the_identifier_is_plain() -> None:
    deployment = created(AUTOPILOT)
    assert deployment.exports["identifier"] == "gcp:acme-dev:europe-west1:shop"
    provider = deployment.get("pulumi:providers:kubernetes main")
    assert provider.inputs["clusterIdentifier"] == "gcp:acme-dev:europe-west1:shop"
    assert "clusterIdentifier" not in provider.secrets


def test_what_is_on_the_cluster_goes_before_nodes_way_out_and_addresses() -> None:
    waits = created(WHOLE).get("pulumi:providers:kubernetes main").depends_on
    assert waits >= {
        CLUSTER,
        "gcp:container/nodePool:NodePool main-pool-default",
        "gcp:container/nodePool:NodePool main-pool-batch",
        "gcp:compute/routerNat:RouterNat main-nat",
        "gcp:compute/address:Address main-ingress",
        "gcp:projects/iAMMember:IAMMember main-nodes-role",
        "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember main-repository-pull",
    }


def test_the_cluster_waits_for_what_its_nodes_may() -> None:
    assert cluster_of(AUTOPILOT).depends_on >= {"gcp:projects/iAMMember:IAMMember main-nodes-role"} | APIS


def test_reserved_addresses_of_what_leaves_are_the_nats() -> None:
    nat = created(WHOLE).get("gcp:compute/routerNat:RouterNat main-nat")
    assert nat.inputs["natIpAllocateOption"] == "MANUAL_ONLY"
    assert created(AUTOPILOT).get(nat.label).inputs["natIpAllocateOption"] == "AUTO_ONLY"


def test_load_balancers_get_the_reserved_address_and_keep_the_clients() -> None:
    exports = created(AUTOPILOT).exports
    assert exports["load_balancer"] == {
        "annotations": {"cloud.google.com/l4-rbs": "enabled"},
        "external_traffic_policy": "Local",
    }
    assert exports["entrance"] == {**exports["load_balancer"], "address": "192.0.2.8"}
    assert exports["addresses"] == ["192.0.2.8"]
    assert exports["storage_class"] == "standard-rwo"


def test_the_registry_is_the_repository_of_the_clusters_own() -> None:
    assert created(WHOLE).exports["registry"] == "europe-west1-docker.pkg.dev/acme-dev/shop"
    assert not created(AUTOPILOT).exports["registry"]


def test_a_maintenance_window_is_told_in_google_clouds_words() -> None:
    assert cluster_of(WHOLE).inputs["maintenancePolicy"]["recurringWindow"] == {
        "startTime": "2026-01-01T22:00:00Z",
        "endTime": "2026-01-02T04:00:00Z",
        "recurrence": "FREQ=WEEKLY;BYDAY=SA,SU",
    }


def test_a_grant_binds_roles_to_the_service_account_itself() -> None:
    def program() -> None:
        cluster = GkeCluster("main", AUTOPILOT)
        roles = ["roles/storage.objectViewer", "roles/pubsub.publisher"]
        identity = cluster.grant("cart", "shop", "carts", {"gcp": {"roles": roles}})
        assert identity is not None
        pulumi.export("annotations", identity["service_account_annotations"])

    deployment = deploy(program)
    members = deployment.of_type("gcp:projects/iAMMember:IAMMember")
    assert set(members) == {"main-nodes-role", "main-cart-storage.objectViewer", "main-cart-pubsub.publisher"}
    viewer = members["main-cart-storage.objectViewer"]
    assert viewer.inputs == {
        "project": "acme-dev",
        "role": "roles/storage.objectViewer",
        "member": (
            "principal://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/"
            "acme-dev.svc.id.goog/subject/ns/shop/sa/carts"
        ),
    }
    assert CLUSTER in viewer.depends_on
    assert deployment.exports["annotations"] == {}


def test_a_service_account_waits_for_the_grant() -> None:
    def program() -> None:
        cluster = GkeCluster("main", AUTOPILOT)
        identity = cluster.grant("cart", "shop", "cart", {"gcp": {"roles": ["roles/pubsub.publisher"]}})
        assert identity is not None
        Service(
            "cart",
            {"owner": "carts", "release": "v1", "namespace": "shop", "identity": identity},
            pulumi.ResourceOptions(providers=[cluster.provider]),
        )

    account = deploy(program).get("kubernetes:core/v1:ServiceAccount cart-account")
    assert "gcp:projects/iAMMember:IAMMember main-cart-pubsub.publisher" in account.depends_on


def test_permissions_on_other_clouds_grant_nothing_here() -> None:
    def program() -> None:
        cluster = GkeCluster("main", AUTOPILOT)
        assert (
            cluster.grant("cart", "shop", "cart", {"aws": {"policy_arns": ["arn:aws:iam::aws:policy/X"]}})
            is None
        )

    assert set(deploy(program).labels) == ALWAYS | NETWORK


def test_a_record_points_at_the_reserved_address() -> None:
    def program() -> None:
        cluster = GkeCluster("main", WHOLE)
        assert cluster.dns_record("www.shop.example.com") is not None
        assert GkeCluster("other", {**AUTOPILOT, "name": "other"}).dns_record("www.shop.example.com") is None

    (record,) = deploy(program).of_type("gcp:dns/recordSet:RecordSet").values()
    assert record.name == "main-record-www.shop.example.com"
    assert record.inputs == {
        "managedZone": "shop-example-com",
        "project": "acme-dev",
        "name": "www.shop.example.com.",
        "type": "A",
        "ttl": 300,
        "rrdatas": ["192.0.2.8"],
    }


def test_two_clusters_share_no_name() -> None:
    def program() -> None:
        GkeCluster("main", WHOLE)
        GkeCluster("main-pool", {**WHOLE, "name": "other"})

    labels = deploy(program).labels
    assert len(labels) == len(set(labels))


def test_a_cluster_that_contradicts_itself_is_refused_before_anything_of_it_is_registered() -> None:
    wrong = cast("GkeClusterSpec", {**AUTOPILOT, "project": "", "kubernetes_version": "1.2"})
    with pytest.raises(ValueError, match="GkeCluster main: project: is missing") as caught:
        created(wrong)
    assert "kubernetesVersion" in str(caught.value)


def test_only_google_clouds_sdk_is_loaded() -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.deployments import deploy
from components import GkeCluster
assert not any(name.startswith(("pulumi_gcp.compute.", "pulumi_gcp.container.")) for name in sys.modules)
deploy(lambda: GkeCluster("main", {AUTOPILOT!r}))
print(*sorted({{name.partition(".")[0] for name in sys.modules if name.startswith("pulumi_")}}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded: Any = done.stdout.split()
    assert "pulumi_gcp" in loaded
    assert not {"pulumi_aws", "pulumi_azure_native"} & set(loaded)
