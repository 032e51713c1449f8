"""Starts a job of a deployed service by hand, and follows it to its end."""

import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from components.errors import listing, nearest
from components.naming import cron_job_name, derived_name
from components.service.manifest import JOB_LABEL, NAME_LABEL
from flotilla.controlplane.layout import write_private
from flotilla.deployed import Deployed, DeployedService
from flotilla.engine import ensure
from flotilla.errors import Exit, FlotillaError
from flotilla.kubectl import Kubectl
from flotilla.progress import step
from flotilla.sandbox.kubernetes.awaiting.conditions import condition, holds
from flotilla.sandbox.kubernetes.awaiting.reasons import pod_reasons
from flotilla.sandbox.kubernetes.manifest import Manifest, mappings, name, number, text

INTERVAL = 1.0
"""Seconds between two looks at a job that runs."""


@dataclass(frozen=True)
class Wanted:
    """What is to be started."""

    service: str
    job: str
    stack: str
    cluster: str | None = None
    """On which of the service's clusters; None where it has one."""


def run_job(project: Path, wanted: Wanted, *, wait: bool) -> str:
    """Start a job as the last update has described it.

    Args:
        project: The checkout.
        wanted: Which job.
        wait: Whether to wait until it ends.

    Returns:
        The name of the Kubernetes Job.

    Raises:
        FlotillaError: there is no such job, it runs already and may not run twice, the cluster refuses, or
            the job failed.
    """
    engine = ensure(["pulumi", "kubectl"])
    deployed = Deployed.read(project, wanted.stack, engine.binaries["pulumi"])
    service = deployed.service(wanted.service, wanted.cluster)
    with _cluster(deployed, service, engine.binaries["kubectl"]) as kubectl:
        template = _template(kubectl, wanted)
        _respect_concurrency(kubectl, template, wanted)
        job = derived_name(name(template), secrets.token_hex(3))
        kubectl("create", "job", job, f"--from=cronjob/{name(template)}")
        if wait:
            _follow(kubectl, job)
    return job


@contextmanager
def _cluster(deployed: Deployed, service: DeployedService, program: Path) -> Generator[Kubectl]:
    """A service's cluster and namespace; the kubeconfig is on disk for no longer than they are worked on."""
    with TemporaryDirectory(prefix="flotilla-") as directory:
        kubeconfig = Path(directory) / "kubeconfig"
        write_private(kubeconfig, deployed.kubeconfigs[service.cluster])
        yield Kubectl(
            program,
            kubeconfig,
            service.namespace,
            f"The cluster {service.cluster} of {deployed.stack}",
            "See whether it can be reached and what you may do there: kubectl auth can-i create jobs",
            deployed.environment,
        )


def _template(kubectl: Kubectl, wanted: Wanted) -> Manifest:
    """The CronJob that a job is made from.

    Raises:
        FlotillaError: there is none.
    """
    found = {
        _job_of(each): each
        for each in kubectl.items("cronjobs", f"--selector={NAME_LABEL}={wanted.service}")
        if name(each) == cron_job_name(wanted.service, _job_of(each))
    }
    if wanted.job in found:
        return found[wanted.job]
    meant = nearest(wanted.job, found)
    known = f"there are {listing(sorted(found))}" if found else "it has none"
    raise FlotillaError(
        f"The service {wanted.service} has no job {wanted.job!r} to start by hand in {wanted.stack}"
        + (f"; did you mean {meant!r}?" if meant else f": {known}."),
        f"Such jobs have `when: Manual` or `when: Schedule` in services/{wanted.service}.yaml, and come with"
        " the next up.",
        Exit.USAGE,
    )


def _job_of(cron_job: Manifest) -> str:
    return text(cron_job, "spec", "jobTemplate", "spec", "template", "metadata", "labels", JOB_LABEL)


def _respect_concurrency(kubectl: Kubectl, template: Manifest, wanted: Wanted) -> None:
    """Refuse, replace or let run what runs already, as the job says of itself.

    Raises:
        FlotillaError: it runs already and may not run twice.
    """
    running = [name(each) for each in kubectl.items("jobs") if _is_of(each, template) and not _ended(each)]
    policy = text(template, "spec", "concurrencyPolicy")
    if running and policy == "Forbid":
        raise FlotillaError(
            f"The job {wanted.job} of {wanted.service} runs already: {', '.join(running)}.",
            f"Let it end, or end it: kubectl --namespace {kubectl.namespace} delete job {running[0]}."
            " One that may run beside itself has `concurrency: Allow`.",
            Exit.REFUSED,
        )
    if running and policy == "Replace":
        kubectl("delete", "job", *running)


def _is_of(job: Manifest, template: Manifest) -> bool:
    return any(
        text(owner, "name") == name(template) for owner in mappings(job, "metadata", "ownerReferences")
    )


def _ended(job: Manifest) -> str:
    """`Complete` or `Failed`; empty while it runs."""
    return next((ended for ended in ("Complete", "Failed") if holds(job, ended)), "")


def _follow(kubectl: Kubectl, job: str) -> None:
    """Wait until a job ends.

    Raises:
        FlotillaError: it failed, or the waiting was interrupted.
    """
    where = f"kubectl --namespace {kubectl.namespace}"
    try:
        with step(f"job {job}") as progress:
            while not _ended(found := _one(kubectl, job)):
                wanted = number(found, "spec", "completions", default=1)
                done = number(found, "status", "succeeded")
                progress.update(_doing(found), done, wanted)
                time.sleep(INTERVAL)
            if _ended(found) == "Failed":
                progress.fail()
    except KeyboardInterrupt:
        raise FlotillaError(
            f"Interrupted: the job {job} goes on by itself.", f"Look at it: {where} get job {job}"
        ) from None
    if _ended(found) == "Failed":
        raise FlotillaError(
            f"The job {job} failed: {'; '.join(_reasons(kubectl, found))}",
            f"See what it printed: {where} logs --selector=job-name={job} --all-containers --prefix",
        )


def _one(kubectl: Kubectl, job: str) -> Manifest:
    (found,) = kubectl.items("jobs", f"--field-selector=metadata.name={job}")
    return found


def _doing(job: Manifest) -> str:
    counts = {kind: number(job, "status", kind) for kind in ("active", "succeeded", "failed")}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)


def _reasons(kubectl: Kubectl, job: Manifest) -> list[str]:
    failed = condition(job, "Failed")
    said = [f"{text(failed, 'reason')}: {text(failed, 'message')}"]
    pods = kubectl.items("pods", f"--selector=job-name={name(job)}")
    return said + [reason for pod in pods for reason in pod_reasons(pod)]
