"""Waiting for an object to become ready, and looking at it once."""

import threading
import time
from collections.abc import Callable

from flotilla.sandbox.kubernetes.awaiting.polling import poll
from flotilla.sandbox.kubernetes.awaiting.progress import READY, Moment, Outcome, Progress, Rule
from flotilla.sandbox.kubernetes.awaiting.reader import REFUSALS, Reader
from flotilla.sandbox.kubernetes.awaiting.reasons import without_repeats
from flotilla.sandbox.kubernetes.awaiting.rules import patience, rule_for, rule_in_refresh
from flotilla.sandbox.kubernetes.manifest import Manifest, api_version, kind, name, namespace, text

EXPLAIN_EVERY = 10.0
"""Seconds after which people who watch are told why it takes so long."""


def not_initialised(called: str) -> str:
    """The sentence for an object that is there and not ready."""
    return f"Resource '{called}' was created but failed to initialize"


def timed_out(called: str) -> str:
    """The sentence for an object that was waited for in vain."""
    return f"'{called}' timed out waiting to be Ready"


def was_cancelled(called: str) -> str:
    """The sentence for an object whose wait someone ended."""
    return f"Resource operation was cancelled for '{called}'"


def wait_until_ready(
    reader: Reader,
    live: Manifest,
    *,
    inputs: Manifest,
    timeout_seconds: float | None,
    cancelled: threading.Event,
    report: Callable[[str], None],
) -> Outcome:
    """Wait until an object is ready by the rule of its kind, or by that of its annotations.

    `live` is the object as the server answered when it was made or changed, `inputs` what the program says of
    it, `timeout_seconds` its customTimeouts. `report` is told how far it is, in sentences for people.

    Example:
        wait_until_ready(reader, made, inputs=inputs, timeout_seconds=None, cancelled=Event(), report=print)
    """
    rule = rule_for(live, inputs)
    if rule is None:
        return Outcome(live)
    return _Wait(reader, rule, live, report).run(
        min(patience(inputs, timeout_seconds), rule.at_most), cancelled
    )


def look(reader: Reader, live: Manifest, inputs: Manifest) -> list[str]:
    """Why an object is not ready at this moment; nothing if it is, or if its kind is not looked at.

    Raises:
        ApiError, UnreachableError: the cluster did not answer.
    """
    rule = rule_in_refresh(live, inputs)
    progress = rule.look(reader, live, Moment(single=True)) if rule else READY
    return [] if rule is None or progress.ready else _all_causes(reader, rule, live, progress)


def _all_causes(reader: Reader, rule: Rule, live: Manifest, progress: Progress) -> list[str]:
    causes = list(progress.causes)
    try:
        causes += rule.explain(reader, live)
    except REFUSALS as error:
        causes.append(f"More could not be found out: {error}")
    return without_repeats(causes) or [f"It is not ready: {progress.waits_for}"]


class _Wait:
    """One wait: what was seen last, and what people have been told."""

    def __init__(self, reader: Reader, rule: Rule, live: Manifest, report: Callable[[str], None]) -> None:
        self.reader, self.rule, self.live = reader, rule, live
        self.moment = Moment()
        self.progress = Progress(ready=False)
        self.gone = False
        self._fresh = True
        self._report = report
        self._told: set[str] = set()
        self._explained = time.monotonic()

    def run(self, seconds: float, cancelled: threading.Event) -> Outcome:
        try:
            ended = poll(self._ask, seconds=seconds, cancelled=cancelled)
            if not ended:
                self.moment.over = True
                ended = self._ask()
        except REFUSALS as error:
            return Outcome(
                self.live,
                [f"The cluster does not tell how far it is: {error}"],
                not_initialised(name(self.live)),
            )
        self._report("")
        if self.progress.ready:
            return Outcome(self.live)
        called = name(self.live)
        if ended:
            sentence = not_initialised(called)
        else:
            sentence = was_cancelled(called) if cancelled.is_set() else timed_out(called)
        return Outcome(self.live, self._causes(), sentence)

    def _ask(self) -> bool:
        """Look once; whether that ends the wait."""
        if not self._fresh and not self._read():
            return True
        self._fresh = False
        self.progress = self.rule.look(self.reader, self.live, self.moment)
        if self.progress.ready or self.progress.failed:
            return True
        self._tell(self.progress.waits_for)
        if time.monotonic() - self._explained > EXPLAIN_EVERY:
            self._explained = time.monotonic()
            for cause in self._causes():
                self._tell(cause)
        return False

    def _read(self) -> bool:
        live = self.reader.get(api_version(self.live), kind(self.live), name(self.live), namespace(self.live))
        if live is None or text(live, "metadata", "uid") != text(self.live, "metadata", "uid"):
            if self.rule.was_ready(self.reader, self.live):
                self.progress = READY
                return False
            self.gone = True
            cause = f"{kind(self.live)} {name(self.live)} was deleted by someone while it was waited for"
            self.progress = Progress(ready=False, causes=(cause,), failed=True)
            return False
        self.live = live
        return True

    def _causes(self) -> list[str]:
        if self.gone:
            return list(self.progress.causes)
        return _all_causes(self.reader, self.rule, self.live, self.progress)

    def _tell(self, what: str) -> None:
        if what and what not in self._told:
            self._told.add(what)
            self._report(what)
