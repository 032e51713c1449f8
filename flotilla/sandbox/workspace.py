"""The sandbox of a checkout on disk: its state, control planes and programs, and the environment for them."""

import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from filelock import FileLock, Timeout

from flotilla.engine import Engine
from flotilla.errors import FlotillaError
from flotilla.home import sandbox_dir
from flotilla.progress import say
from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.programs import place_link, place_programs
from flotilla.sandbox.state_files import drop_broken_attributes

STACK = "sandbox"
"""The name of the stack that `flotilla up` brings up."""

PASSPHRASE = "flotilla-sandbox"  # noqa: S105 (public on purpose, see below)
"""What encrypts secrets in `Pulumi.sandbox.yaml`. It is no secret: the sandbox is for made-up values."""

LINK = ".flotilla"
"""The link in the checkout to the sandbox's directory, so that a stack file can name a kubeconfig in it."""

FOREIGN = ("PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_STACK", "KUBECONFIG")
"""Variables of the user's that would lead the sandbox out of itself."""


def without_proxy(environment: Mapping[str, str]) -> str:
    """The value of `NO_PROXY` by which no proxy is asked for what is on this computer."""
    named = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    hosts = [host.strip() for host in named.split(",") if host.strip()]
    return ",".join(dict.fromkeys([*hosts, "127.0.0.1", "localhost"]))


@dataclass(frozen=True)
class Sandbox:
    """Everything of one checkout's sandbox lies under `directory`; `project` is where the program is run."""

    project: Path
    directory: Path
    stack: str = STACK
    """The one stack that it holds."""

    @classmethod
    def of(cls, project: Path) -> "Sandbox":
        """The sandbox of the checkout `project`, whether or not it has been made."""
        return cls(project, sandbox_dir(project))

    @property
    def clusters(self) -> Path:
        """The directory of its control planes, one directory each."""
        return self.directory / "clusters"

    @property
    def programs(self) -> Path:
        """The directory that goes first on PATH."""
        return self.directory / "bin"

    @property
    def state_file(self) -> Path | None:
        """The stack's state, as the engine writes it; None while there is no stack."""
        return next(
            iter((self.directory / "state" / ".pulumi" / "stacks").glob(f"*/{self.stack}.json")), None
        )

    def state(self) -> Manifest:
        """The stack's state, empty while there is no stack.

        Raises:
            FlotillaError: the file is damaged.
        """
        if self.state_file is None:
            return {}
        try:
            return cast("Manifest", json.loads(self.state_file.read_text(encoding="utf-8")))
        except ValueError as error:
            raise FlotillaError(
                f"The sandbox's state is damaged: {self.state_file}: {error}",
                "Start the sandbox anew: flotilla down && flotilla up",
            ) from error

    def kubeconfig(self, cluster: str) -> Path:
        """The kubeconfig of one of its control planes."""
        return self.clusters / cluster / "kubeconfig"

    def prepare(self, engine: Engine) -> None:
        """Make the directories, the link in the checkout and the programs on PATH; safe to repeat."""
        for directory in (self.clusters, self.programs, self.directory / "state", self.directory / "pulumi"):
            directory.mkdir(parents=True, exist_ok=True)
        record = {"project": str(self.project.resolve())}
        (self.directory / "sandbox.json").write_text(json.dumps(record) + "\n", encoding="utf-8")
        place_link(self.project / LINK, self.directory)
        place_programs(self.programs, engine)
        drop_broken_attributes(self.directory / "state")

    def variables(self) -> dict[str, str]:
        """What a shell needs so that plain `pulumi` and `kubectl` talk to the sandbox."""
        kubeconfigs = sorted(str(path) for path in self.clusters.glob("*/kubeconfig"))
        direct = without_proxy(os.environ)
        return {
            "PULUMI_BACKEND_URL": (self.directory / "state").as_uri(),
            "PULUMI_HOME": str(self.directory / "pulumi"),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "KUBECONFIG": os.pathsep.join(kubeconfigs),
            "KUBECACHEDIR": str(self.directory / "kubectl"),
            "NO_PROXY": direct,
            "no_proxy": direct,
        }

    def foreign(self) -> list[str]:
        """The variables of the user's that would lead a shell out of the sandbox."""
        return [name for name in FOREIGN if name in os.environ]

    def environment(self) -> dict[str, str]:
        """The whole environment of a program that works on the sandbox."""
        inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        path = os.pathsep.join([str(self.programs), inherited.get("PATH", os.defpath)])
        return {**inherited, **self.variables(), "PATH": path}

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the sandbox for one command; another command of the same checkout waits, and says so.

        Raises:
            FlotillaError: it did not come free within ten minutes.
        """
        # Beside the directory, which `down` removes: who waits for the lock must wait for the same file.
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.directory.with_name(f"{self.directory.name}.lock"))
        holder = self.directory / "holder.pid"
        try:
            lock.acquire(timeout=0)
        except Timeout:
            pid = holder.read_text(encoding="utf-8").strip() if holder.exists() else "unknown"
            say(f"Another flotilla (pid {pid}) works on this sandbox; waiting for it to end.")
            try:
                lock.acquire(timeout=600)
            except Timeout as error:
                raise FlotillaError(
                    f"Another flotilla (pid {pid}) has held the sandbox of {self.project} for ten minutes.",
                    f"Let it end or stop it (kill {pid}), then run the command again.",
                ) from error
        try:
            self.directory.mkdir(exist_ok=True)
            holder.write_text(f"{os.getpid()}\n", encoding="utf-8")
            yield
        finally:
            lock.release()
