"""A rehearsal from end to end: up, ready, a second up, destroy, nothing left."""

import time
from dataclasses import dataclass
from pathlib import Path

from components.config import Stack
from flotilla.engine import ensure
from flotilla.rehearsal.copying import copy_commit, copy_project
from flotilla.rehearsal.course import Course
from flotilla.rehearsal.report import Reference, Report
from flotilla.rehearsal.stage import Stage
from flotilla.rehearsal.workspace import Rehearsal, new_rehearsal
from flotilla.sandbox.needs import tools


@dataclass(frozen=True)
class Options:
    """How to rehearse."""

    reference: str | None = None
    """The commit, branch or tag to begin from; None to begin from nothing."""
    allowed: tuple[str, ...] = ()
    """Names of what may be lost."""
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
    report = Report(stack_name)
    with new_rehearsal(project, stack_name) as rehearsal:
        before = rehearsal.working_in("before")
        if options.reference is not None:
            report.reference = _copy_reference(project, options.reference, before)
        engine = ensure(tools(stack))
        rehearsal.prepare(engine)
        copy_project(project, rehearsal.project)
        course = Course(Stage(rehearsal, engine, report), stack)
        if options.reference is None:
            course.from_nothing()
        else:
            course.from_reference(Stage(before, engine, report), options.allowed)
        if not (options.keep or report.failures or report.refused):
            course.destroy()
        if options.keep:
            rehearsal.keep()
            report.kept = rehearsal.directory
    report.seconds = time.monotonic() - began
    return report


def _copy_reference(project: Path, reference: str, before: Rehearsal) -> Reference:
    """Copy the project as a reference has it.

    Raises:
        FlotillaError: there is no such reference, or it does not have the stack.
    """
    commit = copy_commit(project, reference, before.project)
    before.check_origin(f"{reference} ({commit})")
    return Reference(reference, commit)
