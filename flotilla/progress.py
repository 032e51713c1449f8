"""Progress on stderr: a live line in a terminal, plain lines with the time left elsewhere."""

import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

PLAIN_INTERVAL = 10.0
"""Seconds between two plain lines of one step."""

console = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


class Step(Protocol):
    """A step under way. `update` may be called as often as one likes."""

    def update(self, detail: str = "", done: float | None = None, total: float | None = None) -> None:
        """Say how far the step is; with `done` and `total` (any unit) the time left is estimated."""
        ...

    def fail(self) -> None:
        """Let it end as one that has failed, though by no exception."""
        ...


_silent: ContextVar[bool] = ContextVar("silent", default=False)


@contextmanager
def silent() -> Generator[None]:
    """Print nothing while it lasts: in a provider, what is printed would be shown as the engine's errors."""
    before = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(before)


def say(text: str) -> None:
    """Print a line for people."""
    if _silent.get():
        return
    console.print(text, markup=False)


def seconds_text(seconds: float) -> str:
    """A duration for people: `8 s`, `3 min 20 s`."""
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"  # noqa: PLR2004 (a minute)


class _Estimate:
    """What a step has said of itself."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.detail = ""
        self.done: float | None = None
        self.total: float | None = None
        self.failed = False

    def fail(self) -> None:
        self.failed = True

    def update(self, detail: str = "", done: float | None = None, total: float | None = None) -> None:
        self.detail = detail or self.detail
        self.done, self.total = (done, total) if total else (self.done, self.total)

    def text(self) -> str:
        parts = [self.detail] if self.detail else []
        if self.done and self.total:
            spent = time.monotonic() - self.began
            share = min(self.done / self.total, 1)
            parts.append(f"{share:.0%}, about {seconds_text(spent / share - spent)} left")
        return ", ".join(parts)


class _PlainStep(_Estimate):
    def __init__(self, title: str) -> None:
        super().__init__()
        self.title = title
        self.spoken = time.monotonic()

    def update(self, detail: str = "", done: float | None = None, total: float | None = None) -> None:
        super().update(detail, done, total)
        if time.monotonic() - self.spoken >= PLAIN_INTERVAL:
            self.spoken = time.monotonic()
            say(f"  … {self.title}: {self.text() or seconds_text(time.monotonic() - self.began)}")


class _LiveStep(_Estimate):
    def __init__(self, bar: Progress, task: TaskID) -> None:
        super().__init__()
        self.bar, self.task = bar, task

    def update(self, detail: str = "", done: float | None = None, total: float | None = None) -> None:
        super().update(detail, done, total)
        self.bar.update(self.task, completed=self.done or 0, total=self.total, detail=self.text())


@contextmanager
def step(title: str) -> Generator[Step]:
    """Announce a step, show how far it is, and say at its end how long it took.

    Example:
        with step("fetch etcd") as progress:
            progress.update(done=12, total=27)
    """
    began = time.monotonic()
    try:
        if sys.stderr.isatty() and not _silent.get():
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[detail]}"),
            )
            with Progress(*columns, console=console, transient=True) as bar:
                yield (shown := _LiveStep(bar, bar.add_task(title, total=None, detail="")))
        else:
            say(f"  ▸ {title}")
            yield (shown := _PlainStep(title))
    except BaseException:
        say(f"  ✗ {title} ({seconds_text(time.monotonic() - began)})")
        raise
    say(f"  {'✗' if shown.failed else '✓'} {title} ({seconds_text(time.monotonic() - began)})")
