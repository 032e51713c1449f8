"""A control plane: started, stopped, deleted, found again."""

import re
import shutil
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from filelock import FileLock, Timeout

from flotilla.controlplane import launch, nodes, operators, pools, processes
from flotilla.controlplane.api import Api
from flotilla.controlplane.kwokctl import COMPONENTS, fingerprint
from flotilla.controlplane.layout import Layout, Record
from flotilla.controlplane.nodes import Node
from flotilla.controlplane.pools import Pool
from flotilla.controlplane.settings import Binaries, Settings
from flotilla.errors import Exit, FlotillaError
from flotilla.progress import Step, say, step

SLOW = 20.0
"""Seconds to wait for an API server whose processes all run, before they are restarted."""


class State(Enum):
    """How a control plane is."""

    ABSENT = "absent"
    STOPPED = "stopped"
    DEGRADED = "degraded"
    """Some of it runs, or all of it but the API server is not ready."""
    RUNNING = "running"


@dataclass(frozen=True)
class Status:
    """What is known of a control plane right now."""

    state: State
    server: str = ""
    """The API server's address; of a stopped one, the address it had and will ask for again."""
    kubernetes_version: str = ""
    """As the API server reports it, `v1.36.3`; empty unless it runs."""
    nodes: tuple[Node, ...] = ()
    missing: tuple[str, ...] = ()
    """The components that do not run, of one that is degraded."""


class ControlPlane:
    """A Kubernetes control plane in `directory/name`.

    `name` is made of lower-case letters, digits and dashes, 40 at most. Making the object touches nothing.

    Raises:
        FlotillaError: the name is not of that form, or the directory's has a comma, quote or #.

    Example:
        plane = ControlPlane(sandbox / "clusters", "main", binaries, Settings(nodes=6))
        plane.start()
    """

    def __init__(
        self, directory: Path, name: str, binaries: Binaries, settings: Settings | None = None
    ) -> None:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", name):
            raise FlotillaError(
                f"{name!r} cannot be the name of a control plane.",
                "Use lower-case letters, digits and dashes, 40 at most, with a letter or digit at both ends.",
                Exit.USAGE,
            )
        where = directory.resolve()
        if set(str(where)) & set(',"#'):
            raise FlotillaError(
                f"No control plane can live in {where}: kwok takes commas, quotes and # for ends of paths.",
                "Choose another directory by FLOTILLA_HOME.",
                Exit.USAGE,
            )
        self.name = name
        self.binaries = binaries
        self.settings = settings or Settings()
        self.layout = Layout(where, name)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig: a file only its owner may read, whose path and names never change.

        It holds the current address and certificates, and is there once the control plane was started.
        """
        return self.layout.kubeconfig

    def start(self) -> None:
        """Bring it up, and return when the API server is ready and every node is served.

        It is created if there is none, left alone if it is healthy, restarted with its data if processes died
        or settings changed, and created anew if its creation was cut short. Safe to repeat and to call from
        several processes at once.

        Raises:
            FlotillaError: it does not come up; the message ends with the last lines of the log that tell why.
        """
        with self._alone():
            record = Record.load(self.layout)
            running = self._running()
            serving = record if record and self._is_serving(record, running) else None
            if serving and running.issuperset(COMPONENTS):
                launch.write_kubeconfig(self.layout, serving)
                return
            with step(f"start control plane {self.name}") as progress:
                if not (serving and self._revive(serving, progress)):
                    launch.launch(self.layout, self.binaries, self.settings, record, progress)

    def stop(self) -> None:
        """End its processes and keep its data; fine if none runs."""
        if not self._is_there():
            return
        with self._alone():
            launch.stop(self.layout, Record.load(self.layout))

    def delete(self) -> None:
        """End its processes and remove its files; fine if there is nothing, or only a part."""
        if not self._is_there():
            return
        with self._alone():
            launch.end_processes(self.layout)
            if self.layout.home.exists():
                shutil.rmtree(self.layout.home)

    def status(self) -> Status:
        """How it is; never waits for another command, and for the API server some seconds at most."""
        record = Record.load(self.layout)
        running = self._running()
        missing = tuple(component for component in COMPONENTS if component not in running)
        if record is None or not record.whole:
            return Status(State.DEGRADED, missing=missing) if running else Status(State.ABSENT)
        api = Api(record.ports["kubeApiserverPort"], self.layout.pki)
        if not running:
            return Status(State.STOPPED, api.server)
        if missing or not api.is_ready():
            return Status(State.DEGRADED, api.server, missing=missing)
        version = str(api.get("/version").get("gitVersion", ""))
        return Status(State.RUNNING, api.server, version, tuple(nodes.show(api)))

    @property
    def server(self) -> str:
        """The API server's address, or the one it had and will ask for again; empty if it was never whole."""
        record = Record.load(self.layout)
        return Api.at(record.ports["kubeApiserverPort"]) if record and record.whole else ""

    @property
    def certificate_authority(self) -> Path:
        """The certificate, in PEM, that vouches for the API server; there once it was started."""
        return self.layout.pki / "ca.crt"

    def api(self) -> Api:
        """The API server, spoken to as its administrator.

        Raises:
            FlotillaError: it was never started.
        """
        record = Record.load(self.layout)
        if record is None or not record.whole:
            raise FlotillaError(f"There is no control plane {self.name}.", "Start it: make up")
        return Api(record.ports["kubeApiserverPort"], self.layout.pki)

    def add_nodes(self, count: int = 1) -> list[str]:
        """Add nodes, dealt out over the zones, and return their names."""
        with FileLock(self.layout.node_lock):
            return nodes.add(self.api(), count, self.settings)

    def provide(self, kinds: Iterable[str], priority_classes: Iterable[str] = ()) -> None:
        """Let it have what others would have set up: kinds of operators, and priority classes.

        Safe to repeat; what it has is left as it is.

        Args:
            kinds: Of `operators.KINDS`.
            priority_classes: Their names.

        Example:
            plane.provide(["ScaledObject"], ["payments-first"])
        """
        wanted = list(kinds)
        with self._alone():
            record = Record.load(self.layout)
            operators.provide(self.api(), wanted, priority_classes)
            played = operators.PLAYED.intersection(wanted)
            if record and played:
                with step(f"play operators on {self.name}") as progress:
                    launch.play_operators(self.layout, self.binaries, record, played, progress)

    def set_pool(self, pool: Pool) -> list[str]:
        """Let a pool of nodes be there as described, be it new or changed, and return its nodes' names.

        Example:
            plane.set_pool(Pool("arm", 2, ("eu-west-1a", "eu-west-1b"), "m7g.large", {"arch": "arm"}))
        """
        with FileLock(self.layout.node_lock):
            return pools.set_pool(self.api(), pool, self.settings)

    def remove_pool(self, name: str) -> None:
        """Drain a pool's nodes and take them out for good; fine if there is no such pool."""
        with FileLock(self.layout.node_lock):
            pools.remove_pool(self.api(), name)

    def remove_node(self, name: str) -> None:
        """Let a node vanish, as if its machine lost power.

        It becomes NotReady within some 20 s, and its pods are replaced on other nodes some 10 s later. What
        ran on it stays shown as Terminating until the node returns or is deleted, as on a real cluster.
        """
        nodes.vanish(self.api(), name)

    def restore_node(self, name: str) -> None:
        """Let a node that vanished come back."""
        nodes.restore(self.api(), name)

    def delete_node(self, name: str) -> None:
        """Take a node out for good; what ran on it is replaced elsewhere. Fine if there is none."""
        self.api().delete(f"/api/v1/nodes/{name}")

    def _is_there(self) -> bool:
        return self.layout.home.exists() or bool(self._running())

    def _running(self) -> set[str]:
        return {process.component for process in processes.running(self.layout.home)}

    def _is_serving(self, record: Record, running: set[str]) -> bool:
        """Whether its API server works, with the settings of now.

        One that is alive but slow to answer gets time: others may be at work on it.
        """
        if not running.issuperset({"etcd", "kube-apiserver"}):
            return False
        current = fingerprint(self.layout, self.binaries, self.settings, record)
        if not record.whole or record.fingerprint != current:
            return False
        api = Api(record.ports["kubeApiserverPort"], self.layout.pki)
        deadline = time.monotonic() + (SLOW if running.issuperset(COMPONENTS) else 0)
        while not api.is_ready():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.2)
        return True

    def _revive(self, record: Record, progress: Step) -> bool:
        """Start what died next to a working API server; False if that fails, and all must be restarted."""
        try:
            launch.revive(self.layout, self.binaries, record, progress)
        except FlotillaError as error:
            progress.update(f"restarting everything, since {error.what.splitlines()[0]}")
            return False
        return True

    @contextmanager
    def _alone(self) -> Generator[None]:
        self.layout.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.layout.lock)
        try:
            lock.acquire(timeout=0.2)
        except Timeout:
            say(f"  … control plane {self.name}: waiting for another command that works on it")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()
