"""A report as data, for programs: the shape that `docs/rehearsal.md` describes."""

import json

from flotilla.rehearsal.changes import Change
from flotilla.rehearsal.report import Report, Said, StepReport
from flotilla.rehearsal.risks import Risk
from flotilla.sandbox.status import service_data


def as_json(report: Report) -> str:
    """The report as JSON."""
    return json.dumps(data(report), indent=2, ensure_ascii=False) + "\n"


def data(report: Report) -> dict[str, object]:
    """The report as maps, lists, text, numbers and truth values."""
    reference = report.reference
    return {
        "stack": report.stack,
        "verdict": report.verdict.value,
        "exitCode": report.verdict.exit_code.value,
        "seconds": round(report.seconds, 1),
        "from": {"ref": reference.name, "commit": reference.commit} if reference else None,
        "failures": report.failures,
        "refused": [_risk(risk) for risk in report.refused],
        "risks": [_risk(risk) for risk in report.risks],
        "difference": None if report.difference is None else [_change(one) for one in report.difference],
        "steps": [_step(step) for step in report.steps],
        "clusters": [
            {
                "cluster": one.name,
                "type": one.type,
                "kubernetesVersion": one.kubernetes_version,
                "nodes": one.nodes,
                "kubeconfig": str(one.kubeconfig) if one.kubeconfig else None,
            }
            for one in report.clusters
        ],
        "services": [service_data(status) for status in report.services],
        "shown": report.shown,
        "notes": report.notes,
        "kept": str(report.kept) if report.kept else None,
    }


def _step(step: StepReport) -> dict[str, object]:
    return {
        "step": step.name,
        "seconds": round(step.seconds, 1),
        "changes": [_change(change) for change in step.changes],
        "unchanged": step.unchanged,
        "warnings": [_said(said) for said in step.warnings],
        "errors": [_said(said) for said in step.errors],
    }


def _change(change: Change) -> dict[str, object]:
    return {
        "operation": change.operation.value,
        "type": change.type,
        "name": change.name,
        "properties": [{"path": one.path, "old": one.old, "new": one.new} for one in change.properties],
    }


def _risk(risk: Risk) -> dict[str, object]:
    return {
        "operation": risk.operation.value,
        "resource": risk.resource,
        "urn": risk.urn,
        "loss": risk.loss,
        "reason": risk.reason,
        "protected": risk.protected,
        "allowedBy": list(dict.fromkeys(risk.names)),
    }


def _said(said: Said) -> dict[str, object]:
    return {"resource": said.resource, "message": said.message}
