"""Brings the processes of a control plane up, with the data it has or with none."""

import re
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from flotilla.controlplane import kwokctl, nodes, ports, processes
from flotilla.controlplane.api import Api, Json
from flotilla.controlplane.kubeconfig import kubeconfig
from flotilla.controlplane.layout import Layout, Record, siblings, write_private
from flotilla.controlplane.settings import Binaries, Settings
from flotilla.errors import FlotillaError
from flotilla.progress import Step, say

PATIENCE = 120.0
"""Seconds for the API server to become ready; it takes 3 on an idle machine."""

NODES_PATIENCE = 30.0
"""Seconds for the nodes to become ready."""

ATTEMPTS = 3
"""Another program may take a port between our choice and our use of it."""

STORAGE_CLASS: Json = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "standard", "annotations": {"storageclass.kubernetes.io/is-default-class": "true"}},
    "provisioner": "sandbox.flotilla.dev/volume",
    "reclaimPolicy": "Delete",
    "volumeBindingMode": "WaitForFirstConsumer",
    "allowVolumeExpansion": True,
}


class PortTakenError(FlotillaError):
    """A component could not listen, since another program was faster."""


def launch(
    layout: Layout, binaries: Binaries, settings: Settings, before: Record | None, progress: Step
) -> None:
    """Start every process anew.

    Raises:
        FlotillaError: a component ended, or the API server did not become ready in time.
    """
    end_processes(layout)
    if before is None or not before.whole:
        shutil.rmtree(layout.home, ignore_errors=True)
    layout.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for attempt in range(1, ATTEMPTS + 1):
        record = _record(layout, before)
        try:
            _start(layout, binaries, settings, record, progress)
        except PortTakenError:
            end_processes(layout)
            if attempt == ATTEMPTS:
                raise
        else:
            _settle(layout, binaries, settings, record)
            _tell(layout, before, record)
            return


def end_processes(layout: Layout) -> None:
    """End all processes: those that keep nothing at once, etcd gently."""
    rest = [name for name in ("kwokctl", "kubectl", *kwokctl.COMPONENTS) if name != "etcd"]
    processes.end(layout.home, rest, gently=False)
    processes.end(layout.home)


def write_kubeconfig(layout: Layout, record: Record) -> None:
    """Write the administrator's kubeconfig, unless it is as it should be."""
    text = kubeconfig(layout.name, Api(record.ports["kubeApiserverPort"], layout.pki).server, layout.pki)
    if not layout.kubeconfig.exists() or layout.kubeconfig.read_text() != text:
        write_private(layout.kubeconfig, text)


def _record(layout: Layout, before: Record | None) -> Record:
    others = siblings(layout)
    reserved = {port for other in others for port in other.ports.values()}
    chosen = ports.choose(kwokctl.PORTS, before.ports if before else {}, reserved)
    if before and before.whole:
        return replace(before, ports=chosen)
    used = {other.subnet for other in others}
    return Record(chosen, next((n for n in range(kwokctl.SUBNETS) if n not in used), 0))


def _start(layout: Layout, binaries: Binaries, settings: Settings, record: Record, progress: Step) -> None:
    """Start the processes and return when the API server is ready."""
    _clear(layout)
    write_private(layout.tokens, kwokctl.token_file(settings))
    write_private(layout.config, kwokctl.configuration(layout, binaries, settings, record))
    record.save(layout)
    starter = kwokctl.create(layout, binaries)
    try:
        _await_ready(layout, record, starter, progress)
    except BaseException:
        end_processes(layout)
        starter.wait()
        raise


def _clear(layout: Layout) -> None:
    """Remove what kwokctl kept, except the logs; give it back the keys, which must not change."""
    if layout.logs.is_dir():
        shutil.rmtree(layout.earlier_logs, ignore_errors=True)
        layout.logs.rename(layout.earlier_logs)
    shutil.rmtree(layout.kwok, ignore_errors=True)
    if layout.pki.is_dir():
        shutil.copytree(layout.pki, layout.cluster / "pki")


def _await_ready(layout: Layout, record: Record, starter: subprocess.Popen[bytes], progress: Step) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        finished = starter.poll() is not None
        if starter.returncode:
            raise _failure(layout, "kwokctl", layout.kwokctl_log)
        for component in _ended(layout):
            raise _failure(layout, component, layout.logs / f"{component}.log")
        progress.update("waiting for the API server")
        if finished and Api(record.ports["kubeApiserverPort"], layout.cluster / "pki").is_ready():
            return
        if time.monotonic() > deadline:
            raise FlotillaError(
                f"Control plane {layout.name} was not ready after {PATIENCE:.0f} s.",
                f"Look into {layout.logs}; a machine busy with other work may need another try.",
            )
        time.sleep(0.05)


def _ended(layout: Layout) -> list[str]:
    """The components kwokctl has started that do not run any more (its files of process ids are fresh here)."""
    alive = {str(process.pid) for process in processes.running(layout.home)}
    files = (layout.cluster / "pids").glob("*.pid")
    return [file.stem for file in files if (pid := file.read_text()) and pid not in alive]


def _settle(layout: Layout, binaries: Binaries, settings: Settings, record: Record) -> None:
    """Keep the keys, give a new cluster its nodes, and say that all is whole."""
    if not layout.pki.is_dir():
        shutil.copytree(layout.cluster / "pki", layout.pki)
        for key in layout.pki.glob("*.key"):
            key.chmod(0o600)
    api = Api(record.ports["kubeApiserverPort"], layout.pki)
    if record.whole:
        nodes.free_leases(api)
    else:
        nodes.add(api, settings.nodes - len(nodes.show(api)), settings)
        api.create("/apis/storage.k8s.io/v1/storageclasses", STORAGE_CLASS)
    deadline = time.monotonic() + NODES_PATIENCE
    while not nodes.are_served(api) and time.monotonic() < deadline:
        time.sleep(0.05)
    write_kubeconfig(layout, record)
    mark = kwokctl.fingerprint(layout, binaries, settings, record)
    replace(record, whole=True, fingerprint=mark).save(layout)


def _tell(layout: Layout, before: Record | None, now: Record) -> None:
    moved = before is not None and before.whole and before.ports.get("kubeApiserverPort")
    if moved and moved != now.ports["kubeApiserverPort"]:
        say(
            f"  ! control plane {layout.name} moved from port {moved} to {now.ports['kubeApiserverPort']}, since another "
            f"program has taken the old one. {layout.kubeconfig} is up to date; copies of it are not."
        )


def _failure(layout: Layout, component: str, log: Path) -> FlotillaError:
    text = log.read_text(errors="replace") if log.exists() else ""
    tail = "\n".join(line[:300] for line in text.splitlines()[-5:])
    if re.search(r"address already in use", text):
        return PortTakenError(f"{component} of control plane {layout.name} could not listen:\n{tail}")
    return FlotillaError(
        f"{component} of control plane {layout.name} ended while it was starting:\n{tail}",
        f"Its log: {log}. Start anew, without the data, by: make down && make up",
    )
