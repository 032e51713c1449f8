"""Rehearsals on the clouds, as a user runs them: committed stacks, and changes that would lose something."""

from collections.abc import Generator
from pathlib import Path

import pytest
from rehearsing import Json, Project

from flotilla.engine import Engine

pytestmark = pytest.mark.engine

LAST_ON_CLUSTER = "kubernetes:core/v1:Namespace"
CLUSTERS = {
    "prod": "aws:eks/cluster:Cluster",
    "staging": "gcp:container/cluster:Cluster",
    "uat": "azure-native:containerservice:ManagedCluster",
}
BELOW = {
    "prod": {
        "aws:ec2/subnet:Subnet": 6,
        "aws:ec2/vpc:Vpc": 1,
        "aws:iam/role:Role": 2,
        "aws:ec2/internetGateway:InternetGateway": 1,
    },
    "staging": {
        "gcp:compute/subnetwork:Subnetwork": 1,
        "gcp:compute/network:Network": 1,
        "gcp:compute/router:Router": 1,
    },
    "uat": {
        "azure-native:network:Subnet": 1,
        "azure-native:network:VirtualNetwork": 1,
        "azure-native:network:PublicIPAddress": 2,
        "azure-native:resources:ResourceGroup": 1,
    },
}
"""What a cluster stands on, by stack, and how many there are of it."""

ADDRESSES = {
    "prod": "aws:ec2/eip:Eip",
    "staging": "gcp:compute/address:Address",
    "uat": "azure-native:network:PublicIPAddress",
}


@pytest.fixture(scope="module")
def project(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Generator[Project]:
    made = Project.copy(tmp_path_factory.mktemp("clouds"))
    made.commit()
    yield made
    made.flotilla("down")


@pytest.fixture
def changed(project: Project) -> Generator[Project]:
    """The project, for a test that changes a stack's file."""
    before = {file: file.read_text(encoding="utf-8") for file in project.directory.glob("Pulumi.*.yaml")}
    yield project
    for file, text in before.items():
        file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module", params=["prod", "staging", "uat"])
def report(request: pytest.FixtureRequest, project: Project) -> Json:
    return project.rehearse(request.param)


def places(changes: list[Json], *types: str) -> list[int]:
    """When resources of these types were done with."""
    return [place for place, change in enumerate(changes) if change["type"] in types]


def test_every_service_of_a_committed_stack_is_ready_on_the_cluster_of_its_cloud(
    report: Json, project: Project
) -> None:
    assert report["verdict"] == "good"
    assert [one["type"] for one in report["clusters"]] == [
        {"prod": "eks", "staging": "gke", "uat": "aks"}[report["stack"]]
    ]
    written = (project.directory / f"Pulumi.{report['stack']}.yaml").read_text(encoding="utf-8")
    assert len(report["services"]) == written.count("{release: ")
    assert all(one["ready"] and one["pods"] for one in report["services"])
    assert not any(step["warnings"] or step["errors"] for step in report["steps"])


def test_a_second_up_of_a_committed_stack_changes_nothing(report: Json) -> None:
    (again,) = (step for step in report["steps"] if step["step"] == "second up")
    assert again["changes"] == []
    assert again["unchanged"] > len(report["services"])


def test_what_is_on_a_cluster_goes_before_it_and_the_cluster_before_what_it_stands_on(
    report: Json, project: Project
) -> None:
    (up,) = (step["changes"] for step in report["steps"] if step["step"] == "up")
    destroyed = report["steps"][-1]["changes"]
    assert sorted(one["type"] + one["name"] for one in destroyed) == sorted(
        one["type"] + one["name"] for one in up
    )
    stack = report["stack"]
    (cluster,) = places(destroyed, CLUSTERS[stack])
    services = places(destroyed, "kubernetes:core/v1:Service")
    assert len(places(destroyed, "kubernetes:apps/v1:Deployment")) == len(report["services"])
    assert max(services) < min(places(destroyed, LAST_ON_CLUSTER)) < cluster
    for kind, count in BELOW[stack].items():
        found = places(destroyed, kind)
        assert len(found) == count, kind
        assert cluster < min(found), kind
    assert max(services) < min(places(destroyed, ADDRESSES[stack]))
    assert "nothing left after destroy" in report["shown"]
    assert project.rehearsals() == []


@pytest.mark.parametrize(
    ("old", "new", "lost", "kept"),
    [
        ("eu-west-1", "eu-central-1", {"Cluster", "Vpc", "Subnet", "Eip", "Namespace"}, set[str]()),
        ("type: eks", "type: eks\n      name: live", {"Cluster", "Namespace", "Service"}, {"Vpc", "Eip"}),
    ],
    ids=["region", "name"],
)  # fmt: skip
def test_another_region_or_name_of_productions_cluster_is_refused_naming_what_would_be_lost(
    changed: Project, old: str, new: str, lost: set[str], kept: set[str]
) -> None:
    changed.edit("Pulumi.prod.yaml", old, new)
    report = changed.rehearse("prod", "--from", "HEAD", expected=3)
    kinds = {risk["resource"].partition(" ")[0] for risk in report["refused"]}
    assert lost <= kinds
    assert kept.isdisjoint(kinds)
    (cluster,) = (risk for risk in report["refused"] if risk["resource"] == "Cluster main")
    assert cluster["protected"]
    assert cluster["loss"] == "the cluster, with everything that runs on it"
    assert all("main" in risk["allowedBy"] for risk in report["refused"])
    # Refused before anything was done: the preview is the last step.
    assert [step["step"] for step in report["steps"]] == ["prepare", "up as HEAD has it", "preview"]
    assert changed.rehearsals() == []


def test_another_network_of_production_that_is_allowed_by_name_is_made_though_all_is_protected(
    changed: Project,
) -> None:
    changed.edit("Pulumi.prod.yaml", "cidr: 10.20.0.0/16", "cidr: 10.21.0.0/16")
    report = changed.rehearse("prod", "--from", "HEAD", "--allow", "main")
    assert {"Vpc main-vpc", "Cluster main"} <= {
        risk["resource"] for risk in report["risks"] if risk["protected"]
    }
    replaced = {one["name"] for one in report["difference"] if one["operation"] == "replaced"}
    assert {"main-vpc", "main", "prod-namespace"} <= replaced
    # Addresses that DNS and allow lists point to stay what they were.
    assert not any("Eip" in one["type"] for one in report["difference"] if one["operation"] == "replaced")
    assert all(one["ready"] for one in report["services"])
    assert "nothing left after destroy" in report["shown"]


@pytest.mark.parametrize(
    ("stack", "old", "new"),
    [
        ("staging", "type: gke", "type: gke\n      name: other"),
        ("uat", "type: aks", "type: aks\n      name: other"),
    ],
)
def test_another_name_that_is_allowed_makes_the_new_cluster_before_the_old_one_goes(
    changed: Project, stack: str, old: str, new: str
) -> None:
    changed.edit(f"Pulumi.{stack}.yaml", old, new)
    report = changed.rehearse(stack, "--from", "HEAD", "--allow", "main")
    replaced = {one["name"] for one in report["difference"] if one["operation"] == "replaced"}
    assert {"main", "main-network", f"{stack}-namespace", "frontend"} <= replaced
    assert all(one["ready"] for one in report["services"])
    assert "nothing left after destroy" in report["shown"]


@pytest.mark.parametrize(
    ("stack", "old", "new"),
    [
        ("staging", "cidr: 10.30.0.0/20", "cidr: 10.29.0.0/20"),
        ("uat", "cidr: 10.40.0.0/16", "cidr: 10.39.0.0/16"),
    ],
)
def test_another_network_under_the_same_names_that_the_cloud_refuses_is_told_with_what_was_to_change(
    changed: Project, stack: str, old: str, new: str
) -> None:
    changed.edit(f"Pulumi.{stack}.yaml", old, new)
    report = changed.rehearse(stack, "--from", "HEAD", "--allow", "main", expected=1)
    assert report["failures"] == ["up as the working tree has it failed."]
    (error,) = report["steps"][-1]["errors"]
    assert {"staging": "alreadyExists", "uat": "NetcfgInvalidSubnet"}[stack] in error["message"]
    assert "network" in str(report["difference"])
    assert changed.rehearsals() == []


@pytest.mark.parametrize(
    ("stack", "old", "new", "lost"),
    [
        ("staging", "type: gke", "type: gke\n      name: other", {"Cluster", "Network", "Address"}),
        ("uat", "type: aks", "type: aks\n      name: other", {"ManagedCluster", "Namespace"}),
    ],
)
def test_another_name_of_a_cluster_on_google_cloud_or_azure_is_refused_naming_what_would_be_lost(
    changed: Project, stack: str, old: str, new: str, lost: set[str]
) -> None:
    changed.edit(f"Pulumi.{stack}.yaml", old, new)
    report = changed.rehearse(stack, "--from", "HEAD", expected=3)
    assert lost <= {risk["resource"].partition(" ")[0] for risk in report["refused"]}
    assert all("main" in risk["allowedBy"] for risk in report["refused"])
    assert report["steps"][-1]["step"] == "preview"
    assert changed.rehearsals() == []


def test_mistakes_in_a_stack_on_a_cloud_end_with_2_all_at_once_and_start_nothing(changed: Project) -> None:
    changed.edit("Pulumi.prod.yaml", 'kubernetesVersion: "1.36"', 'kubernetesVersion: "1.12"')
    changed.edit("Pulumi.prod.yaml", "cidr: 10.20.0.0/16", "cidr: 10.20.0.0/28")
    changed.edit("Pulumi.prod.yaml", "region: eu-west-1", "region: eu-west-9")
    done = changed.flotilla("rehearse", "prod")
    assert done.returncode == 2
    for said in ("kubernetesVersion: ", "network.cidr: ", "region"):
        assert any(
            line.startswith("Pulumi.prod.yaml:") and said in line for line in done.stderr.splitlines()
        ), done.stderr
    assert "▸" not in done.stderr
    assert done.stdout == ""
    assert Path(changed.directory, ".flotilla").exists() is False
