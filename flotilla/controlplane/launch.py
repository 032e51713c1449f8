"""Brings the processes of a control plane up, with the data it has or with none."""

import shutil
import subprocess
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from flotilla.controlplane import kwokctl, nodes, ports, processes
from flotilla.controlplane.api import Api, Json
from flotilla.controlplane.kubeconfig import kubeconfig
from flotilla.controlplane.layout import Layout, Record, siblings, write_private
from flotilla.controlplane.settings import Binaries, Settings, StorageClass
from flotilla.errors import FlotillaError
from flotilla.progress import Step, say

PATIENCE = 120.0
"""Seconds for the API server and the nodes to become ready; it takes 3 on an idle machine."""

ATTEMPTS = 3
"""Another program may take a port between our choice and our use of it."""

KEYS = ("ca.crt", "ca.key", "admin.crt", "admin.key")
"""What the control plane and its kubeconfigs rest on; made anew if one is lost."""


class PortTakenError(FlotillaError):
    """A component could not listen, since another program was faster."""


def launch(
    layout: Layout, binaries: Binaries, settings: Settings, before: Record | None, progress: Step
) -> None:
    """Start every process anew, with the data of a control plane that was once whole, else with none.

    Raises:
        FlotillaError: a component ended, or did not become ready in time.
    """
    end_processes(layout)
    if before is None or not before.whole:
        before = None
        _remove(layout.home)
    layout.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    record = _record(layout, before)
    for attempts_left in reversed(range(ATTEMPTS)):
        try:
            _start(layout, binaries, settings, record)
            _settle(layout, settings, record)
            _await_ready(layout, record, progress)
            break
        except BaseException as error:
            end_processes(layout)
            if not (isinstance(error, PortTakenError) and attempts_left):
                raise
            record = _record(layout, before)
    write_kubeconfig(layout, record)
    mark = kwokctl.fingerprint(layout, binaries, settings, record)
    replace(record, whole=True, fingerprint=mark).save(layout)
    if before:
        _tell(layout, before, record)


def revive(layout: Layout, binaries: Binaries, record: Record, progress: Step) -> None:
    """Start only the components that do not run, and leave the others alone.

    Raises:
        FlotillaError: one ended again, or did not become ready in time.
    """
    for component in _ended(layout):
        (layout.cluster / "pids" / f"{component}.pid").unlink()
        if component == "kwok-controller":
            nodes.free_leases(_api(layout, record))
    _run(layout, kwokctl.start(layout, binaries))
    _await_ready(layout, record, progress)
    write_kubeconfig(layout, record)


def play_operators(
    layout: Layout, binaries: Binaries, record: Record, kinds: Collection[str], progress: Step
) -> None:
    """Let kwok play the controllers of kinds that the API server knows; it starts anew for that.

    Raises:
        FlotillaError: it ended again, or did not become ready in time.
    """
    kwokctl.play_operators(layout, kinds)
    processes.end(layout.home, ["kwok-controller"], gently=False)
    revive(layout, binaries, record, progress)


def stop(layout: Layout, record: Record | None) -> None:
    """End all processes, having freed the nodes for the next kwok."""
    processes.end(layout.home, ["kwok-controller"], gently=False)
    if record and record.whole and _api(layout, record).is_ready():
        nodes.free_leases(_api(layout, record))
    end_processes(layout)


def end_processes(layout: Layout) -> None:
    """End all processes: those that keep nothing at once, etcd gently."""
    rest = [name for name in ("kwokctl", "kubectl", *kwokctl.COMPONENTS) if name != "etcd"]
    processes.end(layout.home, rest, gently=False)
    processes.end(layout.home)


def write_kubeconfig(layout: Layout, record: Record) -> None:
    """Write the administrator's kubeconfig, unless it is as it should be."""
    text = kubeconfig(layout.name, _api(layout, record).server, layout.pki)
    if not layout.kubeconfig.exists() or layout.kubeconfig.read_text(encoding="utf-8") != text:
        write_private(layout.kubeconfig, text)


def _record(layout: Layout, before: Record | None) -> Record:
    """What it will be known by; chosen and written down before anyone beside it can choose the same."""
    with FileLock(layout.root / ".choice.lock"):
        record = _choose(layout, before)
        record.save(layout)
    return record


def _choose(layout: Layout, before: Record | None) -> Record:
    others = siblings(layout)
    reserved = {port for other in others for port in other.ports.values()}
    chosen = ports.choose(kwokctl.PORTS, before.ports if before else {}, reserved)
    if before:
        return replace(before, ports=chosen, fingerprint="")
    used = {other.subnet for other in others}
    return Record(chosen, next((number for number in range(kwokctl.SUBNETS) if number not in used), 0))


def _start(layout: Layout, binaries: Binaries, settings: Settings, record: Record) -> None:
    """Start the processes, and return when the API server answers."""
    _clear(layout)
    write_private(layout.tokens, kwokctl.token_file(settings))
    write_private(layout.config, kwokctl.configuration(layout, binaries, settings, record))
    _run(layout, kwokctl.create(layout, binaries))


def _clear(layout: Layout) -> None:
    """Remove what kwokctl kept, except the logs; give it back the keys, which must not change."""
    if layout.logs.is_dir():
        _remove(layout.earlier_logs)
        layout.logs.rename(layout.earlier_logs)
    _remove(layout.kwok)
    if all((layout.pki / name).is_file() for name in KEYS):
        shutil.copytree(layout.pki, layout.cluster / "pki")
    else:
        _remove(layout.pki)


def _remove(directory: Path) -> None:
    if directory.exists():
        shutil.rmtree(directory)


def _run(layout: Layout, process: subprocess.Popen[bytes]) -> None:
    """Wait for kwokctl, but not for a component that has ended: kwokctl would wait for it for minutes."""
    deadline = time.monotonic() + PATIENCE
    try:
        while process.poll() is None:
            _check(layout, deadline)
            time.sleep(0.02)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        raise _failure(layout, "kwokctl", layout.kwokctl_log)


def _settle(layout: Layout, settings: Settings, record: Record) -> None:
    """Keep the keys; give a new cluster its nodes, and to a new kwok the nodes there are."""
    if not layout.pki.is_dir():
        shutil.copytree(layout.cluster / "pki", layout.pki)
        for key in layout.pki.glob("*.key"):
            key.chmod(0o600)
    api = _api(layout, record)
    if record.whole:
        nodes.free_leases(api)
    else:
        nodes.add(api, settings.nodes - len(nodes.show(api)), settings)
        for storage_class in settings.storage_classes:
            api.create("/apis/storage.k8s.io/v1/storageclasses", _storage_class(storage_class))


def _storage_class(wanted: StorageClass) -> Json:
    default = {"storageclass.kubernetes.io/is-default-class": "true"} if wanted.default else {}
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": wanted.name, "annotations": default},
        "provisioner": wanted.provisioner,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": wanted.binding,
        "allowVolumeExpansion": True,
    }


def _await_ready(layout: Layout, record: Record, progress: Step) -> None:
    progress.update("waiting for API server and nodes")
    api = _api(layout, record)
    deadline = time.monotonic() + PATIENCE
    while not (api.is_ready() and nodes.are_served(api)):
        _check(layout, deadline)
        time.sleep(0.05)


def _api(layout: Layout, record: Record) -> Api:
    return Api(record.ports["kubeApiserverPort"], layout.pki)


def _check(layout: Layout, deadline: float) -> None:
    for component in _ended(layout):
        raise _failure(layout, component, layout.logs / f"{component}.log")
    if time.monotonic() > deadline:
        raise FlotillaError(
            f"Control plane {layout.name} was not ready after {PATIENCE:.0f} s.",
            f"Its logs are in {layout.logs}. On a machine busy with other work, try again.",
        )


def _ended(layout: Layout) -> list[str]:
    """The components that do not run any more, of those kwokctl has started.

    Its files of process ids serve to know which it started; whether they run is read off the processes.
    """
    files = (layout.cluster / "pids").glob("*.pid")
    started = {file.stem: file.read_text() for file in files}
    alive = {str(process.pid) for process in processes.running(layout.home)}
    return [component for component, pid in started.items() if pid and pid not in alive]


def _tell(layout: Layout, before: Record, now: Record) -> None:
    old, new = before.ports["kubeApiserverPort"], now.ports["kubeApiserverPort"]
    if old != new:
        say(
            f"  ! control plane {layout.name} moved from port {old} to {new}: another program has taken "
            f"{old}. {layout.kubeconfig} is up to date; copies of it are not."
        )


def _failure(layout: Layout, component: str, log: Path) -> FlotillaError:
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    tail = "\n".join(line[:300] for line in text.splitlines()[-5:])
    if "address already in use" in text:
        return PortTakenError(f"{component} of control plane {layout.name} could not listen:\n{tail}")
    return FlotillaError(
        f"{component} of control plane {layout.name} ended while it was starting:\n{tail}",
        f"Its log: {log}. Start anew, without the data, by: make down && make up",
    )
