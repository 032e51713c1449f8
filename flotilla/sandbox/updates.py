"""Runs `pulumi` on the sandbox's stack: progress from the engine's events, and what went wrong in the end."""

import json
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from flotilla.errors import FlotillaError
from flotilla.progress import Step, step
from flotilla.sandbox.events import Diagnostic, Event, Metadata, plain, resource_name, type_of
from flotilla.sandbox.workspace import Sandbox

CHANGES = {"create": "created", "update": "updated", "delete": "deleted", "replace": "replaced"}
"""The engine's operations that people count, and how they are called when they are done."""


SHOWN = 3
"""How many of many resources are named."""

LAST_WORDS = ("update failed", "preview failed")
"""What the engine says in the end, after every error has been told."""

NOISE = (
    "from $PATH",
    "Refreshed resource is in an unhealthy state",
    "has inputs that are not known during preview",
)
"""Warnings nobody can act on: that programs are ours, how an object was that is about to be mended, and that
a cluster is made anew in the same update."""

PRINTED = "info#err"
"""The severity of what a program prints on stderr."""

ENDED_BY_ITSELF = "the program ended with exit code"
"""What the engine says of a program that ended without an exception."""

LINES_OF_REASON = 5
"""How much of what such a program printed is told."""


def counted(operations: Mapping[str, int]) -> str:
    """How many resources were created, updated, …, of the engine's operations that people count."""
    return ", ".join(f"{operations[name]} {done}" for name, done in CHANGES.items() if operations.get(name))


def some(names: Sequence[str]) -> str:
    """The first names, and how many more there are: `a, b, c and 2 more`."""
    shown, more = names[:SHOWN], len(names) - SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def grouped(told: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each message once, with the resources it is about."""
    resources: dict[str, list[str]] = {}
    for resource, message in told:
        resources.setdefault(message, []).append(resource)
    return [(message, some(names)) for message, names in resources.items()]


@dataclass
class Update:
    """What can be said of a command of the engine, under way and after it has ended."""

    errors: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Resource and message of each error."""
    warnings: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    changes: dict[str, int] = field(default_factory=dict[str, int])
    """How many resources were created, updated, … (operations of the engine)."""
    ended: bool = False
    """Whether the engine came to its end (and said so)."""
    exit_code: int = 0
    under_way: dict[str, str] = field(default_factory=dict[str, str])
    done: dict[str, int] = field(default_factory=dict[str, int])
    begun: list[Metadata] = field(default_factory=list[Metadata])
    """Each step that was begun, in a preview each that is planned; what stays as it is, too."""
    finished: list[Metadata] = field(default_factory=list[Metadata])
    """Each step that was done."""
    seconds: float = 0.0
    printed: list[str] = field(default_factory=list[str])
    """What the program has printed on stderr."""

    def see(self, event: Event) -> None:
        """Take in one event."""
        if begun := event.get("resourcePreEvent"):
            metadata = begun["metadata"]
            self.begun.append(metadata)
            if metadata["op"] in CHANGES:
                self.under_way[metadata["urn"]] = metadata["op"]
        elif ended := event.get("resOutputsEvent"):
            self.finished.append(ended["metadata"])
            operation = self.under_way.pop(ended["metadata"]["urn"], None)
            if operation:
                self.done[operation] = self.done.get(operation, 0) + 1
        elif failed := event.get("resOpFailedEvent"):
            self.under_way.pop(failed["metadata"]["urn"], None)
        elif diagnostic := event.get("diagnosticEvent"):
            self._hear(diagnostic)
        elif summary := event.get("summaryEvent"):
            self.changes, self.ended = summary["resourceChanges"], True

    def _hear(self, diagnostic: Diagnostic) -> None:
        if diagnostic.get("ephemeral"):
            return
        said = (resource_name(diagnostic.get("urn", "")), plain(diagnostic["message"]))
        if said[0] == "the stack" and said[1] in LAST_WORDS:
            return
        if diagnostic["severity"] == PRINTED:
            self.printed.append(said[1])
        elif diagnostic["severity"] == "error":
            # A program that ended by itself has given its reason on stderr, if at all.
            reason = self.printed[-LINES_OF_REASON:] if ENDED_BY_ITSELF in said[1] else []
            self.errors.append((said[0], "\n".join([said[1], *filter(None, reason)])))
        elif diagnostic["severity"] == "warning" and not any(noise in said[1] for noise in NOISE):
            self.warnings.append(said)

    def text(self) -> str:
        """How far it is: `12 created, 1 updated; waiting for Deployment frontend, …`."""
        # Stack and components are under way until the program ends: what a provider works on says something.
        names = [
            resource_name(urn)
            for urn in self.under_way
            if not type_of(urn).startswith(("flotilla:", "pulumi:pulumi:"))
        ]
        waiting = f"waiting for {some(names)}" if names else ""
        return "; ".join(part for part in (counted(self.done), waiting) if part)

    def changes_text(self) -> str:
        """What was changed, `12 created, 1 updated`; empty where nothing was."""
        return counted(self.changes)


def pulumi(sandbox: Sandbox, arguments: Sequence[str], *, stdin: str | None = None) -> str:
    """Run a short `pulumi` command and return what it prints.

    Raises:
        FlotillaError: it failed; with what it said.
    """
    done = subprocess.run(
        [str(sandbox.programs / "pulumi"), "--non-interactive", *arguments],
        cwd=sandbox.project,
        env=sandbox.environment(),
        input=stdin,
        encoding="utf-8",
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise FlotillaError(
            f"pulumi {' '.join(arguments[:2])} failed: {done.stderr.strip() or done.stdout.strip()}",
            "If the sandbox is damaged, start it anew: flotilla down && flotilla up",
        )
    return done.stdout


def run(sandbox: Sandbox, verb: str, *arguments: str, title: str = "", patient: bool = True) -> Update:
    """Run `pulumi up` or another verb on the sandbox's stack with progress; a failure is in the result.

    Args:
        sandbox: Where.
        verb: The verb: one that does something, or `preview`.
        arguments: Further arguments.
        title: What to call it; `pulumi VERB` if left out. Names its files in `logs/`, too.
        patient: Whether the engine may end what it has begun when it is interrupted.
    """
    logs = sandbox.directory / "logs"
    logs.mkdir(exist_ok=True)
    name = title.replace(" ", "-") or verb
    events, output = logs / f"{name}.events.jsonl", logs / f"{name}.log"
    events.unlink(missing_ok=True)
    command = [
        str(sandbox.programs / "pulumi"), "--non-interactive", verb, "--stack", sandbox.stack,
        *([] if verb == "preview" else ["--yes", "--skip-preview"]), "--event-log", str(events), *arguments,
    ]  # fmt: skip
    environment = {
        **sandbox.environment(),
        "PULUMI_DEBUG_COMMANDS": "true",  # without it the engine does not know --event-log
        "PULUMI_K8S_ENABLE_PATCH_FORCE": "true",  # what was changed by hand is taken back
    }
    update, began = Update(), time.monotonic()
    with step(title or f"pulumi {verb}") as progress, output.open("w", encoding="utf-8") as log:
        child = subprocess.Popen(
            command, cwd=sandbox.project, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            process_group=0,  # so that Ctrl-C reaches it once, by us: at the second it drops everything
        )  # fmt: skip
        try:
            _follow(child, events, update, progress)
        except KeyboardInterrupt:
            if patient:
                _interrupt(child, progress)
            else:
                child.kill()
                child.wait()
            raise
        update.exit_code, update.seconds = child.returncode, time.monotonic() - began
        if update.exit_code:
            progress.fail()
    if update.exit_code and not update.errors:
        tail = output.read_text(encoding="utf-8").strip().splitlines()[-15:]
        update.errors.append(
            (f"pulumi {verb}", "\n".join(tail) or f"ended with exit code {update.exit_code}")
        )
    return update


def _interrupt(child: "subprocess.Popen[bytes]", progress: Step) -> None:
    """Let the engine end in good order; when interrupted again, at once."""
    progress.update("interrupted; the engine ends what it has begun (Ctrl-C again: at once)")
    while child.poll() is None:
        child.send_signal(signal.SIGINT)
        try:
            child.wait()
        except KeyboardInterrupt:
            continue


def _follow(child: "subprocess.Popen[bytes]", path: Path, update: Update, progress: Step) -> None:
    """Read the event log while the engine writes it."""
    stream: IO[bytes] | None = None
    rest = b""  # of a line that is being written, maybe to the middle of a letter
    while True:
        ended = child.poll() is not None
        if stream is None and path.exists():
            stream = path.open("rb")
        if stream is not None:
            *lines, rest = (rest + stream.read()).split(b"\n")
            for event in _events(lines):
                update.see(event)
            progress.update(update.text())
        if ended:
            if stream is not None:
                stream.close()
            return
        time.sleep(0.1)


def _events(lines: Iterable[bytes]) -> list[Event]:
    return [json.loads(line) for line in lines if line.strip()]
