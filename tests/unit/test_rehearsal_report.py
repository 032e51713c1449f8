"""A report as text, Markdown and JSON."""

import json
from pathlib import Path

from flotilla.errors import Exit
from flotilla.rehearsal.changes import Change, Operation, PropertyChange
from flotilla.rehearsal.formats import FORMATS
from flotilla.rehearsal.report import ClusterReport, Reference, Report, Said, StepReport
from flotilla.rehearsal.risks import Risk
from flotilla.rehearsal.words import difference_lines
from flotilla.sandbox.services import ServiceStatus, Wanted

URN = "urn:pulumi:prod::shop::"
CLUSTER = f"{URN}flotilla:index:EksCluster$aws:eks/cluster:Cluster::main"
VPC = f"{URN}flotilla:index:EksCluster$aws:ec2/vpc:Vpc::main"
EKS = f"{URN}flotilla:index:EksCluster::main"


def deployment(name: str, operation: Operation = Operation.UPDATED) -> Change:
    return Change(operation, f"{URN}kubernetes:apps/v1:Deployment::{name}")


def good() -> Report:
    up = StepReport(
        "up", 12.3, (deployment("cart", Operation.CREATED),), warnings=(Said("Vpc main", "`slow`"),)
    )
    return Report(
        "prod",
        steps=[StepReport("prepare", 4.0), up],
        clusters=[ClusterReport("main", "eks", "v1.36.3", 3, Path("/k/main"))],
        services=[ServiceStatus(Wanted("cart", "v1", "carts", "main", "prod"), 2, 2)],
        shown=["1 of 1 services ready"],
        seconds=34.4,
    )


def refused() -> Report:
    cidr = (PropertyChange("cidrBlock", "10.0.0.0/16", "10.9.0.0/16"),)
    lost = [
        Risk(
            CLUSTER,
            Operation.REPLACED,
            "the cluster",
            (PropertyChange("vpcConfig"),),
            protected=True,
            above=(EKS,),
        ),
        Risk(VPC, Operation.REPLACED, "the network", cidr, above=(EKS,)),
    ]
    return Report("prod", Reference("main", "abc1234"), risks=lost, refused=lost, difference=[])


def test_the_exit_code_follows_from_what_was_found() -> None:
    assert good().verdict.exit_code is Exit.DONE
    failed = good()
    failed.failures.append("up failed.")
    assert failed.verdict.exit_code is Exit.FAILED
    assert refused().verdict.exit_code is Exit.REFUSED


def test_the_verdict_is_the_first_thing_said() -> None:
    assert FORMATS["text"](good()).startswith("Rehearsal of prod: GOOD. 1 of 1 services ready · 34 s\n")
    assert FORMATS["markdown"](good()).startswith(
        "### ✅ Rehearsal of `prod`: good\n\n1 of 1 services ready · 34 s\n"
    )


def test_a_refusal_names_each_loss_its_reason_and_the_one_name_that_allows_all() -> None:
    for form in ("text", "markdown"):
        told = FORMATS[form](refused())
        assert "Cluster main would be replaced (protected): lost is the cluster. Why: vpcConfig." in told
        assert (
            "Vpc main would be replaced: lost is the network. Why: cidrBlock 10.0.0.0/16 → 10.9.0.0/16."
            in told
        )
        assert "flotilla rehearse prod --from main --allow main" in told


def test_a_service_that_is_not_ready_stands_in_the_table_and_among_the_failures() -> None:
    report = good()
    report.services = [
        ServiceStatus(Wanted("cart", "v1", "carts", "main", "prod"), 1, 2, reasons=("no room",))
    ]
    report.failures.append("cart is not ready on cluster main: no room")
    told = FORMATS["text"](report)
    assert "  ✗ cart is not ready on cluster main: no room" in told
    assert "cart     v1       carts  1/2" in told


def test_markdown_shows_what_clouds_said_as_they_said_it_and_folds_the_details() -> None:
    report = good()
    report.failures.append("up failed.")
    said = Said("Cluster main", "creating EKS Cluster: <nil> *bad* ```fence```")
    report.steps.append(StepReport("up", 1, errors=(said,)))
    told = FORMATS["markdown"](report)
    assert "```text\nCluster main: creating EKS Cluster: <nil> *bad* '''fence'''\n```" in told
    assert told.index("Cluster main: creating") < told.index("<details><summary>Steps</summary>")
    assert "<details><summary>Warnings</summary>\n\n```text\nVpc main: `slow`\n```\n\n</details>" in told


def test_a_message_about_many_resources_is_told_once() -> None:
    report = good()
    report.steps = [StepReport("up", 1, errors=tuple(Said(f"Subnet {name}", "no quota") for name in "abcde"))]
    assert FORMATS["text"](report).count("no quota") == 1
    assert "Subnet a, Subnet b, Subnet c and 2 more: no quota" in FORMATS["text"](report)


def test_json_has_every_part_with_the_resources_by_type_and_name() -> None:
    data = json.loads(FORMATS["json"](good()))
    assert data["verdict"] == "good"
    assert data["exitCode"] == 0
    assert data["steps"][1]["changes"] == [
        {"operation": "created", "type": "kubernetes:apps/v1:Deployment", "name": "cart", "properties": []}
    ]
    assert data["clusters"][0]["kubeconfig"] == "/k/main"
    assert data["services"][0]["ready"] is True
    assert json.loads(FORMATS["json"](refused()))["refused"][1]["allowedBy"] == [
        "main", "Vpc main", "EksCluster main",
    ]  # fmt: skip


def test_of_many_changes_those_that_matter_are_named_and_the_others_counted() -> None:
    version = (PropertyChange("version", "1.35", "1.36"),)
    many = [*(deployment(f"s{n}") for n in range(20)), Change(Operation.UPDATED, CLUSTER, version)]
    assert difference_lines(many) == [
        "Cluster main updated: version 1.35 → 1.36",
        "20 more updated: Deployment s0, Deployment s1, Deployment s2 and 17 more",
    ]
    assert difference_lines([deployment("cart")]) == ["Deployment cart updated"]


def test_a_rehearsal_that_stays_tells_how_to_use_and_end_it() -> None:
    report = good()
    report.kept = Path("/home/rehearsals/x")
    told = FORMATS["text"](report)
    assert "kubectl --kubeconfig /k/main get pods -A" in told
    assert 'eval "$(flotilla env --rehearsal prod)"' in told
    assert "flotilla down --rehearsal prod" in told
