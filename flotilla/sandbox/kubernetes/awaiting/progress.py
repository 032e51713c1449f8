"""The words in which rules, the wait and the provider speak with one another."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from flotilla.sandbox.kubernetes.awaiting.reader import Reader
from flotilla.sandbox.kubernetes.manifest import Manifest

TEN_MINUTES = 600.0
"""Seconds for which the real provider waits unless told otherwise (pulumi-kubernetes, await/await.go)."""


@dataclass(frozen=True)
class Progress:
    """How far an object is at one moment."""

    ready: bool
    waits_for: str = ""
    """What is still missing, for people who watch; empty when ready."""
    causes: tuple[str, ...] = ()
    """Why it is not ready, an entry each."""
    failed: bool = False
    """It cannot become ready any more."""


READY = Progress(ready=True)


@dataclass(frozen=True)
class Outcome:
    """How a wait ended."""

    live: Manifest
    """The object as it was read last."""
    problems: list[str] = field(default_factory=list[str])
    """Empty when all is well, else the causes, an entry each."""
    sentence: str = ""
    """What happened, in one sentence that names the object; empty when all is well."""


class Moment:
    """When a look happens: how long the wait has lasted, and how long something has been quiet.

    `over` tells that time is up, `single` that it is one look without a wait (a refresh).
    """

    def __init__(self, *, single: bool = False, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._began = now()
        self._seen: object = None
        self._changed = self._began
        self.single = single
        self.over = False

    @property
    def waited(self) -> float:
        """Seconds since the wait began."""
        return self._now() - self._began

    def quiet_for(self, seen: object) -> float:
        """Seconds since `seen` last differed from what it was at the look before."""
        if seen != self._seen:
            self._seen, self._changed = seen, self._now()
        return self._now() - self._changed


def _nothing(reader: Reader, live: Manifest) -> list[str]:
    del reader, live
    return []


def _never(reader: Reader, live: Manifest) -> bool:
    del reader, live
    return False


@dataclass(frozen=True)
class Rule:
    """How one kind of object is waited for."""

    look: Callable[[Reader, Manifest, Moment], Progress]
    """Cheap, as it is called again and again."""
    explain: Callable[[Reader, Manifest], list[str]] = _nothing
    """What else is to be said of an object that is not ready: its pods, their containers, events."""
    was_ready: Callable[[Reader, Manifest], bool] = _never
    """Whether an object that vanished during the wait had become ready before, as far as its traces tell."""
    at_most: float = TEN_MINUTES
    """Seconds after which the wait ends whatever time the user grants."""
    in_refresh: bool = False
    """Whether a refresh looks at it too."""
