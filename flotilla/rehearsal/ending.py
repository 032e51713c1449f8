"""The end of rehearsals that were kept."""

from pathlib import Path

from flotilla.progress import say, step
from flotilla.rehearsal.workspace import kept_rehearsal, kept_rehearsals


def end_rehearsals(project: Path, stack: str) -> None:
    """End every kept rehearsal of a stack.

    Raises:
        FlotillaError: there is none.
    """
    kept_rehearsal(project, stack)
    for rehearsal in kept_rehearsals(project, stack):
        with step(f"end the rehearsal of {stack}"):
            rehearsal.end()
    say(f"No rehearsal of {stack} is up any more.")
