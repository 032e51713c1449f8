"""Mends what a killed command left of the stack: a running engine, a lock, half-made objects."""

import json
import subprocess
from pathlib import Path
from typing import TypedDict

from flotilla.controlplane import processes
from flotilla.errors import FlotillaError
from flotilla.progress import say
from flotilla.sandbox.events import resource_name
from flotilla.sandbox.kubernetes.manifest import mappings
from flotilla.sandbox.recovery import Deployment, Resource, cluster_of, object_id, recover
from flotilla.sandbox.updates import pulumi
from flotilla.sandbox.workspace import Sandbox


class Lock(TypedDict):
    """A lock file of the engine's file backend."""

    pid: int
    hostname: str


class Exported(TypedDict):
    """What `pulumi stack export` prints."""

    version: int
    deployment: Deployment


def mend(sandbox: Sandbox) -> None:
    """Make the stack fit for the next update; call it with the sandbox locked and its control planes running.

    Raises:
        FlotillaError: somebody else's `pulumi` works on the stack right now.
    """
    end_engine(sandbox)
    if _locks(sandbox):
        say("  An earlier update was killed; its lock is taken away.")
        pulumi(sandbox, ["cancel", "--yes", "--stack", sandbox.stack])
    if _is_interrupted(sandbox):
        _resolve_pending(sandbox)


def end_engine(sandbox: Sandbox) -> None:
    """End an engine that an earlier command left running.

    Raises:
        FlotillaError: somebody else's `pulumi` works on the stack right now.
    """
    processes.end(sandbox.programs, ["pulumi"])
    for path in _locks(sandbox):
        pid = _holder(path)
        if pid is not None and processes.is_running(pid, "pulumi"):
            raise FlotillaError(
                f"Another pulumi (pid {pid}) works on the stack {sandbox.stack}.",
                "Let it end, then run the command again.",
            )


def _locks(sandbox: Sandbox) -> list[Path]:
    return list((sandbox.directory / "state" / ".pulumi" / "locks").rglob(f"{sandbox.stack}/*.json"))


def _holder(path: Path) -> int | None:
    """Who took a lock; None if that cannot be told, of a file that was never written to its end."""
    try:
        lock: Lock = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return lock["pid"]


def _is_interrupted(sandbox: Sandbox) -> bool:
    return any(mappings(sandbox.state(), "checkpoint", "latest", "pending_operations"))


def _resolve_pending(sandbox: Sandbox) -> None:
    exported: Exported = json.loads(pulumi(sandbox, ["stack", "export", "--stack", sandbox.stack]))
    recovery = recover(exported["deployment"], lambda resource: _is_there(sandbox, resource))
    for orphan in recovery.orphaned:
        _kubectl(sandbox, orphan, "delete", *_address(orphan), "--ignore-not-found", "--wait=true")
    pulumi(sandbox, ["stack", "import", "--stack", sandbox.stack], stdin=json.dumps(exported))
    if recovery.adopted:
        names = ", ".join(resource_name(urn) for urn in recovery.adopted)
        say(f"  An earlier update was interrupted; taken over as they are: {names}.")
        targets = [part for urn in recovery.adopted for part in ("--target", urn)]
        pulumi(sandbox, ["refresh", "--yes", "--skip-preview", "--stack", sandbox.stack, *targets])


def _is_there(sandbox: Sandbox, resource: Resource) -> bool:
    found = _kubectl(sandbox, resource, "get", *_address(resource), "--ignore-not-found", "-o", "name")
    return bool(found.strip())


def _address(resource: Resource) -> list[str]:
    """The words by which kubectl finds the object of a resource."""
    inputs = resource.get("inputs", {})
    group, _, version = str(inputs.get("apiVersion", "v1")).rpartition("/")
    kind = str(inputs.get("kind", ""))
    namespace, _, name = object_id(inputs).rpartition("/")
    typed = f"{kind}.{version}.{group}" if group else kind
    return [typed, name, *(["--namespace", namespace] if namespace else [])]


def _kubectl(sandbox: Sandbox, resource: Resource, *arguments: str) -> str:
    kubeconfig = sandbox.kubeconfig(cluster_of(resource))
    done = subprocess.run(
        [str(sandbox.programs / "kubectl"), "--kubeconfig", str(kubeconfig), *arguments],
        env=sandbox.environment(), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise FlotillaError(
            f"kubectl {' '.join(arguments)} failed: {done.stderr.strip()}",
            "If the sandbox is damaged, start it anew: flotilla down && flotilla up",
        )
    return done.stdout
