"""The names of the Kubernetes objects that a service makes, before it makes them."""

from collections.abc import Iterator

from components.naming import derived_name
from components.service.configuration import jobs_object
from components.service.external_secret import filled_secret
from components.service.replicas import replicas_of
from components.service.rollout_settings import canary_of, is_blue_green
from components.service.volumes import claim_name, claims_of, governing_name, is_stateful
from components.types import Job, JobTrigger, ServiceSpec

MAX_CRON_JOB = 52
"""Longest name of a CronJob (Kubernetes): its Jobs get eleven letters more."""


def object_names(name: str, spec: ServiceSpec) -> list[tuple[str, str]]:
    """Kind and name of the objects whose names two services could share.

    Those with the service's own name are its own. Names that the provider makes up are never taken.

    Args:
        name: The service.
        spec: What it is.

    Example:
        object_names("shop", {"owner": "shop", "release": "v1"}) == [("Deployment", "shop")]
    """
    return [*_objects(name, spec)] if "chart" not in spec else []


def _objects(name: str, spec: ServiceSpec) -> Iterator[tuple[str, str]]:
    if spec.get("ports"):
        yield "Service", name
    if is_stateful(spec):
        yield "StatefulSet", name
        yield "Service", governing_name(name)
        for volume in claims_of(spec):
            for ordinal in range(replicas_of(spec)):
                yield "PersistentVolumeClaim", claim_name(name, volume, ordinal)
    elif "argo" in spec.get("rollout", {}):
        yield "Rollout", name
    elif not is_blue_green(spec):
        yield "Deployment", name
        if canary := canary_of(name, spec):
            yield "Deployment", canary[0]
    yield from _jobs(name, spec)
    if spec.get("external_secrets"):
        yield "Secret", filled_secret(name)


def _jobs(name: str, spec: ServiceSpec) -> Iterator[tuple[str, str]]:
    jobs = spec.get("jobs", {})
    for job, described in sorted(jobs.items()):
        kind, longest = ("Job", 63) if _is_of_release(described) else ("CronJob", MAX_CRON_JOB)
        yield kind, derived_name(name, job, longest)
    if any(map(_is_of_release, jobs.values())):
        if spec.get("files"):
            yield "ConfigMap", jobs_object(name)
        if spec.get("secrets"):
            yield "Secret", jobs_object(name)


def _is_of_release(job: Job) -> bool:
    return job.get("when") in {JobTrigger.BEFORE_RELEASE, JobTrigger.AFTER_RELEASE}
