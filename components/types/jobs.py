"""What can be said of the jobs of a service."""

from enum import StrEnum
from typing import NotRequired

from components.types.containers import Container
from components.types.strictly import strictly


class JobTrigger(StrEnum):
    """When a job runs."""

    BEFORE_RELEASE = "BeforeRelease"
    """Once for each release, before its first pod: such as an upgrade of a database. If it fails, the
    old pods go on serving, and the next `up` tries it again."""
    AFTER_RELEASE = "AfterRelease"
    """Once for each release, when all pods are ready: such as a smoke test. If it fails, the update fails."""
    SCHEDULE = "Schedule"
    """At the times of `schedule`."""
    MANUAL = "Manual"
    """When somebody starts it: `flotilla run SERVICE JOB --stack STACK`."""


class Concurrency(StrEnum):
    """What happens when a job is to start and the one before still runs."""

    ALLOW = "Allow"
    """Both run."""
    FORBID = "Forbid"
    """The new one is left out, or refused where somebody starts it by hand."""
    REPLACE = "Replace"
    """The old one is ended."""


@strictly
class Job(Container):
    """A container that runs to its end.

    It has the service's files, secrets, addresses and permissions, and its volumes but for claims. `image`
    has its tag or digest; left out, it is the service's own image at its release.
    """

    when: JobTrigger
    """When it runs."""
    schedule: NotRequired[str]
    """With `when: Schedule`: minute, hour, day, month and weekday, as cron has it: `30 3 * * *`."""
    time_zone: NotRequired[str]
    """Time zone of the schedule: `Europe/Berlin`. Default: `Etc/UTC`."""
    concurrency: NotRequired[Concurrency]
    """What happens when one is to start, by schedule or by hand, while another runs. Default: `Forbid`."""
    starting_deadline_seconds: NotRequired[int]
    """Seconds after its time until which a missed one is still started. Default: 300."""
    successful_history: NotRequired[int]
    """How many ended ones are kept. Default: 3."""
    failed_history: NotRequired[int]
    """How many failed ones are kept. Default: 1."""
    suspended: NotRequired[bool]
    """Whether the schedule is suspended. Default: false."""
    retries: NotRequired[int]
    """How often it is tried again after a failure. Default: 3."""
    timeout_seconds: NotRequired[int]
    """Seconds it may take, all tries together. Default: 600."""
    parallelism: NotRequired[int]
    """How many pods run at once. Default: 1."""
    completions: NotRequired[int]
    """How many pods have to succeed. Default: 1."""
