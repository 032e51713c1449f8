"""A report as text, for a terminal."""

from collections.abc import Iterator

from flotilla.rehearsal.report import Report, Verdict
from flotilla.rehearsal.words import (
    allowing,
    change_line,
    difference_lines,
    grouped_said,
    risk_line,
    step_counts,
    summary,
)
from flotilla.sandbox.status import aligned, table_lines


def text(report: Report) -> str:
    """The report, the verdict first."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    since = f" from {report.reference.name} ({report.reference.commit})" if report.reference else ""
    yield f"Rehearsal of {report.stack}{since}: {report.verdict.upper()}. {summary(report)}"
    for failure in report.failures:
        yield f"  ✗ {failure}"
    if report.verdict is Verdict.REFUSED:
        yield from _refusal(report)
    if report.difference is not None:
        yield ""
        yield f"From {report.reference_name} to the working tree:"
        lines = difference_lines(report.difference)
        yield from (f"  {line}" for line in lines or ["no difference"])
    yield ""
    yield from aligned([
        ["STEP", "CREATED", "UPDATED", "REPLACED", "DELETED", "SECONDS"],
        *([step.name, *step_counts(step), f"{step.seconds:.1f}"] for step in report.steps),
    ])  # fmt: skip
    yield from _said(report)
    if report.clusters:
        yield ""
        yield from aligned([
            ["CLUSTER", "TYPE", "KUBERNETES", "NODES"],
            *([one.name, one.type, one.kubernetes_version, str(one.nodes)] for one in report.clusters),
        ])  # fmt: skip
    if report.services:
        yield ""
        yield from table_lines(report.services)
    if report.notes:
        yield ""
        yield from report.notes
    yield from _kept(report)


def _refusal(report: Report) -> Iterator[str]:
    yield ""
    yield "Refused, nothing was changed. The working tree would lose:"
    for risk in report.refused:
        yield f"  ✗ {risk_line(risk)}"
    yield ""
    yield f"If that is meant, allow it by name: {allowing(report)}"


def _said(report: Report) -> Iterator[str]:
    for step in report.steps:
        if step.errors or step.warnings:
            yield ""
            yield f"{step.name}:"
        yield from (f"  ✗ {one.resource}: {one.message}" for one in grouped_said(step.errors))
        yield from (f"  ! {one.resource}: {one.message}" for one in grouped_said(step.warnings))
        if step.name == "second up":
            yield from (f"  ✗ {change_line(change)}" for change in step.changes)


def _kept(report: Report) -> Iterator[str]:
    if report.kept is None:
        return
    yield ""
    yield f"It stays up, in {report.kept}:"
    for cluster in report.clusters:
        yield f"  kubectl --kubeconfig {cluster.kubeconfig} get pods -A    # cluster {cluster.name}"
    yield f'  eval "$(flotilla env --rehearsal {report.stack})"    # then plain pulumi and kubectl work on it'
    yield f"  flotilla down --rehearsal {report.stack}    # ends it"
