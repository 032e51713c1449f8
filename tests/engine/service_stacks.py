"""Stacks of services on a control plane, whose words a test changes from one update to the next."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from checkouts import ROOT, project_environment
from event_log import operations_in

from flotilla.engine import Engine
from flotilla.sandbox.programs import place_programs

Json = dict[str, Any]

PROJECT = """\
name: test
runtime: python
config:
  pulumi:disable-default-providers: {value: [kubernetes]}
  flotilla:project: {value: {name: test, source: github.com/acme, registry: docker.io/library}}
"""


@dataclass(frozen=True)
class ServiceStack:
    """A project with a catalog and one stack, `test`, on a cluster that is there.

    Its services live in the namespace `namespace`.
    """

    project: Path
    environment: dict[str, str]
    namespace: str

    @classmethod
    def init(cls, engine: Engine, workspace: Path, kubeconfig: Path, namespace: str) -> "ServiceStack":
        """Make an empty stack."""
        place_programs(workspace / "bin", engine)
        stack = cls(workspace / "project", project_environment(workspace), namespace)
        (stack.project / "services").mkdir(parents=True)
        stack.environment.update({"PYTHONPATH": str(ROOT), "PULUMI_DEBUG_COMMANDS": "true"})
        shutil.copy(ROOT / "__main__.py", stack.project)
        shutil.copy(kubeconfig, stack.project / "kubeconfig")
        (stack.project / "Pulumi.yaml").write_text(PROJECT, encoding="utf-8")
        stack.pulumi("stack", "init", "--no-select")
        return stack

    def write(self, catalog: Json, services: Json, **environment: object) -> None:
        """Write the catalog's files and the stack's; encrypted values and their salt stay.

        Args:
            catalog: The services by name, as their files hold them.
            services: What the stack says of them.
            environment: What the stack says of the environment besides.
        """
        for file in (self.project / "services").iterdir():
            file.unlink()
        for name, described in catalog.items():
            (self.project / "services" / f"{name}.yaml").write_text(yaml.safe_dump(described))
        file = self.project / "Pulumi.test.yaml"
        held: Json = yaml.safe_load(file.read_text()) if file.exists() else {}
        config: Json = {
            key: value for key, value in held.get("config", {}).items() if key == "flotilla:secrets"
        }
        config["flotilla:environment"] = {
            "tier": "development",
            "namespace": self.namespace,
            "rolloutTimeoutSeconds": 30,
            **environment,
        }
        main = {"type": "existing", "kubeconfig": "kubeconfig", "identifier": "test"}
        config["flotilla:clusters"] = {"main": main}
        config["flotilla:services"] = services
        file.write_text(yaml.safe_dump({**held, "config": config}))

    def pulumi(self, *arguments: str, fails: bool = False) -> str:
        """Run pulumi, which must succeed, or fail if that is expected; what it said."""
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments, "--stack", "test"],
            cwd=self.project, env=self.environment, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *, fails: bool = False) -> str:
        """Bring it up, or fail if that is expected; what the engine said."""
        return self.pulumi("up", "--yes", "--skip-preview", fails=fails)

    def operations(self, verb: str = "preview") -> dict[str, list[str]]:
        """What `preview`, `up` or `refresh` does with each resource that does not stay the same."""
        log = self.project.parent / "events.json"
        sure = [] if verb == "preview" else ["--yes", "--skip-preview"]
        self.pulumi(verb, *sure, "--event-log", str(log))
        return operations_in(log, verb)
