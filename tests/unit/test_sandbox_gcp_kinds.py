"""The sandbox's Google Cloud, asked as the engine asks it: what it makes of inputs, and what it refuses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from flotilla.sandbox.clouds.asking import Asked, Made, RefusedError
from flotilla.sandbox.clouds.gcp.places import project_number, zones_of
from flotilla.sandbox.clouds.store import Resource, remaining

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
ADDRESS = "gcp:compute/address:Address"
FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule"
SERVICE = "gcp:projects/service:Service"
ACCOUNT = "gcp:serviceaccount/account:Account"
MEMBER = "gcp:projects/iAMMember:IAMMember"
CLUSTER = "gcp:container/cluster:Cluster"
POOL = "gcp:container/nodePool:NodePool"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
ZONE = "gcp:dns/managedZone:ManagedZone"
RECORD = "gcp:dns/recordSet:RecordSet"

RANGES = [
    {"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"},
    {"rangeName": "services", "ipCidrRange": "10.1.0.0/20"},
]
ALL = {"sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"}


@pytest.fixture
def cloud(tmp_path: Path) -> Asked:
    return Asked("gcp", tmp_path, project="acme-dev", region="europe-west1")


def refusal(cloud: Asked, token: str, inputs: Mapping[str, object]) -> str:
    with pytest.raises(RefusedError) as caught:
        cloud.create(token, "it", inputs)
    return str(caught.value)


def with_network(cloud: Asked, *, name: str = "shop") -> Made:
    network = cloud.create(NETWORK, name, {"name": name, "autoCreateSubnetworks": False})
    subnetwork = {
        "name": name,
        "network": network.id,
        "ipCidrRange": "10.0.0.0/20",
        "secondaryIpRanges": RANGES,
    }
    return cloud.create(SUBNETWORK, name, subnetwork)


def cluster(subnetwork: Made, **changed: object) -> dict[str, object]:
    policy = {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"}
    return {
        "name": "shop",
        "location": "europe-west1",
        "network": "shop",
        "subnetwork": subnetwork.id,
        "enableAutopilot": True,
        "ipAllocationPolicy": policy,
        **changed,
    }


def held(cloud: Asked, token: str, identity: str, **outputs: object) -> None:
    """Put something into the cloud without asking it: what takes a control plane, or what is left behind."""
    named = {"name": identity.rpartition("/")[2], **outputs}
    store = cast("Any", cloud.provider)._account.store  # noqa: SLF001 (as a rehearsal's drift would)
    store.put(Resource(token, identity, "", "urn:it::it", {}, named))


def test_ids_links_and_addresses_have_the_clouds_form(cloud: Asked) -> None:
    subnetwork = with_network(cloud)
    assert subnetwork.id == "projects/acme-dev/regions/europe-west1/subnetworks/shop"
    compute = "https://www.googleapis.com/compute/v1/projects/acme-dev"
    assert subnetwork.outputs["selfLink"] == f"{compute}/regions/europe-west1/subnetworks/shop"
    assert subnetwork.outputs["network"] == f"{compute}/global/networks/shop"
    assert subnetwork.outputs["gatewayAddress"] == "10.0.0.1"
    one = cloud.create(ADDRESS, "one", {"name": "one"}).outputs["address"]
    assert one != cloud.create(ADDRESS, "two", {"name": "two"}).outputs["address"]
    account = cloud.create(ACCOUNT, "nodes", {"accountId": "shop-nodes"})
    assert account.outputs["member"] == "serviceAccount:shop-nodes@acme-dev.iam.gserviceaccount.com"
    repository = cloud.create(
        REPOSITORY, "images", {"repositoryId": "images", "format": "DOCKER", "location": "europe-west1"}
    )
    assert repository.outputs["registryUri"] == "europe-west1-docker.pkg.dev/acme-dev/images"


def test_names_are_taken_once(cloud: Asked) -> None:
    with_network(cloud)
    assert "Error 409: The resource 'projects/acme-dev/global/networks/shop' already exists" in refusal(
        cloud, NETWORK, {"name": "shop"}
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ipCidrRange": "10.0.8.0/24"}, "10.0.8.0/24 conflicts with existing subnetwork 'shop' in region"),
        ({"ipCidrRange": "10.5.0.0/24"}, "10.5.0.0/24 conflicts with existing subnetwork 'shop' in region"),
        (
            {"secondaryIpRanges": [{"rangeName": "x", "ipCidrRange": "10.9.0.0/25"}]},
            "10.9.0.0/25 conflicts with existing subnetwork 'other'",
        ),
        ({"network": "nothing"}, "The resource 'projects/acme-dev/global/networks/nothing' was not found"),
        ({"region": "europe-west99"}, "Invalid value for field 'region': 'europe-west99'. Unknown region."),
    ],
)
def test_a_subnetwork_that_does_not_fit_is_refused(
    cloud: Asked, changed: dict[str, object], message: str
) -> None:
    with_network(cloud)
    inputs = {"name": "other", "network": "shop", "ipCidrRange": "10.9.0.0/24", **changed}
    assert message in refusal(cloud, SUBNETWORK, inputs)


def test_an_api_is_enabled_before_it_is_used_once_the_stack_enables_any(cloud: Asked) -> None:
    cloud.create(NETWORK, "before", {"name": "before"})
    cloud.create(SERVICE, "dns", {"service": "dns.googleapis.com"})
    refused = refusal(cloud, NETWORK, {"name": "after"})
    number = project_number("acme-dev")
    assert f"Error 403: Compute Engine API has not been used in project {number} before" in refused
    assert refused.endswith("accessNotConfigured")
    cloud.create(SERVICE, "compute", {"service": "compute.googleapis.com"})
    cloud.create(NETWORK, "after", {"name": "after"})


def test_enabling_and_binding_twice_is_one_and_the_same(cloud: Asked) -> None:
    binding = {"project": "acme-dev", "role": "roles/viewer", "member": "user:somebody@example.com"}
    for name in ("one", "two"):
        cloud.create(SERVICE, name, {"service": "cloudresourcemanager.googleapis.com"})
        assert cloud.create(MEMBER, name, binding).id == "acme-dev/roles/viewer/user:somebody@example.com"


POOL_OF_IDENTITIES = "locations/global/workloadIdentityPools/acme-dev.svc.id.goog/subject/ns/shop/sa/cart"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"role": "viewer"}, "Role viewer is not supported for this resource."),
        (
            {"member": "serviceAccount:nobody@acme-dev.iam.gserviceaccount.com"},
            "Service account nobody@acme-dev.iam.gserviceaccount.com does not exist.",
        ),
        (
            {
                "member": f"principal://iam.googleapis.com/projects/{project_number('acme-dev')}/"
                + POOL_OF_IDENTITIES
            },
            "Identity Pool does not exist (acme-dev.svc.id.goog).",
        ),
    ],
)
def test_a_binding_of_what_is_not_there_is_refused(
    cloud: Asked, changed: dict[str, object], message: str
) -> None:
    binding = {"project": "acme-dev", "role": "roles/viewer", "member": "user:it@example.com", **changed}
    assert message in refusal(cloud, MEMBER, binding)


def test_pods_have_identities_once_a_cluster_is_there(cloud: Asked) -> None:
    held(cloud, CLUSTER, "projects/acme-dev/locations/europe-west1/clusters/shop", enableAutopilot=True)
    number = str(cloud.invoke("gcp:organizations/getProject:getProject", {})["number"])
    member = f"principal://iam.googleapis.com/projects/{number}/{POOL_OF_IDENTITIES}"
    cloud.create(MEMBER, "it", {"project": "acme-dev", "role": "roles/viewer", "member": member})
    other = member.replace(number, "1")
    refused = refusal(cloud, MEMBER, {"project": "acme-dev", "role": "roles/viewer", "member": other})
    assert "Identity Pool does not exist" in refused


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"ipAllocationPolicy": {"clusterSecondaryRangeName": "nope"}},
            'Pods range "nope" not found in subnet "shop".',
        ),
        ({"minMasterVersion": "1.12"}, 'No valid versions with the prefix "1.12" found.'),
        (
            {"minMasterVersion": "1.36", "releaseChannel": {"channel": "STABLE"}},
            'Master version must be one of "STABLE" channel supported versions [1.33.',
        ),
        ({"location": "us-central1"}, 'is not in region "us-central1".'),
        ({"location": "nowhere"}, 'Location "nowhere" does not exist.'),
        ({"network": "other"}, 'is not in network "other".'),
        (
            {
                "clusterAutoscaling": {
                    "autoProvisioningDefaults": {"serviceAccount": "it@acme-dev.iam.gserviceaccount.com"}
                }
            },
            'Service account "it@acme-dev.iam.gserviceaccount.com" does not exist.',
        ),
    ],
)
def test_a_cluster_that_gke_would_not_make_is_refused(
    cloud: Asked, changed: dict[str, object], message: str
) -> None:
    subnetwork = with_network(cloud)
    cloud.create(NETWORK, "other", {"name": "other"})
    assert message in refusal(cloud, CLUSTER, cluster(subnetwork, **changed))


def test_a_node_pool_belongs_to_a_standard_cluster_that_is_there(cloud: Asked) -> None:
    pool = {"name": "default", "cluster": "shop", "location": "europe-west1"}
    assert "Error 404: Not found: projects/acme-dev/locations/europe-west1/clusters/shop." in refusal(
        cloud, POOL, pool
    )
    held(cloud, CLUSTER, "projects/acme-dev/locations/europe-west1/clusters/shop", enableAutopilot=True)
    assert "Autopilot clusters do not support mutating node pools." in refusal(cloud, POOL, pool)


def test_networks_addresses_and_zones_stay_while_they_are_used(cloud: Asked, tmp_path: Path) -> None:
    subnetwork = with_network(cloud)
    address = cloud.create(ADDRESS, "in", {"name": "in"})
    held(cloud, FORWARDING_RULE, "projects/acme-dev/regions/europe-west1/forwardingRules/lb",
         ipAddress=address.outputs["address"])  # fmt: skip
    with pytest.raises(RefusedError, match=r"is already being used by .*forwardingRules/lb"):
        cloud.delete(address)
    network = Made(NETWORK, "shop", "projects/acme-dev/global/networks/shop", {}, {"name": "shop"})
    with pytest.raises(RefusedError, match=r"is already being used by .*subnetworks/shop"):
        cloud.delete(network)
    cloud.delete(subnetwork)
    cloud.delete(network)

    zone = cloud.create(ZONE, "zone", {"name": "shop", "dnsName": "shop.example.com."})
    record = {"managedZone": "shop", "name": "www.shop.example.com.", "type": "A", "rrdatas": ["192.0.2.1"]}
    made = cloud.create(RECORD, "www", {**record, "ttl": 300})
    with pytest.raises(RefusedError, match="contains one or more 'resource records'"):
        cloud.delete(zone)
    cloud.delete(made)
    cloud.delete(zone)
    assert [each.type for each in remaining(tmp_path)] == [ADDRESS, FORWARDING_RULE]


def test_a_record_is_an_address_inside_its_zone(cloud: Asked) -> None:
    cloud.create(ZONE, "zone", {"name": "shop", "dnsName": "shop.example.com."})
    record = {"managedZone": "shop", "name": "www.shop.example.com.", "type": "A", "rrdatas": ["192.0.2.1"]}
    outside = refusal(cloud, RECORD, {**record, "name": "www.example.org."})
    assert "Invalid value for 'entity.change.additions[0].name': 'www.example.org.'" in outside
    assert "rrdata[0]': 'here'" in refusal(cloud, RECORD, {**record, "rrdatas": ["here"]})


def test_two_nats_do_not_serve_the_same_network(cloud: Asked) -> None:
    with_network(cloud)
    for name in ("one", "two"):
        cloud.create(ROUTER, name, {"name": name, "network": "shop"})
    nat = {"natIpAllocateOption": "AUTO_ONLY", **ALL}
    made = cloud.create(NAT, "one", {"name": "nat", "router": "one", **nat})
    assert made.id == "acme-dev/europe-west1/one/nat"
    assert "Error 400" in refusal(cloud, NAT, {"name": "nat", "router": "two", **nat})


def test_a_range_stays_while_a_cluster_has_its_pods_there(cloud: Asked) -> None:
    subnetwork = with_network(cloud)
    policy = {"clusterSecondaryRangeName": "pods", "servicesSecondaryRangeName": "services"}
    held(cloud, CLUSTER, "projects/acme-dev/locations/europe-west1/clusters/shop",
         subnetwork=subnetwork.id, ipAllocationPolicy=policy)  # fmt: skip
    without = {**subnetwork.inputs, "secondaryIpRanges": RANGES[1:]}
    with pytest.raises(RefusedError, match=r"is already being used by .*clusters/shop"):
        cloud.update(subnetwork, without)


def test_what_is_there_already_is_found_and_is_nobodys_to_delete(cloud: Asked, tmp_path: Path) -> None:
    found = cloud.invoke("gcp:compute/getNetwork:getNetwork", {"name": "shared"})
    assert found["id"] == "projects/acme-dev/global/networks/shared"
    cloud.create(ROUTER, "it", {"name": "it", "network": found["id"]})
    for token, arguments in {
        "gcp:compute/getSubnetwork:getSubnetwork": {"name": "shared"},
        "gcp:dns/getManagedZone:getManagedZone": {"name": "shop"},
        "gcp:artifactregistry/getRepository:getRepository": {"repositoryId": "base", "location": "europe"},
    }.items():
        assert cloud.invoke(token, arguments)["id"]
    assert [each.type for each in remaining(tmp_path)] == [ROUTER]


def test_what_is_abandoned_stays_in_the_cloud(cloud: Asked, tmp_path: Path) -> None:
    cloud.delete(cloud.create(NETWORK, "kept", {"name": "kept", "deletionPolicy": "ABANDON"}))
    assert [each.type for each in remaining(tmp_path)] == [NETWORK]
    guarded = cloud.create(NETWORK, "guarded", {"name": "guarded", "deletionPolicy": "PREVENT"})
    with pytest.raises(RefusedError, match="cannot destroy"):
        cloud.delete(guarded)


def test_regions_have_three_zones_and_zones_are_their_own() -> None:
    assert zones_of("europe-west1") == ["europe-west1-b", "europe-west1-c", "europe-west1-d"]
    assert zones_of("europe-west4-a") == ["europe-west4-a"]
