"""The command line: `flotilla VERB …`. Each verb stands in a module of its own in `flotilla/commands/`."""

import os
import signal
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click
from typing_extensions import override

from flotilla.errors import Exit, FlotillaError
from flotilla.progress import say

VERBS = {
    "up": "Bring the sandbox up and show its services.",
    "down": "Remove the sandbox: stack, control planes, processes.",
    "rehearse": "Rehearse any stack from up to destroy, without any account.",
    "run": "Start a job of a service by hand, and wait until it ends.",
    "status": "Show the sandbox's clusters and services.",
    "kubeconfig": "Print the path of a cluster's kubeconfig.",
    "env": "Print what a shell needs to use plain pulumi and kubectl.",
    "engine": "Get the engine's programs, or show where they are.",
}
"""The verbs and what they do; their modules are imported when they are called, so that `--help` is quick."""


class Verbs(click.Group):
    """Finds the verbs in `flotilla/commands/`."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = import_module(f"flotilla.commands.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 (a promise of our own modules)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "-C", "--directory", type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Work in this directory instead of the current one.",
)  # fmt: skip
@click.version_option(package_name="flotilla")
@click.pass_context
def root(context: click.Context, directory: Path | None) -> None:
    """Run services in environments on Kubernetes clusters, and rehearse every stack on this computer.

    \b
    Examples:
      flotilla up                    # the sandbox, with all its services
      flotilla status                # what runs there
      flotilla rehearse prod         # production from up to destroy, without an account
      eval "$(flotilla env)"         # then plain pulumi and kubectl work on it
      flotilla down                  # removes it

    Exit codes: 0 done; 1 the work failed; 2 wrong usage or configuration; 3 refused because of risk.
    """  # noqa: D301 (click's own mark for text that is not re-wrapped)
    context.obj = directory or Path.cwd()


def be_robust() -> None:
    """Get ready for what a machine does to a command: signals, closed terminals, old locales."""
    # A terminated command clears up as an interrupted one does: children end, nothing stays half-made.
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # not under nohup
            signal.signal(number, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # what an old locale cannot show becomes a question mark


def _run() -> None:
    """Run a verb; what it printed is written before the exit code is certain, as a disk may be full."""
    try:
        root.main(standalone_mode=False)
    finally:
        sys.stdout.flush()


def main() -> None:
    """Run the command line; a user's mistake ends with its message and cure, never with a traceback."""
    from components.errors import ConfigurationError  # noqa: PLC0415 (not needed for --help)

    be_robust()
    try:
        _run()
    except FlotillaError as error:
        say(f"Error: {error.what}")
        if error.cure:
            say(f"  → {error.cure}")
        sys.exit(error.code)
    except ConfigurationError as error:
        say(str(error))
        sys.exit(Exit.USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.USAGE)
    except OSError as error:
        # What stdout still holds would fail once more when the interpreter ends, and change the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        say(f"Error: {error}")
        say("  → See to the disk and the permissions, then run the command again.")
        sys.exit(Exit.FAILED)
    except (KeyboardInterrupt, click.Abort):
        say("Interrupted. Nothing is lost: run the command again to go on.")
        sys.exit(Exit.FAILED)
