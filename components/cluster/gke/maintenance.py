"""When a cluster may be upgraded: its maintenance window in Google Cloud's words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from components.errors import Problem, listing, nearest
from components.types import GkeMaintenanceWindow

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LEAST_HOURS, MOST_HOURS = 4, 24
WEEKS_IN_32_DAYS = 4
"""Every day of the week comes at least so often in them."""
LEAST_HOURS_IN_32_DAYS = 48
"""Source: GKE's "Maintenance windows and exclusions", restrictions."""

_START = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Windows are told from this day on, any day of the past: another one would be a change."""


@dataclass(frozen=True, slots=True)
class RecurringWindow:
    """A window as Google Cloud writes it."""

    start_time: str
    """Its first start (RFC 3339, UTC)."""
    end_time: str
    """Its first end."""
    recurrence: str
    """When it comes again (RFC 5545)."""


def recurring_window(window: GkeMaintenanceWindow) -> RecurringWindow:
    """The window in Google Cloud's words.

    Example:
        recurring_window({"days": ["SA"], "start": "22:00", "hours": 6}).end_time == "2026-01-02T04:00:00Z"
    """
    hours, minutes = map(int, window["start"].split(":"))
    start = _FIRST_DAY + timedelta(hours=hours, minutes=minutes)
    end = start + timedelta(hours=int(window["hours"]))
    days = ",".join(day for day in DAYS if day in window["days"])
    return RecurringWindow(_rfc3339(start), _rfc3339(end), f"FREQ=WEEKLY;BYDAY={days}")


def window_problems(window: GkeMaintenanceWindow) -> Iterator[Problem]:
    """What is impossible in a window; paths are relative to it."""
    for index, day in enumerate(window["days"]):
        if day not in DAYS:
            cure = f"Possible: {listing(DAYS)}."
            yield Problem(("days", index), f'no day "{day}" is known', cure, nearest(day[:2], DAYS))
    if not _START.fullmatch(window["start"]):
        cure = 'Write hours and minutes in UTC, in quotes: "02:00".'
        yield Problem(("start",), f'"{window["start"]}" is not a time of day', cure)
    hours = window["hours"]
    if not LEAST_HOURS <= hours <= MOST_HOURS:
        yield Problem(("hours",), f"cannot be {hours}", f"Give {LEAST_HOURS} to {MOST_HOURS}.")
        return
    known = {day for day in window["days"] if day in DAYS}
    available = len(known) * hours * WEEKS_IN_32_DAYS
    if available < LEAST_HOURS_IN_32_DAYS:
        cure = f"GKE asks for {LEAST_HOURS_IN_32_DAYS}: add days or hours."
        yield Problem((), f"leaves {available} hours in 32 days", cure)


def _rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
