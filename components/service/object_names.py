"""The names of the Kubernetes objects that a service makes, before it makes them."""

from collections.abc import Iterator

from components.naming import cron_job_name
from components.service.configuration import jobs_object
from components.service.external_secret import filled_secret
from components.service.replicas import replicas_of
from components.service.rollout_settings import canary_of
from components.service.volumes import claim_name, claims_of, governing_name, is_stateful
from components.types import JobTrigger, ServiceSpec

_RELEASE = {JobTrigger.BEFORE_RELEASE, JobTrigger.AFTER_RELEASE}


def object_names(name: str, spec: ServiceSpec) -> list[tuple[str, str]]:
    """Kind and name of what two services of a cluster must not both make.

    These are the names in the cluster, and those in Pulumi where another service could have the same. The
    Jobs of a release are not among them: a fingerprint of the service is in their names.

    Args:
        name: The service.
        spec: What it is.

    Example:
        object_names("shop", {"owner": "shop", "release": "v1"}) == [("Deployment", "shop")]
    """
    return [*_objects(name, spec)] if "chart" not in spec else []


def workload_kind(spec: ServiceSpec) -> str:
    """What the pods of a service belong to: Deployment, StatefulSet, Rollout, or the Release of a chart."""
    if "chart" in spec:
        return "Release"
    if is_stateful(spec):
        return "StatefulSet"
    return "Rollout" if "argo" in spec.get("rollout", {}) else "Deployment"


def _objects(name: str, spec: ServiceSpec) -> Iterator[tuple[str, str]]:
    if spec.get("ports"):
        yield "Service", name
    kind = workload_kind(spec)
    yield kind, name
    if kind == "StatefulSet":
        yield "Service", governing_name(name)
        for volume in claims_of(spec):
            for ordinal in range(replicas_of(spec)):
                yield "PersistentVolumeClaim", claim_name(name, volume, ordinal)
    elif kind == "Deployment" and (canary := canary_of(name, spec)):
        yield "Deployment", canary[0]
    yield from _configuration(name, spec)
    for key, job in sorted(spec.get("jobs", {}).items()):
        if job["when"] not in _RELEASE:
            yield "CronJob", cron_job_name(name, key)


def _configuration(name: str, spec: ServiceSpec) -> Iterator[tuple[str, str]]:
    of_release = any(job["when"] in _RELEASE for job in spec.get("jobs", {}).values())
    for kind, role in (("ConfigMap", "files"), ("Secret", "secrets")):
        if spec.get(role):
            yield kind, f"{name}-{role}"
            if of_release:
                yield kind, jobs_object(name)
                yield kind, f"{jobs_object(name)}-{role}"
    if spec.get("external_secrets"):
        yield "Secret", filled_secret(name)
