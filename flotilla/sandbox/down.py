"""Removes a sandbox: what its stack holds elsewhere, its control planes, its processes, its files."""

import json
import shutil
from pathlib import Path
from typing import cast

from flotilla.controlplane import processes
from flotilla.errors import FlotillaError
from flotilla.home import flotilla_home
from flotilla.progress import say, step
from flotilla.sandbox.kubernetes.manifest import Manifest, mappings, text
from flotilla.sandbox.mend import end_engine, mend
from flotilla.sandbox.updates import run
from flotilla.sandbox.workspace import LINK, Sandbox

INSIDE = ("kubernetes:", "flotilla:", "pulumi:pulumi:Stack", "pulumi:providers:kubernetes")
"""Types of resources that end with the sandbox's control planes: nothing of them is anywhere else."""


def down(project: Path) -> None:
    """Remove the sandbox of a checkout; fine if there is none, or only a part of one.

    Raises:
        FlotillaError: somebody else's `pulumi` works on it, or it holds resources outside the sandbox that
            could not be destroyed.
    """
    sandbox = Sandbox.of(project)
    if not sandbox.directory.exists():
        _unlink(sandbox)
        say("There is no sandbox.")
        return
    with sandbox.locked():
        end_engine(sandbox)
        _destroy_what_is_elsewhere(sandbox)
        _remove(sandbox)
    say("The sandbox is gone: its stack, its control planes, its processes. The engine stays in the cache.")


def down_orphans() -> None:
    """Remove the sandboxes of checkouts that are not there any more."""
    for directory in sorted((flotilla_home() / "sandboxes").glob("*/sandbox.json")):
        record = cast("Manifest", json.loads(directory.read_text(encoding="utf-8")))
        project = Path(text(record, "project"))
        if not project.exists():
            say(f"The checkout {project} is gone; so its sandbox goes.")
            _remove(Sandbox(project, directory.parent))


def _remove(sandbox: Sandbox) -> None:
    with step("remove the sandbox"):
        # Every process of it has its program in this directory, and nobody else's has.
        processes.end(sandbox.directory, gently=False)
        _unlink(sandbox)
        shutil.rmtree(sandbox.directory)


def _unlink(sandbox: Sandbox) -> None:
    link = sandbox.project / LINK
    if link.is_symlink() and link.readlink() == sandbox.directory:
        link.unlink()


def _destroy_what_is_elsewhere(sandbox: Sandbox) -> None:
    """Destroy the stack the long way if it holds anything that would outlive the control planes."""
    try:
        state = sandbox.state()
    except FlotillaError as error:
        say(f"  ! {error.what}")  # so no engine can destroy anything by it
        return
    types = [text(resource, "type") for resource in mappings(state, "checkpoint", "latest", "resources")]
    if all(one.startswith(INSIDE) for one in types):
        return
    mend(sandbox)
    update = run(sandbox, "destroy")
    if update.exit_code:
        said = "\n  ".join(f"{resource}: {message}" for resource, message in update.errors)
        raise FlotillaError(
            f"Resources outside the sandbox could not be destroyed, so it stays:\n  {said}",
            f"Mend the cause and run flotilla down again, or look: pulumi stack -s {sandbox.stack}",
        )
