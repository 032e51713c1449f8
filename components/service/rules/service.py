"""Everything that types cannot say of a service."""

import re
from collections.abc import Iterator
from itertools import chain

from components.errors import Problem
from components.service.rules.containers import pod_problems
from components.service.rules.network import network_problems
from components.service.rules.ports import port_problems
from components.service.rules.probes import probe_problems
from components.service.rules.scaling import scaling_problems
from components.service.rules.scheduling import scheduling_problems
from components.service.rules.secrets import secret_problems
from components.service.rules.volumes import file_problems, volume_problems
from components.types import ServiceSpec

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""A tag, by the OCI distribution specification."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def service_problems(name: str, spec: ServiceSpec) -> list[Problem]:
    """Everything that is impossible in a service, each problem with its path inside of the service."""
    return list(
        chain(
            _release(spec),
            port_problems(spec),
            network_problems(spec),
            probe_problems(spec.get("probes", {}), spec.get("ports", {}), ("probes",)),
            pod_problems(name, spec),
            secret_problems(spec),
            file_problems(spec),
            volume_problems(name, spec),
            scaling_problems(name, spec),
            scheduling_problems(name, spec),
            _numbers(spec),
            _uses(name, spec),
        )
    )


def _release(spec: ServiceSpec) -> Iterator[Problem]:
    if not _TAG.fullmatch(spec["release"]):
        yield Problem(
            ("release",),
            f'"{spec["release"]}" is not a tag of an image',
            "A tag has letters, digits, dots, dashes and underscores, at most 128.",
        )
    if "digest" in spec and not _DIGEST.fullmatch(spec["digest"]):
        yield Problem(
            ("digest",),
            f'"{spec["digest"]}" is not a digest',
            "A digest is sha256: and 64 digits of 0-9 and a-f, as the registry tells it.",
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
