"""One environment on three clouds, in a rehearsal that stays: places, grants, kubeconfigs and drift.

Every test of this file works on the same rehearsal.
"""

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from rehearsing import Json, Project

from flotilla.engine import Engine
from flotilla.sandbox.clouds.store import Resource, Store, remaining

pytestmark = pytest.mark.engine

SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001"
READS_BLOBS = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
QUEUE = "arn:aws:sqs:eu-west-1:111122223333:orders"
S3_READER = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
STACK = f"""\
config:
  aws:region: eu-west-1
  gcp:project: shop-fleet
  gcp:region: europe-west1
  azure-native:subscriptionId: 00000000-0000-4000-8000-000000000001
  azure-native:location: westeurope
  flotilla:environment: {{tier: development}}
  flotilla:clusters:
    main:
      type: eks
      accountId: "111122223333"
      kubernetesVersion: "1.36"
      deployerRoleArn: arn:aws:iam::111122223333:role/deployer
    google:
      type: gke
      kubernetesVersion: "1.36"
    azure:
      type: aks
      kubernetesVersion: "1.36"
      admins: {{platform: {{principalId: 00000000-0000-4000-8000-00000000000a}}}}
  flotilla:services:
    adservice:
      release: v0.10.5
      permissions:
        aws:
          policyArns: ["{S3_READER}"]
          statements: [{{actions: ["sqs:SendMessage"], resources: ["{QUEUE}"]}}]
        gcp: {{roles: [roles/storage.objectViewer]}}
        azure: {{roles: [{{role: {READS_BLOBS}, scope: {SUBSCRIPTION}}}]}}
    cartservice: {{release: v0.10.5, clusters: [main]}}
    redis-cart: {{release: alpine, clusters: [main]}}
    paymentservice: {{release: v0.10.5, clusters: [google]}}
    emailservice: {{release: v0.10.5, clusters: [azure]}}
"""
WANTED = {
    "main": {"adservice", "cartservice", "redis-cart"},
    "google": {"adservice", "paymentservice"},
    "azure": {"adservice", "emailservice"},
}
OTHER_WAYS_IN = {
    "type: eks": "endpointAccess: {publicCidrs: [203.0.113.0/24]}",
    "type: gke": "endpoint: IP",
    "type: aks": "login: workloadidentity",
}
"""What changes the endpoint or the kubeconfig of a cluster of each type."""

LABELS = ("spec", "template", "metadata", "labels")


@pytest.fixture(scope="module")
def project(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[Project]:
    made = Project.copy(tmp_path_factory.mktemp("fleet"))
    made.write("Pulumi.fleet.yaml", STACK)
    try:
        yield made
    finally:
        made.flotilla("down", "--rehearsal", "fleet")


@pytest.fixture(scope="module")
def fleet(project: Project) -> Json:
    return project.rehearse("fleet", "--keep")


@pytest.fixture(scope="module")
def held(fleet: Json) -> dict[str, Resource]:
    """What the clouds hold after the update, by type and name."""
    return {resource.urn.rpartition("$")[2]: resource for resource in remaining(Path(fleet["kept"]))}


@pytest.fixture
def stack_file(fleet: Json) -> Generator[Path]:
    """The stack's file in the rehearsal's copy of the project, for a test that changes it."""
    file = Path(fleet["kept"], "project", "Pulumi.fleet.yaml")
    before = file.read_text(encoding="utf-8")
    yield file
    file.write_text(before, encoding="utf-8")


def objects(project: Project, fleet: Json, cluster: str, kind: str) -> dict[str, Json]:
    """Objects of the environment that a cluster really has, by name."""
    (kubeconfig,) = (one["kubeconfig"] for one in fleet["clusters"] if one["cluster"] == cluster)
    command = f'kubectl --kubeconfig "{kubeconfig}" --namespace fleet get {kind} --output json'
    return {item["metadata"]["name"]: item for item in json.loads(project.shell(fleet, command))["items"]}


def steps(project: Project, fleet: Json, verb: str) -> dict[str, str]:
    """What a plain `pulumi` command would do with each resource that does not stay as it is."""
    command = f"pulumi {verb} --stack fleet --non-interactive --json 2>preview.log"
    told = json.loads(project.shell(fleet, command))
    return {
        "::".join(step["urn"].split("$")[-1].split("::")[-2:]): step["op"]
        for step in told["steps"]
        if step["op"] not in ("same", "read", "refresh")
    }


def test_each_service_runs_on_the_clusters_that_the_stack_says_and_on_no_other(
    project: Project, fleet: Json
) -> None:
    assert {(one["cluster"], one["type"]) for one in fleet["clusters"]} == {
        ("main", "eks"),
        ("google", "gke"),
        ("azure", "aks"),
    }
    assert {(one["cluster"], one["service"]) for one in fleet["services"] if one["ready"]} == {
        (cluster, service) for cluster, services in WANTED.items() for service in services
    }
    assert {cluster: set(objects(project, fleet, cluster, "deployments")) for cluster in WANTED} == WANTED


def test_a_service_with_a_grant_on_aws_has_a_role_that_its_pods_take_by_pod_identity(
    held: dict[str, Resource],
) -> None:
    role = held["aws:iam/role:Role::main-adservice-identity"]
    (trust,) = json.loads(str(role.inputs["assumeRolePolicy"]))["Statement"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert set(trust["Action"]) == {"sts:AssumeRole", "sts:TagSession"}
    association = held["aws:eks/podIdentityAssociation:PodIdentityAssociation::main-adservice-identity"]
    assert association.inputs["roleArn"] == role.outputs["arn"]
    assert association.inputs["clusterName"] == held["aws:eks/cluster:Cluster::main"].outputs["name"]
    assert (association.inputs["namespace"], association.inputs["serviceAccount"]) == ("fleet", "adservice")
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    attached = held[f"{attachment}::main-adservice-identity-AmazonS3ReadOnlyAccess"]
    assert attached.inputs["policyArn"] == S3_READER
    own = held["aws:iam/rolePolicy:RolePolicy::main-adservice-identity-policy"]
    (statement,) = json.loads(str(own.inputs["policy"]))["Statement"]
    assert statement == {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [QUEUE]}


def test_a_service_with_a_grant_on_google_cloud_is_itself_who_has_the_role(held: dict[str, Resource]) -> None:
    member = held["gcp:projects/iAMMember:IAMMember::google-adservice-storage.objectViewer"]
    assert (member.inputs["project"], member.inputs["role"]) == ("shop-fleet", "roles/storage.objectViewer")
    who = str(member.inputs["member"])
    assert who.startswith("principal://iam.googleapis.com/projects/")
    assert who.endswith("/workloadIdentityPools/shop-fleet.svc.id.goog/subject/ns/fleet/sa/adservice")


def test_a_service_with_a_grant_on_azure_has_an_identity_that_its_service_account_and_pods_name(
    project: Project, fleet: Json, held: dict[str, Resource]
) -> None:
    identity = held["azure-native:managedidentity:UserAssignedIdentity::azure-grant-adservice"]
    credential = held[
        "azure-native:managedidentity:FederatedIdentityCredential::azure-grant-adservice-credential"
    ]
    assert credential.inputs["subject"] == "system:serviceaccount:fleet:adservice"
    assert str(credential.inputs["issuer"]).startswith("https://westeurope.oic.prod-aks.azure.com/")
    assigned = [
        one
        for name, one in held.items()
        if name.startswith("azure-native:authorization:RoleAssignment::azure-grant-adservice")
    ]
    assert [one.inputs["scope"] for one in assigned] == [SUBSCRIPTION]
    assert str(assigned[0].inputs["roleDefinitionId"]).endswith(READS_BLOBS)
    assert assigned[0].inputs["principalId"] == identity.outputs["principalId"]
    account = objects(project, fleet, "azure", "serviceaccounts")["adservice"]
    client = account["metadata"]["annotations"]["azure.workload.identity/client-id"]
    assert client == identity.outputs["clientId"]
    labels: Json = objects(project, fleet, "azure", "deployments")["adservice"]
    for name in LABELS:
        labels = labels[name]
    assert labels["azure.workload.identity/use"] == "true"


def test_grants_are_there_before_the_pods_of_the_service(fleet: Json) -> None:
    (up,) = (step for step in fleet["steps"] if step["step"] == "up")
    names = [f"{one['type'].rpartition(':')[2]} {one['name']}" for one in up["changes"]]
    for grant, deployment in {
        "PodIdentityAssociation main-adservice-identity": "Deployment adservice",
        "RolePolicy main-adservice-identity-policy": "Deployment adservice",
        "IAMMember google-adservice-storage.objectViewer": "Deployment adservice-google",
        "FederatedIdentityCredential azure-grant-adservice-credential": "Deployment adservice-azure",
    }.items():
        assert names.index(grant) < names.index(deployment)


def test_another_endpoint_or_kubeconfig_replaces_nothing_on_any_cloud(
    project: Project, fleet: Json, stack_file: Path
) -> None:
    text = stack_file.read_text(encoding="utf-8")
    for kind, other in OTHER_WAYS_IN.items():
        assert kind in text
        text = text.replace(kind, f"{kind}\n      {other}")
    stack_file.write_text(text, encoding="utf-8")
    changed = steps(project, fleet, "preview")
    assert set(changed.values()) == {"update"}
    assert {
        "aws:eks/cluster:Cluster::main",
        "gcp:container/cluster:Cluster::google",
        "pulumi:providers:kubernetes::google",
        "pulumi:providers:kubernetes::azure",
    } <= set(changed)
    # Objects on the clusters do not change at all.
    assert not [name for name in changed if name.startswith("kubernetes:")]


def test_what_was_changed_or_removed_in_a_cloud_is_told_by_a_refresh(project: Project, fleet: Json) -> None:
    workspace = Path(fleet["kept"])
    aws, google = Store(workspace, "aws"), Store(workspace, "gcp")
    (vpc,) = aws.all("aws:ec2/vpc:Vpc")
    (member,) = (one for one in google.all("gcp:projects/iAMMember:IAMMember") if "adservice" in one.urn)
    file = next(
        path for path in aws.directory.rglob("*.json") if json.loads(path.read_text())["urn"] == vpc.urn
    )
    before = file.read_text(encoding="utf-8")
    drift = before.replace('"enableDnsHostnames": true', '"enableDnsHostnames": false')
    file.write_text(drift, encoding="utf-8")
    google.remove(member)
    try:
        drifted = steps(project, fleet, "preview --refresh")
    finally:
        file.write_text(before, encoding="utf-8")
        google.put(member)
    assert drifted == {
        "aws:ec2/vpc:Vpc::main-vpc": "update",
        "gcp:projects/iAMMember:IAMMember::google-adservice-storage.objectViewer": "create",
    }


def test_grants_go_with_the_service(project: Project, fleet: Json, stack_file: Path) -> None:
    text = stack_file.read_text(encoding="utf-8")
    head, _, rest = text.partition("    adservice:\n")
    stack_file.write_text(head + rest[rest.index("    cartservice:") :], encoding="utf-8")
    project.shell(fleet, "pulumi up --stack fleet --yes --skip-preview --non-interactive")
    assert not [one.urn for one in remaining(Path(fleet["kept"])) if "adservice" in one.urn]
    assert "adservice" not in objects(project, fleet, "azure", "deployments")
