"""Stacks of single services on a real control plane, for the tests of rollouts and of data."""

import json
from pathlib import Path
from typing import Any

from checkouts import ROOT
from cloud_stacks import CloudStack
from kubectl import Kubectl

from flotilla.engine import Engine

PROGRAM = """
import json
from pathlib import Path

import pulumi

from components import ExistingCluster, Service

wanted = json.loads(Path("wanted.json").read_text())
place = json.loads(Path("place.json").read_text())
cluster = ExistingCluster("it", {"kubeconfig": place["kubeconfig"], "identifier": "it"})
for name, spec in wanted.items():
    args = {"owner": "tests", "image": "ghcr.io/acme/shop", "namespace": place["namespace"], **spec}
    Service(name, args, pulumi.ResourceOptions(providers=[cluster.provider]))
"""
Json = dict[str, Any]


class BareServices(CloudStack):
    """A stack whose services are what `up` is told, in the namespace of a kubectl."""

    @classmethod
    def of(cls, engine: Engine, workspace: Path, kubectl: Kubectl) -> "BareServices":
        """An empty stack."""
        made = cls.init(engine, workspace, PROGRAM)
        stack = cls(made.workspace, {**made.environment, "PYTHONPATH": str(ROOT)})
        place = {"kubeconfig": str(kubectl.kubeconfig), "namespace": kubectl.namespace}
        (stack.project / "place.json").write_text(json.dumps(place), encoding="utf-8")
        return stack

    def steps(self, **wanted: object) -> list[tuple[str, str]]:
        """What an update does, in the order in which it was done: operation and resource."""
        log = self.workspace / "events.json"
        (self.project / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
        self.pulumi("up", "--yes", "--skip-preview", "--event-log", str(log))
        events: list[Json] = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        done = [event["resOutputsEvent"]["metadata"] for event in events if "resOutputsEvent" in event]
        return [
            (step["op"], step["urn"].rpartition("::")[2])
            for step in done
            if step["op"] not in {"same", "refresh", "read"} and "kubernetes:" in step["urn"]
        ]
