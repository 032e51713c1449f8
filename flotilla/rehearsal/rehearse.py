"""A rehearsal from end to end: up, ready, a second up, destroy, nothing left."""

import time
from dataclasses import dataclass
from pathlib import Path

from components.config import Stack
from flotilla.engine import ensure
from flotilla.rehearsal.copying import copy_project
from flotilla.rehearsal.remaining import remaining
from flotilla.rehearsal.report import Report
from flotilla.rehearsal.stage import Stage
from flotilla.rehearsal.words import change_line
from flotilla.rehearsal.workspace import new_rehearsal
from flotilla.sandbox.up import wait_until_ready
from flotilla.sandbox.updates import some


@dataclass(frozen=True)
class Options:
    """How to rehearse."""

    keep: bool = False
    """Whether it stays up."""


def rehearse(project: Path, stack_name: str, options: Options) -> Report:
    """Rehearse a stack; whatever happens, nothing of the user's is touched.

    Raises:
        ConfigurationError: the catalog or the stack is wrong; nothing was started.
        FlotillaError: there is no such reference, or the engine or a control plane could not be had.
    """
    began = time.monotonic()
    stack = Stack.read(project, stack_name)
    engine = ensure()
    report = Report(stack_name)
    with new_rehearsal(project, stack_name) as rehearsal:
        rehearsal.prepare(engine)
        course = Course(Stage(rehearsal, engine, report), stack)
        course.from_nothing()
        if not options.keep and not report.failures:
            course.destroy()
        if options.keep:
            rehearsal.keep()
            report.kept = rehearsal.directory
    report.seconds = time.monotonic() - began
    return report


@dataclass(frozen=True)
class Course:
    """The steps of a rehearsal, in their order; each is left out once one has failed."""

    stage: Stage
    stack: Stack

    def from_nothing(self) -> None:
        """Bring the working tree up."""
        with self.stage.preparing():
            copy_project(self.stage.rehearsal.origin, self.stage.rehearsal.project)
            self.stage.set_up()
        up = self.stage.update("up", "up")
        if not up.errors:
            self.check()

    def check(self) -> None:
        """See that everything is ready, and that a second update would change nothing."""
        report = self.stage.report
        self.stage.read_clusters(self.stack)
        report.services = wait_until_ready(self.stage.rehearsal, self.stack)
        ready = sum(status.is_ready for status in report.services)
        report.shown.append(f"{ready} of {len(report.services)} services ready")
        report.failures += [
            f"{status.wanted.service} is not ready on cluster {status.wanted.cluster}: "
            + ("; ".join(status.reasons) or f"{status.ready} of {status.replicas} pods")
            for status in report.services
            if not status.is_ready
        ]
        if report.failures:
            return
        again = self.stage.update("up", "second up")
        if again.changes:
            changed = some([change_line(one) for one in again.changes])
            report.failures.append(f"A second up must change nothing, and this one does: {changed}.")
        elif not again.errors:
            report.shown.append("a second up changed nothing")

    def destroy(self) -> None:
        """Destroy everything, and look for what is left."""
        report = self.stage.report
        done = self.stage.update("destroy", "destroy")
        left = [] if done.errors else remaining(self.stage.rehearsal)
        report.failures += [f"After destroy {what}." for what in left]
        if not left and not done.errors:
            report.shown.append("nothing left after destroy")
