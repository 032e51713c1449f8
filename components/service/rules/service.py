"""Everything that types cannot say of a service."""

from collections.abc import Iterator
from itertools import chain

from components.errors import Problem
from components.service.rules.chart import chart_problems
from components.service.rules.containers import pod_problems
from components.service.rules.jobs import job_problems
from components.service.rules.monitoring import host_problems, monitoring_problems
from components.service.rules.network import network_problems
from components.service.rules.ports import port_problems
from components.service.rules.probes import probe_problems
from components.service.rules.release import release_problems
from components.service.rules.rollout import rollout_problems
from components.service.rules.scaling import scaling_problems
from components.service.rules.scheduling import scheduling_problems
from components.service.rules.secrets import secret_problems
from components.service.rules.volumes import file_problems, volume_problems
from components.types import ServiceSpec


def service_problems(name: str, spec: ServiceSpec) -> list[Problem]:
    """Everything that is impossible in a service, each problem with its path inside of the service."""
    return list(
        chain(
            release_problems(spec["release"], spec.get("digest"), ()),
            port_problems(spec),
            network_problems(spec),
            probe_problems(spec.get("probes", {}), spec.get("ports", {}), ("probes",)),
            pod_problems(name, spec),
            secret_problems(spec),
            file_problems(spec),
            volume_problems(name, spec),
            rollout_problems(spec),
            scaling_problems(name, spec),
            scheduling_problems(name, spec),
            job_problems(spec),
            chart_problems(spec),
            monitoring_problems(spec),
            host_problems(spec),
            _numbers(spec),
            _uses(name, spec),
        )
    )


def _numbers(spec: ServiceSpec) -> Iterator[Problem]:
    security = spec.get("security", {})
    numbers = {
        ("replicas",): spec.get("replicas", 0),
        ("terminationGracePeriodSeconds",): spec.get("termination_grace_period_seconds", 0),
        ("security", "runAsUser"): security.get("run_as_user", 0),
        ("security", "runAsGroup"): security.get("run_as_group", 0),
    }
    for path, number in numbers.items():
        if number < 0:
            yield Problem(path, f"{number} is negative", "Give a number from 0.")


def _uses(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    uses = spec.get("uses", [])
    for index, used in enumerate(uses):
        if used == name:
            yield Problem(("uses", index), "a service need not use itself", "Remove it.")
        if used in uses[:index]:
            yield Problem(("uses", index), f"{used} stands here twice", "Keep one.")
