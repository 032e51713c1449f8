"""What a rehearsal has shown: one tree, which is told as text, Markdown or JSON."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from flotilla.errors import Exit
from flotilla.rehearsal.changes import Change, Operation
from flotilla.rehearsal.risks import Risk
from flotilla.sandbox.services import ServiceStatus
from flotilla.sandbox.updates import Update


class Verdict(StrEnum):
    """How a rehearsal ended."""

    GOOD = "good"
    FAILED = "failed"
    REFUSED = "refused"

    @property
    def exit_code(self) -> Exit:
        """The exit code of the command."""
        return {Verdict.GOOD: Exit.DONE, Verdict.FAILED: Exit.FAILED, Verdict.REFUSED: Exit.REFUSED}[self]


@dataclass(frozen=True)
class Said:
    """A warning or an error, in the words of who gave it."""

    resource: str
    """What it is about: `Cluster main`."""
    message: str


@dataclass(frozen=True)
class StepReport:
    """One step of a rehearsal."""

    name: str
    seconds: float
    changes: tuple[Change, ...] = ()
    unchanged: int = 0
    """How many resources stayed as they were."""
    warnings: tuple[Said, ...] = ()
    errors: tuple[Said, ...] = ()

    def of(self, operation: Operation) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.operation is operation]


@dataclass(frozen=True)
class ClusterReport:
    """A cluster of the stack, as it stood in the rehearsal."""

    name: str
    type: str
    """Its kind in the stack's file: `eks`, `existing`."""
    kubernetes_version: str
    """Of the control plane that played it."""
    nodes: int
    kubeconfig: Path | None = None
    """Where its kubeconfig is, of a rehearsal that stays."""


@dataclass(frozen=True)
class Reference:
    """What the working tree is compared with."""

    name: str
    """As it was given: a branch, a tag, a commit."""
    commit: str


@dataclass
class Report:
    """What a rehearsal has shown."""

    stack: str
    reference: Reference | None = None
    steps: list[StepReport] = field(default_factory=list[StepReport])
    clusters: list[ClusterReport] = field(default_factory=list[ClusterReport])
    services: list[ServiceStatus] = field(default_factory=list[ServiceStatus])
    difference: list[Change] | None = None
    """From the reference to the working tree; None where there is no reference."""
    risks: list[Risk] = field(default_factory=list[Risk])
    """What that difference would lose, allowed or not."""
    refused: list[Risk] = field(default_factory=list[Risk])
    """What of it nobody has allowed."""
    failures: list[str] = field(default_factory=list[str])
    """Why the rehearsal is not good, in sentences."""
    notes: list[str] = field(default_factory=list[str])
    """What to know of it: what was replaced by what."""
    shown: list[str] = field(default_factory=list[str])
    """What it has shown to be good, in a few words each."""
    seconds: float = 0.0
    kept: Path | None = None
    """The workspace, of a rehearsal that stays."""

    @property
    def verdict(self) -> Verdict:
        """How it ended."""
        if self.refused:
            return Verdict.REFUSED
        return Verdict.FAILED if self.failures else Verdict.GOOD

    @property
    def reference_name(self) -> str:
        """What the working tree is compared with; empty where it is compared with nothing."""
        return self.reference.name if self.reference else ""

    def add(self, name: str, update: Update, changed: Iterable[Change]) -> StepReport:
        """Take in a step that the engine did."""
        step = StepReport(
            name,
            update.seconds,
            tuple(changed),
            update.changes.get("same", 0),
            tuple(Said(*said) for said in update.warnings),
            tuple(Said(*said) for said in update.errors),
        )
        self.steps.append(step)
        return step
