"""The one kind of error a user sees, and the exit codes of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every `flotilla` command."""

    DONE = 0
    FAILED = 1
    """The work failed."""
    USAGE = 2
    """Wrong usage or configuration; nothing was touched."""
    REFUSED = 3
    """Refused because of risk."""


class FlotillaError(Exception):
    """Something a user can mend: what happened, to which object, and what to do about it.

    `what` names the object and the cause in a sentence; `cure` says what to do, a command where there is
    one. It ends a command without a traceback.
    """

    def __init__(self, what: str, cure: str = "", code: Exit = Exit.FAILED) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure
        self.code = code

    def __str__(self) -> str:
        return f"{self.what}\n{self.cure}" if self.cure else self.what
