"""A report as Markdown, for a comment on a pull request: what matters first, the rest folded."""

from collections.abc import Iterable, Iterator, Sequence

from flotilla.rehearsal.report import Report, Said, Verdict
from flotilla.rehearsal.words import (
    allowing,
    difference_lines,
    grouped_said,
    risk_line,
    step_counts,
    summary,
)
from flotilla.sandbox.services import ServiceStatus

_MARKS = {Verdict.GOOD: "✅", Verdict.FAILED: "❌", Verdict.REFUSED: "⛔"}


def markdown(report: Report) -> str:
    """The report: a heading, what is wrong or would be lost, and the details folded."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    since = f" from `{report.reference.name}`" if report.reference else ""
    yield f"### {_MARKS[report.verdict]} Rehearsal of `{report.stack}`{since}: {report.verdict}"
    yield ""
    yield summary(report)
    if report.failures:
        yield ""
        yield from (f"- {_cell(failure)}" for failure in report.failures)
    if report.refused:
        yield ""
        yield "**Refused, nothing was changed. It would lose:**"
        yield ""
        yield from (f"- {_cell(risk_line(risk))}" for risk in report.refused)
        yield ""
        yield f"If that is meant: `{allowing(report)}`"
    for step in report.steps:
        if step.errors:
            yield ""
            yield f"**{step.name}:**"
            yield ""
            yield from _messages(grouped_said(step.errors))
    yield from _difference(report)
    yield from _folded("Steps", list(_steps(report)))
    yield from _folded("Services", list(_services(report.services)))
    warnings = [said for step in report.steps for said in grouped_said(step.warnings)]
    yield from _folded("Warnings", list(_messages(warnings)) if warnings else [])
    if report.notes:
        yield ""
        yield from (f"<sub>{_cell(note)}</sub>" for note in report.notes)


def _difference(report: Report) -> Iterator[str]:
    if report.difference is None:
        return
    lines = difference_lines(report.difference)
    if not lines:
        yield ""
        yield "Nothing differs."
    yield from _folded(f"{len(report.difference)} differences", [f"- {_cell(line)}" for line in lines])


def _steps(report: Report) -> Iterator[str]:
    yield from _table(
        ["Step", "Created", "Updated", "Replaced", "Deleted", "Seconds"],
        [[step.name, *step_counts(step), f"{step.seconds:.1f}"] for step in report.steps],
    )


def _services(services: Sequence[ServiceStatus]) -> Iterator[str]:
    if services:
        yield from _table(
            ["Service", "Release", "Owner", "Ready", "Address", "Cluster"],
            [
                [one.wanted.service, one.wanted.release, one.wanted.owner, f"{one.ready}/{one.replicas}",
                 one.address, one.wanted.cluster]
                for one in services
            ],
        )  # fmt: skip


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"|{'|'.join(' --- ' for _ in heading)}|"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _messages(said: Iterable[Said]) -> Iterator[str]:
    """Messages as they were said: a fence keeps their lines, and keeps them from being read as Markdown."""
    yield "```text"
    yield from (f"{one.resource}: {one.message}".replace("```", "'''") for one in said)
    yield "```"


def _folded(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"<details><summary>{title}</summary>"
        yield ""
        yield from lines
        yield ""
        yield "</details>"


def _cell(words: str) -> str:
    """Text that is no Markdown."""
    escaped = words.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    return escaped.replace("*", "\\*").replace("_", "\\_").replace("`", "\\`")
