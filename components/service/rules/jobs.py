"""What is impossible in the jobs of a service."""

import re
from collections.abc import Iterator
from zoneinfo import available_timezones

from components.errors import Path, Problem, listing, nearest
from components.naming import is_dns_label
from components.service.rules.containers import other_container_problems
from components.service.rules.numbers import range_problems
from components.types import Job, JobTrigger, ServiceSpec

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_FIELDS = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 6, _DAYS),
)
"""The fields of a schedule: name, least, most, and names for its numbers."""
_SHORT = {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}
_STEP = re.compile(r"(?P<range>[^/]+)(/(?P<step>[1-9][0-9]*))?")
_SCHEDULE_CURE = 'Write minute, hour, day, month and day of the week: "30 3 * * 1-5".'


def job_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of the jobs of a service."""
    for name, job in spec.get("jobs", {}).items():
        path = ("jobs", name)
        if not is_dns_label(name):
            yield Problem(path, f'"{name}" cannot name a job', "Use a-z, 0-9 and -, at most 63.")
        yield from other_container_problems(job, spec, path)
        yield from _trigger(job, path)
        counts = {"parallelism": job.get("parallelism"), "completions": job.get("completions")}
        yield from range_problems({**counts, "timeoutSeconds": job.get("timeout_seconds")}, path, 1)
        others = {
            "retries": job.get("retries"),
            "startingDeadlineSeconds": job.get("starting_deadline_seconds"),
            "successfulHistory": job.get("successful_history"),
            "failedHistory": job.get("failed_history"),
        }
        yield from range_problems(others, path, 0)


def _trigger(job: Job, path: Path) -> Iterator[Problem]:
    yield from _misplaced(job, path)
    if job["when"] != JobTrigger.SCHEDULE:
        return
    if "schedule" not in job:
        yield Problem(path, "has no schedule", f"Add one. {_SCHEDULE_CURE}")
    else:
        yield from _schedule(job["schedule"], (*path, "schedule"))
    if "time_zone" not in job:
        return
    zone, zones = job["time_zone"], available_timezones()
    # Some systems have no list of time zones; there the cluster says it.
    if zones and zone not in zones:
        cure = "Write it as the IANA has it, such as Europe/Berlin."
        yield Problem((*path, "timeZone"), f"{zone} is no time zone", cure, nearest(zone, zones))


def _misplaced(job: Job, path: Path) -> Iterator[Problem]:
    """What is said of a job that runs otherwise."""
    timing = {
        "schedule": "schedule" in job,
        "timeZone": "time_zone" in job,
        "startingDeadlineSeconds": "starting_deadline_seconds" in job,
        "suspended": "suspended" in job,
    }
    repetition = {
        "concurrency": "concurrency" in job,
        "successfulHistory": "successful_history" in job,
        "failedHistory": "failed_history" in job,
    }
    for_schedules = job["when"] != JobTrigger.SCHEDULE
    for_others = for_schedules and job["when"] != JobTrigger.MANUAL
    for key in (key for key, given in timing.items() if given and for_schedules):
        cure = "Remove it, or say when: Schedule."
        yield Problem((*path, key), f"means nothing with when: {job['when']}", cure)
    for key in (key for key, given in repetition.items() if given and for_others):
        cure = "Remove it, or say when: Schedule or when: Manual."
        yield Problem((*path, key), f"means nothing with when: {job['when']}", cure)


def _schedule(schedule: str, path: Path) -> Iterator[Problem]:
    if schedule in _SHORT:
        return
    if "TZ=" in schedule:
        yield Problem(path, "holds a time zone", "Write it in timeZone.")
        return
    if schedule.startswith("@"):
        cure = f"Possible: {listing(sorted(_SHORT))}; or {_SCHEDULE_CURE[0].lower()}{_SCHEDULE_CURE[1:]}"
        yield Problem(path, f'"{schedule}" is no schedule', cure, nearest(schedule, _SHORT))
        return
    words = schedule.split()
    if len(words) != len(_FIELDS):
        yield Problem(path, f'"{schedule}" has {len(words)} fields instead of five', _SCHEDULE_CURE)
        return
    for word, (field, least, most, names) in zip(words, _FIELDS, strict=True):
        if not all(_is_possible(part, least, most, names) for part in word.split(",")):
            cure = (
                f"Write * or {least} to {most}, with - for a range, / for a step and commas between several."
            )
            yield Problem(path, f'"{word}" is not possible as its {field}', cure)


def _is_possible(part: str, least: int, most: int, names: list[str] | tuple[()]) -> bool:
    """Whether a part of a schedule's field is a number, a name, a range of them, or every so many of them."""
    found = _STEP.fullmatch(part)
    if found is None:
        return False
    if found["range"] in {"*", "?"}:
        return True
    ends = [_number(end, least, names) for end in found["range"].split("-")]
    whole = len(ends) in {1, 2} and all(end is not None and least <= end <= most for end in ends)
    return whole and ends == sorted(ends, key=lambda end: -1 if end is None else end)


def _number(text: str, least: int, names: list[str] | tuple[()]) -> int | None:
    if text.isdecimal():
        return int(text)
    return least + names.index(text.lower()) if text.lower() in names else None
