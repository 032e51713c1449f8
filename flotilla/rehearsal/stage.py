"""The place of a rehearsal: a copy of the project, the control planes, and the engine that works on them."""

import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from components.config import Stack
from components.document import read_document
from flotilla.controlplane import Binaries, ControlPlane
from flotilla.engine import Engine
from flotilla.rehearsal import stand_ins
from flotilla.rehearsal.changes import changes
from flotilla.rehearsal.report import ClusterReport, Report, StepReport
from flotilla.rehearsal.stack_file import clusters_in, prepare
from flotilla.rehearsal.workspace import Rehearsal
from flotilla.sandbox.updates import pulumi, run

PARALLEL = 64
"""Operations at once: they wait for control planes more than they compute."""


@dataclass
class Stage:
    """A workspace with a copy of the project in it, as it is at one point of the rehearsal."""

    rehearsal: Rehearsal
    engine: Engine
    report: Report
    plane_of: dict[str, str] = field(default_factory=dict[str, str])
    """Names of control planes by the identifiers of the foreign clusters they stand for."""

    @contextmanager
    def preparing(self) -> Generator[None]:
        """Put what is done inside, and how long it takes, into the report as one step."""
        began = time.monotonic()
        yield
        self.report.steps.append(StepReport("prepare", time.monotonic() - began))

    def set_up(self) -> None:
        """Make the copy fit for a rehearsal, and start what stands in for foreign clusters."""
        rehearsal = self.rehearsal
        rehearsal.link()
        file = rehearsal.project / f"Pulumi.{rehearsal.stack}.yaml"
        held = _data(file)
        clusters = clusters_in(held)
        self.plane_of = stand_ins.planes(clusters, self.plane_of)
        prepared = prepare(held, stand_ins.described(clusters, self.plane_of))
        file.write_text(prepared.text, encoding="utf-8")
        if prepared.secrets:
            values = "value was" if prepared.secrets == 1 else "values were"
            self._note(f"{prepared.secrets} encrypted {values} replaced by made-up ones, unread.")
        for name in prepared.left_out:
            self._note(
                f"The Pulumi ESC environment {name} was left out: a rehearsal has no account to read it."
            )
        with ThreadPoolExecutor(max_workers=1) as pool:
            made = pool.submit(self._make_stack)
            stand_ins.start(rehearsal, self.engine, self.plane_of.values())
            made.result()
        stand_ins.link_kubeconfigs(rehearsal, clusters, self.plane_of)

    def update(self, verb: str, name: str) -> StepReport:
        """Let the engine do something, and put it into the report."""
        done = run(
            self.rehearsal, verb, "--skip-plugin-pre-install", "--parallel", str(PARALLEL),
            title=name, patient=False,
        )  # fmt: skip
        step = self.report.add(name, done, changes(done.finished))
        if done.exit_code:
            self.report.failures.append(f"{name} failed.")
        return step

    def read_clusters(self, stack: Stack) -> None:
        """Put the clusters of the stack into the report."""
        binaries = Binaries.from_mapping(self.engine.binaries)
        for name, cluster in stack.clusters.items():
            kubeconfig = self.rehearsal.kubeconfig(name)
            home = kubeconfig.resolve().parent
            status = ControlPlane(home.parent, home.name, binaries).status()
            self.report.clusters.append(
                ClusterReport(name, cluster.type, status.kubernetes_version, len(status.nodes), kubeconfig)
            )

    def _make_stack(self) -> None:
        if self.rehearsal.state_file is None:
            pulumi(self.rehearsal, ["stack", "init", self.rehearsal.stack])

    def _note(self, words: str) -> None:
        if words not in self.report.notes:
            self.report.notes.append(words)


def _data(file: Path) -> object:
    """What a stack's file holds; it has been checked."""
    return read_document(file.name, file.read_text(encoding="utf-8"))[0].data
