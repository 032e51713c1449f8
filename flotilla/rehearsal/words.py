"""Sentences of a report that its text and its Markdown share."""

from collections.abc import Iterable, Sequence

from flotilla.progress import seconds_text
from flotilla.rehearsal.changes import Change, Operation, counts
from flotilla.rehearsal.report import Report, Said, StepReport
from flotilla.rehearsal.risks import Risk
from flotilla.sandbox.updates import grouped, some

OF_INTEREST = (
    "kubernetesVersion",
    "version",
    "minMasterVersion",
    "releaseChannel",
    "instanceTypes",
    "image",
    "release",
)
"""Ends of the paths of properties whose change is told even where many resources change."""

NAMED = 12
"""How many changed resources are named; of more, those that matter."""


def summary(report: Report) -> str:
    """What was shown, in a line: `12 of 12 services ready · a second up changed nothing · 34 s`."""
    return " · ".join([*report.shown, seconds_text(report.seconds)])


def step_counts(step: StepReport) -> list[str]:
    """How many resources a step created, updated, replaced and deleted; empty for none."""
    return [str(count) if count else "" for count in counts(step.changes).values()]


def grouped_said(all_said: Iterable[Said]) -> list[Said]:
    """Each message once, with everything it is about."""
    told = grouped((said.resource, said.message) for said in all_said)
    return [Said(resources, message) for message, resources in told]


def difference_lines(changes: Sequence[Change]) -> list[str]:
    """The difference in lines: named where it matters or where there is little, counted for the rest."""
    lines: list[str] = []
    for operation in (Operation.REPLACED, Operation.DELETED, Operation.CREATED, Operation.UPDATED):
        those = [change for change in changes if change.operation is operation]
        named = those if len(those) <= NAMED else [one for one in those if _matters(one)]
        lines += [change_line(change) for change in named]
        rest = [change.resource for change in those if change not in named]
        if rest:
            lines.append(f"{len(rest)} {'more ' if named else ''}{operation}: {some(rest)}")
    return lines


def change_line(change: Change) -> str:
    """One change: `Cluster main updated: kubernetesVersion 1.35 → 1.36`."""
    shown = [str(one) for one in change.properties if one.old or one.new] or [
        one.path for one in change.properties
    ]
    return f"{change.resource} {change.operation}" + (f": {some(shown)}" if shown else "")


def risk_line(risk: Risk) -> str:
    """One risk: what would be lost, and why."""
    protected = " (protected)" if risk.protected else ""
    return f"{risk.resource} would be {risk.operation}{protected}: lost is {risk.loss}. Why: {risk.reason}."


def allowing(report: Report) -> str:
    """The command that allows what was refused: by the name of the component where there is one."""
    names = dict.fromkeys(_widest(risk, report.refused) for risk in report.refused)
    words = " ".join(f"--allow {_quoted(name)}" for name in names)
    reference = f" --from {report.reference.name}" if report.reference else ""
    return f"flotilla rehearse {report.stack}{reference} {words}"


def _widest(risk: Risk, refused: Sequence[Risk]) -> str:
    """The shortest name that allows a risk and, if it can be, others that belong to the same thing."""
    above = [
        name for name in risk.names if sum(name in other.names for other in refused) > 1 and " " not in name
    ]
    return above[-1] if above else risk.names[1]


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name


def _matters(change: Change) -> bool:
    return any(one.path.rsplit(".", 1)[-1] in OF_INTEREST for one in change.properties)
