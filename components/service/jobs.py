"""The jobs of a service: before and after a release, by schedule, and by hand."""

import hashlib
import json

from components.naming import cron_job_name, derived_name
from components.service.container import image_of, job_container
from components.service.manifest import (
    INSTANCE_LABEL,
    JOB_LABEL,
    RUNNING_A_JOB,
    Manifest,
    metadata,
    pod_labels,
)
from components.service.pod import basic_pod
from components.service.scheduling import node_choice
from components.service.sources import Sources
from components.service.volumes import volumes
from components.types import Concurrency, Job, JobTrigger, ServiceSpec
from components.wiring import Nodes, ServiceIdentity

RETRIES, TIMEOUT = 3, 600
STARTING_DEADLINE = 300
SUCCESSFUL_HISTORY, FAILED_HISTORY = 3, 1
NEVER = "0 0 31 2 *"
"""The schedule of a job that is started by hand: 31 February."""
PATIENCE = 30
"""Seconds that Pulumi waits for a job beyond its own limit, so that Kubernetes says first why it failed."""

_HASH = 8


def release_jobs(
    name: str,
    spec: ServiceSpec,
    when: JobTrigger,
    sources: Sources,
    *,
    identity: ServiceIdentity | None = None,
    nodes: Nodes | None = None,
) -> dict[str, Manifest]:
    """The Jobs of a release, by the end of their Pulumi names.

    Both names change with the release and with what is said of the job, and with nothing else: so each runs
    once for a release. One that failed is made again by the next update.

    Args:
        name: The service.
        spec: What it is.
        when: Before the release or after it.
        sources: Where files and secrets are; their names stay while their contents change.
        identity: How its pods act in the cluster's cloud; None if they do not.
        nodes: How the cluster's nodes are told apart.
    """
    found: dict[str, Manifest] = {}
    for key, job in sorted(spec.get("jobs", {}).items()):
        if job["when"] == when:
            role = f"{key}-{_fingerprint(name, spec, job)}"
            patience = str(int(job.get("timeout_seconds", TIMEOUT)) + PATIENCE)
            described = metadata(name, spec, replaceUnready="true", timeoutSeconds=patience)
            found[role] = {
                "apiVersion": "batch/v1",
                "kind": "Job",
                "metadata": {**described, "name": derived_name(name, role)},
                "spec": _job(name, key, job, spec, sources, identity=identity, nodes=nodes),
            }
    return found


def cron_jobs(
    name: str,
    spec: ServiceSpec,
    sources: Sources,
    *,
    identity: ServiceIdentity | None = None,
    nodes: Nodes | None = None,
) -> dict[str, Manifest]:
    """The CronJobs, by the end of their Pulumi names.

    Those with a schedule, and for jobs that are started by hand suspended ones, as their templates.

    Args:
        name: The service.
        spec: What it is.
        sources: Where files and secrets are.
        identity: How its pods act in the cluster's cloud; None if they do not.
        nodes: How the cluster's nodes are told apart.
    """
    found: dict[str, Manifest] = {}
    for key, job in sorted(spec.get("jobs", {}).items()):
        if job["when"] in {JobTrigger.SCHEDULE, JobTrigger.MANUAL}:
            template = _job(name, key, job, spec, sources, identity=identity, nodes=nodes)
            found[key] = {
                "apiVersion": "batch/v1",
                "kind": "CronJob",
                "metadata": {**metadata(name, spec), "name": cron_job_name(name, key)},
                "spec": {**_timing(job), "jobTemplate": {"spec": template}},
            }
    return found


def _fingerprint(name: str, spec: ServiceSpec, job: Job) -> str:
    """Stands for a release and for what is said of a job."""
    said = json.dumps([name, image_of(name, spec), {**job}], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:_HASH]


def _timing(job: Job) -> Manifest:
    by_hand = job["when"] == JobTrigger.MANUAL
    return {
        "schedule": NEVER if by_hand else job.get("schedule"),
        "timeZone": job.get("time_zone", "Etc/UTC"),
        "concurrencyPolicy": str(job.get("concurrency", Concurrency.FORBID)),
        "startingDeadlineSeconds": int(job.get("starting_deadline_seconds", STARTING_DEADLINE)),
        "successfulJobsHistoryLimit": int(job.get("successful_history", SUCCESSFUL_HISTORY)),
        "failedJobsHistoryLimit": int(job.get("failed_history", FAILED_HISTORY)),
        "suspend": by_hand or job.get("suspended", False),
    }


def _job(
    name: str,
    key: str,
    job: Job,
    spec: ServiceSpec,
    sources: Sources,
    *,
    identity: ServiceIdentity | None,
    nodes: Nodes | None,
) -> Manifest:
    given = identity.get("pod_labels", {}) if identity else {}
    labels = {**pod_labels(name, spec, given, RUNNING_A_JOB), JOB_LABEL: key}
    # Without it, so that neither Deployment nor autoscaler takes them for the service's own.
    del labels[INSTANCE_LABEL]
    pod = basic_pod(name, spec) | {
        "restartPolicy": "Never",
        "containers": [job_container(name, key, job, spec, sources)],
    }
    if mounted := volumes(spec, sources, claims=False):
        pod["volumes"] = mounted
    return {
        "backoffLimit": int(job.get("retries", RETRIES)),
        "activeDeadlineSeconds": int(job.get("timeout_seconds", TIMEOUT)),
        "parallelism": int(job.get("parallelism", 1)),
        "completions": int(job.get("completions", 1)),
        "template": {"metadata": {"labels": labels}, "spec": pod | node_choice(spec, nodes)},
    }
