"""The place of a rehearsal: a copy of the project, the control planes, and the engine that works on them."""

import json
import time
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from components.config import Stack
from components.config.clouds import CLOUDS
from components.config.clusters import ConfiguredCluster
from components.config.keys import CLUSTERS
from components.document import is_map, read_document
from components.errors import ConfigurationError
from flotilla.controlplane import Binaries, ControlPlane
from flotilla.engine import Engine
from flotilla.rehearsal import stand_ins
from flotilla.rehearsal.changes import changes
from flotilla.rehearsal.report import ClusterReport, Report, StepReport
from flotilla.rehearsal.stack_file import clusters_in, prepare, written
from flotilla.rehearsal.workspace import Rehearsal
from flotilla.sandbox.clouds import records
from flotilla.sandbox.kubernetes.manifest import mappings, text
from flotilla.sandbox.programs import place_link
from flotilla.sandbox.updates import Update, pulumi, run

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
        stack = self._stack()
        held = self._held()
        clusters = clusters_in(held)
        self.plane_of = stand_ins.planes(clusters, self.plane_of)
        prepared = prepare(held, stand_ins.described(clusters, self.plane_of))
        rehearsal.stack_file.write_text(prepared.text, encoding="utf-8")
        if prepared.secrets:
            one = prepared.secrets == 1
            said = "value was replaced by a made-up one" if one else "values were replaced by made-up ones"
            self._note(f"{prepared.secrets} encrypted {said}, unread.")
        for name in prepared.left_out:
            self._note(f"The Pulumi ESC environment {name} was left out: to read it takes an account.")
        with ThreadPoolExecutor(max_workers=1) as pool:
            made = pool.submit(self._make_stack)
            stand_ins.start(rehearsal, self.engine, self.plane_of, stack)
            made.result()
        stand_ins.introduce(rehearsal, clusters, self.plane_of)

    def _stack(self) -> Stack | None:
        """The stack as the copy has it; None where that follows older rules, which its own program knows."""
        try:
            return Stack.read(self.rehearsal.project, self.rehearsal.stack)
        except ConfigurationError:
            return None

    def update(self, verb: str, name: str, *options: str) -> StepReport:
        """Let the engine do something, and put it into the report."""
        done = self._run(verb, name, *options)
        step = self.report.add(name, done, changes(done.finished))
        if done.exit_code:
            self.report.failures.append(f"{name} failed.")
        return step

    def preview(self) -> Update:
        """Let the engine tell all that an update would do.

        At the first thing that is protected it would stop, so it looks at a state without protection.
        """
        with self._without_protection():
            return self._run("preview", "preview")

    def read_clusters(self, stack: Stack) -> None:
        """Put the clusters of the stack into the report, and let their kubeconfigs be found by name."""
        binaries = Binaries.from_mapping(self.engine.binaries)
        for name, cluster in stack.clusters.items():
            kubeconfig = self.rehearsal.kubeconfig(name)
            if cluster.type in CLOUDS:
                plane = self._plane(cluster)
                if not plane:
                    self.report.failures.append(
                        f"The stack has a cluster {name}, and the program made none of its name in the cloud."
                    )
                    continue
                place_link(kubeconfig, self.rehearsal.clusters / plane / "kubeconfig")
            home = kubeconfig.resolve().parent
            status = ControlPlane(home.parent, home.name, binaries).status()
            self.report.clusters.append(
                ClusterReport(name, cluster.type, status.kubernetes_version, len(status.nodes), kubeconfig)
            )

    def own_clusters(self) -> set[str]:
        """The names of the clusters that the stack makes itself."""
        return {
            name
            for name, spec in clusters_in(self._held()).items()
            if spec.get("type") not in stand_ins.FOREIGN_TYPES
        }

    def unlock(self, names: Iterable[str]) -> bool:
        """Switch off the deletion protection of clusters in the stack's file; False where there are none."""
        held = self._held()
        clusters = clusters_in(held)
        unlocked = {name: {**clusters[name], "deletionProtection": False} for name in sorted(names)}
        config = held.get("config") if is_map(held) else None
        if not unlocked or not is_map(held) or not is_map(config):
            return False
        changed = {**held, "config": {**config, CLUSTERS: {**clusters, **unlocked}}}
        self.rehearsal.stack_file.write_text(written(changed), encoding="utf-8")
        return True

    def protected(self) -> list[str]:
        """The URNs of what is protected in the state."""
        resources = mappings(self.rehearsal.state(), "checkpoint", "latest", "resources")
        return [text(resource, "urn") for resource in resources if resource.get("protect") is True]

    def retained(self) -> set[str]:
        """The URNs of what the program wants to outlive the stack."""
        resources = mappings(self.rehearsal.state(), "checkpoint", "latest", "resources")
        return {text(one, "urn") for one in resources if one.get("retainOnDelete") is True}

    def unprotect(self, urns: Iterable[str]) -> None:
        """Take the protection of resources out of the state, where no switch of a cluster has done it."""
        left = sorted(set(urns).intersection(self.protected()))
        if left:
            pulumi(self.rehearsal, ["state", "unprotect", "--yes", "--stack", self.rehearsal.stack, *left])

    @contextmanager
    def _without_protection(self) -> Generator[None]:
        file = self.rehearsal.state_file
        if file is None:
            yield
            return
        real = file.read_text(encoding="utf-8")
        state = self.rehearsal.state()
        for resource in mappings(state, "checkpoint", "latest", "resources"):
            resource.pop("protect", None)
        file.write_text(json.dumps(state), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(real, encoding="utf-8")

    def _plane(self, cluster: ConfiguredCluster) -> str:
        """The name of the control plane of a cluster that a sandbox cloud has; empty where it has none."""
        cloud = CLOUDS[cluster.type]
        *_, region, name = cluster.place
        found = [
            record
            for record in records.all_of(self.rehearsal.directory)
            if (record.cloud, record.own_name) == (cloud.provider, name)
        ]
        return next((one.plane for one in found if one.region == region), found[0].plane if found else "")

    def _run(self, verb: str, name: str, *options: str) -> Update:
        always = ["--skip-plugin-pre-install", "--parallel", str(PARALLEL)]
        return run(self.rehearsal, verb, *always, *options, title=name, patient=False)

    def _make_stack(self) -> None:
        if self.rehearsal.state_file is None:
            pulumi(self.rehearsal, ["stack", "init", self.rehearsal.stack])

    def _held(self) -> object:
        """What the copy's stack file holds; it has been checked."""
        file = self.rehearsal.stack_file
        return read_document(file.name, file.read_text(encoding="utf-8"))[0].data

    def _note(self, words: str) -> None:
        if words not in self.report.notes:
            self.report.notes.append(words)
