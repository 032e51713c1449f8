"""What a change would lose, read from the steps of a preview."""

import pytest

from flotilla.rehearsal.changes import Operation, changes
from flotilla.rehearsal.risks import loss_of, risks
from flotilla.sandbox.events import Metadata, ResourceState

STACK = "urn:pulumi:prod::shop::"
ROOT = f"{STACK}pulumi:pulumi:Stack::shop-prod"
EKS = f"{STACK}flotilla:index:EksCluster::main"
CLUSTER = f"{STACK}flotilla:index:EksCluster$aws:eks/cluster:Cluster::main"
PROVIDER = f"{STACK}flotilla:index:EksCluster$pulumi:providers:kubernetes::main"
ENVIRONMENT = f"{STACK}flotilla:index:Environment::prod"
NAMESPACE = f"{STACK}flotilla:index:Environment$kubernetes:core/v1:Namespace::prod-namespace"


def step(operation: str, urn: str, parent: str = ROOT, **state: object) -> Metadata:
    kind = urn.split("::")[2].rsplit("$", 1)[-1]
    old: ResourceState = {"parent": parent, "inputs": {}, **state}  # pyright: ignore[reportAssignmentType]
    return {"op": operation, "urn": urn, "type": kind, "old": old, "new": {"parent": parent, "inputs": {}}}


def test_a_replaced_cluster_is_a_risk_with_the_property_that_makes_it_necessary() -> None:
    replaced = step("create-replacement", CLUSTER, EKS, protect=True, inputs={"roleArn": "old"})
    replaced["new"] = {"inputs": {"roleArn": "new"}}
    replaced["keys"] = ["roleArn"]
    (risk,) = risks([replaced])
    assert risk.resource == "Cluster main"
    assert risk.operation is Operation.REPLACED
    assert "everything that runs on it" in risk.loss
    assert risk.reason == "roleArn old → new"
    assert risk.protected


def test_a_deleted_namespace_is_a_risk_and_a_deleted_deployment_is_none() -> None:
    deployment = f"{STACK}kubernetes:apps/v1:Deployment::cart"
    assert [risk.urn for risk in risks([step("delete", NAMESPACE), step("delete", deployment)])] == [
        NAMESPACE
    ]


def test_what_is_protected_is_a_risk_whatever_it_is() -> None:
    role = f"{STACK}aws:iam/role:Role::nodes"
    assert risks([step("delete", role)]) == []
    (told_by_the_step,) = risks([step("delete", role, protect=True)])
    (told_beside,) = risks([step("delete", role)], [role])
    assert told_by_the_step == told_beside
    assert "protected" in told_beside.loss


def test_what_outlives_its_resource_is_not_lost() -> None:
    zone = f"{STACK}aws:route53/zone:Zone::shop"
    assert risks([step("delete", zone, retainOnDelete=True)]) == []
    assert len(risks([step("delete", zone)])) == 1


def test_an_update_in_place_a_creation_and_the_rest_of_a_replacement_are_no_risks() -> None:
    operations = ("update", "create", "same", "replace", "delete-replaced", "read", "refresh")
    assert risks([step(operation, CLUSTER) for operation in operations]) == []


@pytest.mark.parametrize("name", ["main", "Cluster main", "EksCluster main"])
def test_a_risk_is_allowed_by_its_name_or_by_what_it_is_a_part_of(name: str) -> None:
    (risk,) = risks([step("create-replacement", CLUSTER, EKS), step("same", EKS)])
    assert risk.is_allowed([name])
    assert not risk.is_allowed(["mai", "cluster main", "shop-prod", ""])


def test_what_runs_on_a_cluster_is_allowed_by_the_name_of_the_cluster() -> None:
    steps = [
        step("same", EKS),
        step("same", ENVIRONMENT),
        step("same", PROVIDER, EKS),
        step("delete", NAMESPACE, ENVIRONMENT, provider=f"{PROVIDER}::0d5f"),
    ]
    (risk,) = risks(steps)
    assert risk.is_allowed(["EksCluster main"])
    assert risk.is_allowed(["prod"])


def test_the_worst_comes_first() -> None:
    subnet = f"{STACK}aws:ec2/subnet:Subnet::a"
    found = risks([step("delete", subnet), step("delete", NAMESPACE), step("delete", CLUSTER)])
    assert [risk.urn for risk in found] == [CLUSTER, NAMESPACE, subnet]


@pytest.mark.parametrize(
    ("kind", "lost"),
    [
        ("azure-native:containerservice/v20250901:ManagedCluster", "the cluster"),
        ("azure-native:containerservice:AgentPool", "its machines"),
        ("gcp:compute/address:Address", "a public address"),
        ("kubernetes:apps/v1:StatefulSet", "its pods all at once"),
        ("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", "every object of that kind"),
    ],
)
def test_types_are_known_whatever_version_stands_in_them(kind: str, lost: str) -> None:
    assert loss_of(kind, {}).startswith(lost)


def test_a_kubernetes_service_is_at_risk_for_its_address_only() -> None:
    kind = "kubernetes:core/v1:Service"
    assert "address" in loss_of(kind, {"spec": {"type": "LoadBalancer"}})
    assert loss_of(kind, {"spec": {"type": "ClusterIP"}}) == ""
    assert loss_of(kind, None) == ""


def test_changes_leave_out_the_stack_itself_and_what_stays() -> None:
    steps = [step("create", ROOT), step("create", CLUSTER), step("same", EKS), step("replace", NAMESPACE)]
    assert [(change.operation, change.resource) for change in changes(steps)] == [
        (Operation.CREATED, "Cluster main")
    ]


def test_values_of_changes_are_shown_where_they_are_short_and_plain() -> None:
    updated = step(
        "update", CLUSTER, inputs={"version": "1.35", "tags": {"a": "x" * 99}, "zones": ["a", "b"]}
    )
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    updated["new"] = {"inputs": {"version": "1.36", "tags": {"a": unknown, "b": "y"}, "zones": ["a", "c"]}}
    updated["detailedDiff"] = {
        "version": {"diffKind": "update"},
        "tags.a": {"diffKind": "update"},
        "tags.b": {"diffKind": "add"},
        "zones[1]": {"diffKind": "update"},
        "certificate": {"diffKind": "update"},
    }
    (change,) = changes([updated])
    assert [str(one) for one in change.properties] == [
        "version 1.35 → 1.36",
        f"tags.a …{'x' * 59} → (not known yet)",
        "tags.b (none) → y",
        "zones[1] b → c",
        "certificate",
    ]


def test_settings_of_a_provider_which_come_as_text_of_a_map_are_not_shown() -> None:
    updated = step("update", PROVIDER, inputs={"defaultTags": '{"tags": {"a": "b"}}'})
    updated["new"] = {"inputs": {"defaultTags": '{"tags": {"a": "c"}}'}}
    updated["detailedDiff"] = {"defaultTags": {"diffKind": "update"}}
    (change,) = changes([updated])
    assert [str(one) for one in change.properties] == ["defaultTags"]
