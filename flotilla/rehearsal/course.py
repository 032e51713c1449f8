"""The steps of a rehearsal, in their order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components.config import Stack
from flotilla.rehearsal.changes import Change, Operation, changes
from flotilla.rehearsal.remaining import remaining
from flotilla.rehearsal.risks import is_cluster, risks
from flotilla.rehearsal.stage import Stage
from flotilla.rehearsal.words import change_line
from flotilla.sandbox.events import resource_name
from flotilla.sandbox.up import wait_until_ready
from flotilla.sandbox.updates import some

PATIENCE = 20.0
"""Seconds for pods to become ready after an update that has waited for its rollouts."""


@dataclass(frozen=True)
class Course:
    """The steps of a rehearsal; each is left out once one has failed."""

    stage: Stage
    stack: Stack

    def from_nothing(self) -> None:
        """Bring the working tree up."""
        with self.stage.preparing():
            self.stage.set_up()
        if not self.stage.update("up", "up").errors:
            self.check()

    def from_reference(self, before: Stage, allowed: Sequence[str]) -> None:
        """Bring the stack up as the reference has it, and change it to what the working tree says."""
        report = self.stage.report
        with before.preparing():
            before.set_up()
            self.stage.plane_of = before.plane_of
            self.stage.set_up()
        if before.update("up", f"up as {report.reference_name} has it").errors:
            return
        self.preview(allowed)
        if report.failures or report.refused:
            return
        lost = [risk for risk in report.risks if risk.protected]
        if lost:
            names = {name for risk in lost for name in risk.names}
            self.lift_protection(before, before.own_clusters() & names, [risk.urn for risk in lost])
        if report.failures:
            return
        changed = self.stage.update("up", "up as the working tree has it")
        if not changed.errors:
            report.difference = list(changed.changes)
        anew = made_anew_unseen(changed.changes)
        if anew and not changed.errors:
            self.make_again(anew)
        if not report.failures:
            self.check()

    def make_again(self, clusters: Sequence[str]) -> None:
        """Make again what ran on clusters that were made anew: to the engine it is there until it looks."""
        self.stage.report.notes.append(
            f"Made anew: {', '.join(clusters)}. To the engine, what ran there is still there: only an update "
            "that looks makes it again, pulumi up --refresh."
        )
        self.stage.update("up", "up with refresh", "--refresh")

    def preview(self, allowed: Sequence[str]) -> None:
        """See what the working tree would change and lose, before anything is done."""
        report = self.stage.report
        done = self.stage.preview()
        report.difference = changes(done.begun)
        report.risks = risks(done.begun, self.stage.protected())
        report.refused = [risk for risk in report.risks if not risk.is_allowed(allowed)]
        if report.add("preview", done, ()).errors:
            report.failures.append("preview failed.")
        unused = [name for name in allowed if not any(risk.is_allowed([name]) for risk in report.risks)]
        report.notes += [f"--allow {name}: nothing of that name would be lost." for name in unused]

    def lift_protection(self, stage: Stage, clusters: Iterable[str], urns: Iterable[str]) -> None:
        """Do what an operator does before protected things go: switch it off, in an update of its own.

        Args:
            stage: As what the stack stands there.
            clusters: Whose deletion protection to switch off.
            urns: What has to be unprotected then, whatever protects it.
        """
        if stage.unlock(clusters) and stage.update("up", "lift protection").errors:
            return
        stage.unprotect(urns)

    def check(self) -> None:
        """See that everything is ready, and that a second update would change nothing."""
        report = self.stage.report
        self.stage.read_clusters(self.stack)
        if report.failures:
            return
        report.services = wait_until_ready(self.stage.rehearsal, self.stack, PATIENCE)
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
        protected = self.stage.protected()
        if protected:
            self.lift_protection(self.stage, self.stage.own_clusters(), protected)
        if report.failures:
            return
        retained = self.stage.retained()
        done = self.stage.update("destroy", "destroy")
        left = [] if done.errors else remaining(self.stage.rehearsal, retained)
        if retained:
            names = some(sorted(map(resource_name, retained)))
            report.notes.append(f"Stay after destroy, as the program says so: {names}.")
        report.failures += [f"After destroy {what}." for what in left]
        if not left and not done.errors:
            report.shown.append("nothing left after destroy")


def made_anew_unseen(changes: Iterable[Change]) -> list[str]:
    """Names of clusters that were made anew while the engine takes what ran there for what runs there now.

    A cluster of another identifier has another Kubernetes provider, and with that all its objects are made
    anew too. It has the cluster's name, as all our components give it.
    """
    replaced = [change for change in changes if change.operation is Operation.REPLACED]
    seen = {change.name for change in replaced if change.type == "pulumi:providers:kubernetes"}
    return [change.name for change in replaced if is_cluster(change.type) and change.name not in seen]
