"""Stacks whose programs use the typed SDK of a cloud, with sandbox providers in place of the cloud."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checkouts import project_environment
from event_log import operations_in

from flotilla.engine import Engine
from flotilla.sandbox.clouds import trust
from flotilla.sandbox.clouds.store import Resource, remaining
from flotilla.sandbox.programs import place_clouds, place_credentials, place_programs

Json = dict[str, Any]


@dataclass(frozen=True)
class CloudStack:
    """A stack whose program reads what it is to make from `wanted.json`."""

    workspace: Path
    environment: dict[str, str]

    @classmethod
    def init(cls, engine: Engine, workspace: Path, program: str) -> "CloudStack":
        """Make an empty stack of a program."""
        place_programs(workspace / "bin", Engine(engine.binaries, None, None, engine.routes))
        place_clouds(workspace / "bin", workspace)
        place_credentials(workspace / "bin", workspace)
        (workspace / "project").mkdir()
        environment = {**project_environment(workspace), **trust.environment(workspace)}
        stack = cls(workspace, {**environment, "PULUMI_DEBUG_COMMANDS": "true"})
        (stack.project / "Pulumi.yaml").write_text("name: test\nruntime: python\n", encoding="utf-8")
        (stack.project / "__main__.py").write_text(program, encoding="utf-8")
        stack.pulumi("stack", "init", "dev", "--no-select")
        return stack

    @property
    def project(self) -> Path:
        """The directory of the program."""
        return self.workspace / "project"

    def pulumi(self, *arguments: str, fails: bool = False) -> str:
        """Run pulumi, which must succeed, or fail if that is expected; what it said."""
        done = subprocess.run(
            ["pulumi", "--non-interactive", *arguments, *([] if "init" in arguments else ["--stack", "dev"])],
            cwd=self.project,
            env=self.environment,
            text=True,
            capture_output=True,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *, fails: bool = False, **wanted: object) -> str:
        """Bring the program up with these wishes; what the engine said."""
        (self.project / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
        return self.pulumi("up", "--yes", "--skip-preview", fails=fails)

    def operations(self, verb: str, /, **wanted: object) -> dict[str, list[str]]:
        """What `up`, `preview` or `refresh` does with each resource that does not stay the same."""
        (self.project / "wanted.json").write_text(json.dumps(wanted), encoding="utf-8")
        log = self.workspace / "events.json"
        sure = [] if verb == "preview" else ["--yes", "--skip-preview"]
        self.pulumi(verb, *sure, "--event-log", str(log))
        return operations_in(log, verb)

    def outputs(self) -> Json:
        """The outputs of the stack."""
        return json.loads(self.pulumi("stack", "output", "--json", "--show-secrets"))

    def held(self) -> dict[str, Resource]:
        """What the clouds hold, by the program's names."""
        return {resource.urn.rpartition("::")[2]: resource for resource in remaining(self.workspace)}

    def file_of(self, name: str) -> Path:
        """Where a cloud keeps a resource: to edit or remove it is drift."""
        files = (self.workspace / "clouds").rglob("*.json")
        return next(path for path in files if json.loads(path.read_text())["urn"].endswith(f"::{name}"))

    def drift(self, name: str, **outputs: object) -> None:
        """Change what a cloud holds behind the engine's back."""
        path = self.file_of(name)
        content: Json = json.loads(path.read_text(encoding="utf-8"))
        content["outputs"].update(outputs)
        path.write_text(json.dumps(content), encoding="utf-8")
