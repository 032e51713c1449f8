"""Brings the sandbox up: check, engine, control planes, `pulumi up`, and a look at what runs then."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from components.config import Stack
from flotilla.controlplane import Binaries, ControlPlane, find
from flotilla.engine import Engine, ensure
from flotilla.errors import Exit, FlotillaError
from flotilla.progress import say, step
from flotilla.sandbox.mend import mend
from flotilla.sandbox.needs import provide, tools
from flotilla.sandbox.services import ServiceStatus
from flotilla.sandbox.status import explain, print_table, read_services
from flotilla.sandbox.updates import Update, grouped, pulumi, run
from flotilla.sandbox.workspace import LINK, STACK, Sandbox


def up(project: Path) -> bool:
    """Bring the sandbox of a project up; tell whether all its services are ready at the release asked for.

    Raises:
        ConfigurationError: the catalog or the stack is wrong; nothing was started.
        FlotillaError: the engine or a control plane could not be had.
    """
    stack = Stack.read(project, STACK)
    sandbox = Sandbox.of(project)
    own_clusters(stack, sandbox)
    engine = ensure(tools(stack))
    with sandbox.locked():
        sandbox.prepare(engine)
        select_stack(sandbox, engine)
        start_control_planes(stack, sandbox, engine)
        mend(sandbox)
        update = run(sandbox, "up", "--refresh", "--skip-plugin-pre-install")
        if update.exit_code:
            services = read_services(sandbox, stack)
        else:
            taken_out = sorted({*find(sandbox.clusters)} - {*stack.clusters})
            delete_control_planes(taken_out, sandbox, engine)
            services = wait_until_ready(sandbox, stack)
    report(sandbox.stack, update, services)
    return not update.exit_code and all(status.is_ready for status in services)


def own_clusters(stack: Stack, sandbox: Sandbox) -> None:
    """Refuse a sandbox on anybody else's cluster: its clusters are control planes on this computer.

    Raises:
        FlotillaError: a cluster of the stack is another one.
    """
    for name, cluster in stack.clusters.items():
        ours = f"{LINK}/{sandbox.kubeconfig(name).relative_to(sandbox.directory)}"
        if cluster.spec.get("kubeconfig") != ours:
            raise FlotillaError(
                f"Pulumi.{STACK}.yaml: the kubeconfig of cluster {name} is not one of the sandbox's own.",
                f"Write kubeconfig: {ours}. For a cluster of your own, use another stack and plain pulumi.",
                Exit.USAGE,
            )


def start_control_planes(stack: Stack, sandbox: Sandbox, engine: Engine) -> None:
    """Start the control planes that do not run; also those of clusters that are about to be taken out."""
    binaries = Binaries.from_mapping(engine.binaries)
    for name in sorted({*stack.clusters, *find(sandbox.clusters)}):
        plane = ControlPlane(sandbox.clusters, name, binaries)
        plane.start()
        provide(plane, stack, name)


def delete_control_planes(names: Iterable[str], sandbox: Sandbox, engine: Engine) -> None:
    """Delete control planes with all that is on them."""
    binaries = Binaries.from_mapping(engine.binaries)
    for name in names:
        with step(f"delete control plane {name}"):
            ControlPlane(sandbox.clusters, name, binaries).delete()


def select_stack(sandbox: Sandbox, engine: Engine) -> None:
    """Make the stack in the sandbox's own state, if it is not there.

    Control planes that are there without a stack go first: nobody would know what is on them.

    Raises:
        FlotillaError: the state is another project's.
    """
    listed = cast("list[dict[str, object]]", json.loads(pulumi(sandbox, ["stack", "ls", "--json"])))
    if any(stack["name"] == sandbox.stack for stack in listed):
        return
    if sandbox.state_file is not None:
        raise FlotillaError(
            f"The sandbox was made for the project {sandbox.state_file.parent.name}, and Pulumi.yaml has "
            "another name now.",
            "Start the sandbox anew: flotilla down && flotilla up",
        )
    delete_control_planes(find(sandbox.clusters), sandbox, engine)
    pulumi(sandbox, ["stack", "init", sandbox.stack])


def wait_until_ready(sandbox: Sandbox, stack: Stack, patience: float | None = None) -> list[ServiceStatus]:
    """Wait for pods that `pulumi up` had no reason to wait for: after a reboot, say, nothing has changed.

    Args:
        sandbox: Where they are.
        stack: What should run.
        patience: Seconds to wait at most. Default: as long as a rollout may take.
    """
    services = read_services(sandbox, stack)
    limit = stack.environment.get("rollout_timeout_seconds", 0) if patience is None else patience
    until = time.monotonic() + limit
    if all(status.is_ready for status in services):
        return services
    with step("wait for pods") as progress:
        while not all(status.is_ready for status in services) and time.monotonic() < until:
            missing = [status.wanted.service for status in services if not status.is_ready]
            progress.update(", ".join(missing))
            time.sleep(0.5)
            services = read_services(sandbox, stack)
    return services


def report(stack: str, update: Update, services: list[ServiceStatus]) -> None:
    """Say what was done and how the services are."""
    for message, names in grouped(update.warnings):
        say(f"  ! {names}: {message}")
    for message, names in grouped(update.errors):
        say(f"  ✗ {names}: {message}")
    outcome = "the update failed" if update.exit_code else "up to date"
    say(f"\nStack {stack}: {outcome}; {update.changes_text() or 'no change'}.\n")
    print_table(services)
    # The engine's errors have told of the services they name; what is left is what nothing was done to.
    told = "\n".join(resource for resource, _ in update.errors)
    explain([status for status in services if f" {status.wanted.service}\n" not in f" {told}\n"])
    if update.exit_code or not all(status.is_ready for status in services):
        serving = " Pods of earlier releases go on serving." if any(one.others for one in services) else ""
        say(f"\nMend the cause, then run the same command again.{serving}")
    else:
        say('\nUse plain pulumi and kubectl on it: eval "$(.venv/bin/flotilla env)"')
