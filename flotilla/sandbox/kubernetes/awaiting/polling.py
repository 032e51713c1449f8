"""Asking a cluster again and again, gently, until there is an answer or time is up."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from flotilla.sandbox.kubernetes.awaiting.reader import REFUSALS, may_pass

FIRST_PAUSE = 0.1
GROWTH = 1.3
LONGEST_PAUSE = 0.5
"""Seconds between two questions of one wait; with many waits at once the pauses grow."""
QUESTIONS_PER_SECOND = 50
"""How many questions all waits together ask at most."""
OUTAGE = 30.0
"""Seconds for which a cluster may fail to answer without ending a wait."""


class _Crowd:
    """How many waits are under way in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._size = 0

    @contextmanager
    def member(self) -> Generator[None]:
        with self._lock:
            self._size += 1
        try:
            yield
        finally:
            with self._lock:
                self._size -= 1

    def longest_pause(self) -> float:
        return max(LONGEST_PAUSE, self._size / QUESTIONS_PER_SECOND)


_crowd = _Crowd()


def poll(
    ask: Callable[[], bool],
    *,
    seconds: float,
    cancelled: threading.Event,
    now: Callable[[], float] = time.monotonic,
) -> bool:
    """Ask until the answer is yes; False when `seconds` are over or `cancelled` is set before.

    Raises:
        ApiError, UnreachableError: the cluster refuses to answer, or has not answered for half a minute.
    """
    began = answered = now()
    pause = FIRST_PAUSE
    with _crowd.member():
        while True:
            try:
                if ask():
                    return True
                answered = now()
            except REFUSALS as refusal:
                if not may_pass(refusal) or now() - answered > OUTAGE:
                    raise
            left = began + seconds - now()
            if left <= 0 or cancelled.wait(min(pause, left)):
                return False
            pause = min(pause * GROWTH, _crowd.longest_pause())
