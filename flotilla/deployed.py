"""What a stack has deployed: read from what it exports, in whichever backend it is kept."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pydantic

from components.config import stack_names
from components.errors import listing, nearest
from components.naming import on_cluster
from flotilla.errors import Exit, FlotillaError
from flotilla.sandbox.workspace import STACK, Sandbox


class DeployedService(pydantic.BaseModel, frozen=True):
    """A service on a cluster, as the last update left it."""

    release: str
    owner: str
    namespace: str
    cluster: str


class _Exports(pydantic.BaseModel, frozen=True):
    services: dict[str, DeployedService]
    kubeconfigs: dict[str, str]


@dataclass(frozen=True)
class Deployed:
    """What a stack has deployed."""

    stack: str
    services: Mapping[str, DeployedService]
    """By the names that they have in the stack."""
    kubeconfigs: Mapping[str, str] = field(repr=False)
    """By the names of the clusters; secret."""
    environment: Mapping[str, str] = field(repr=False)
    """The environment in which `pulumi` and `kubectl` reach it."""

    @classmethod
    def read(cls, project: Path, stack: str, pulumi: Path) -> "Deployed":
        """Ask Pulumi what a stack exports.

        Args:
            project: The checkout.
            stack: The stack. The sandbox's is looked for in the sandbox, others where the user is logged in.
            pulumi: The program.

        Raises:
            FlotillaError: there is no such stack, it has not been brought up, or Pulumi cannot read it.
        """
        _known(project, stack)
        environment = Sandbox.of(project).environment() if stack == STACK else dict(os.environ)
        done = subprocess.run(
            [str(pulumi), "--non-interactive", "stack", "output", "--json", "--show-secrets",
             "--stack", stack],
            cwd=project, env=environment, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        cure = "Bring it up: flotilla up" if stack == STACK else f"Bring it up: pulumi up --stack {stack}"
        if done.returncode:
            raise FlotillaError(f"Pulumi cannot read the stack {stack}: {done.stderr.strip()}", cure)
        try:
            exports = _Exports.model_validate_json(done.stdout)
        except pydantic.ValidationError:
            # Not `from` it: its message quotes what was read, which is secret.
            raise FlotillaError(f"The stack {stack} exports no services yet.", cure) from None
        return cls(stack, exports.services, exports.kubeconfigs, environment)

    def service(self, name: str, cluster: str | None) -> DeployedService:
        """A service on one of its clusters; the cluster may be left out where there is one.

        Raises:
            FlotillaError: it does not run there, or on several clusters to choose from.
        """
        found = {
            deployed.cluster: deployed
            for key, deployed in self.services.items()
            if key == on_cluster(name, deployed.cluster)
        }
        if not found:
            raise self._unknown(name)
        if cluster is None and len(found) > 1:
            first = next(iter(found))
            raise FlotillaError(
                f"The service {name} runs on several clusters of {self.stack}: {listing(found)}.",
                f"Name one: --cluster {first}",
                Exit.USAGE,
            )
        if cluster is not None and cluster not in found:
            raise FlotillaError(
                f"The service {name} does not run on a cluster {cluster!r} of {self.stack}.",
                f"It runs on {listing(found)}.",
                Exit.USAGE,
            )
        return found[cluster] if cluster else next(iter(found.values()))

    def _unknown(self, name: str) -> FlotillaError:
        meant = nearest(name, self.services)
        return FlotillaError(
            f"No service {name!r} is deployed in {self.stack}"
            + (f"; did you mean {meant!r}?" if meant else f": there are {listing(sorted(self.services))}."),
            f"Those of flotilla:services in Pulumi.{self.stack}.yaml come with the next up.",
            Exit.USAGE,
        )


def _known(project: Path, stack: str) -> None:
    names = stack_names(project)
    if stack in names:
        return
    meant = nearest(stack, names)
    raise FlotillaError(
        f"There is no stack {stack!r}" + (f"; did you mean {meant!r}?" if meant else "."),
        f"A stack NAME has a file Pulumi.NAME.yaml; there are {listing(names)}.",
        Exit.USAGE,
    )
