"""What is impossible in how one release follows another."""

from collections.abc import Iterator

from components.errors import Path, Problem
from components.service.counts import is_count, is_percentage
from components.service.rollout_settings import strategy_of, timeout_of
from components.service.rules.numbers import range_problems
from components.service.rules.release import release_problems
from components.service.volumes import is_stateful
from components.types import ArgoRollout, Canary, Rollout, RolloutStrategy, ServiceSpec

_BOUNDS = {"maxSurge": "max_surge", "maxUnavailable": "max_unavailable"}
_WHOLE = 100
"""Percent."""


def rollout_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of a service's rollout and of its canary."""
    rollout, path = spec.get("rollout", {}), ("rollout",)
    yield from _times(spec, rollout, path)
    yield from _bounds(rollout, path)
    if is_stateful(spec):
        yield from _of_data(spec, rollout)
    else:
        yield from _strategies(spec, rollout)
    if "argo" in rollout:
        yield from _steps(rollout["argo"], timeout_of(spec), (*path, "argo", "steps"))
    if "canary" in spec:
        yield from _canary(spec["canary"], spec)


def _times(spec: ServiceSpec, rollout: Rollout, path: Path) -> Iterator[Problem]:
    wait, timeout = rollout.get("min_ready_seconds"), timeout_of(spec)
    yield from range_problems({"timeoutSeconds": rollout.get("timeout_seconds")}, path, 1)
    yield from range_problems({"minReadySeconds": wait}, path, 0)
    if wait is not None and wait >= timeout >= 1:
        what = f"{wait} is not below the {timeout} seconds that a rollout may take"
        yield Problem((*path, "minReadySeconds"), what, "Lower it, or raise timeoutSeconds of rollout.")


def _bounds(rollout: Rollout, path: Path) -> Iterator[Problem]:
    given = {key: str(rollout.get(field)) for key, field in _BOUNDS.items() if field in rollout}
    for key, text in given.items():
        if not is_count(text) and not is_percentage(text):
            cure = 'Write a number or a percentage, in quotes: "1" or "25%".'
            yield Problem((*path, key), f'"{text}" is neither a number nor a percentage', cure)
        elif key == "maxUnavailable" and is_percentage(text) and int(text.rstrip("%")) > _WHOLE:
            yield Problem((*path, key), f"{text} is more than all", "Give at most 100%.")
    if all(
        text.rstrip("%") == "0" for text in (given.get("maxSurge", "1"), given.get("maxUnavailable", "0"))
    ):
        cure = 'Let one of them be at least 1: maxSurge: "1" adds a pod before one goes.'
        yield Problem((*path, "maxSurge"), "no pod may come before one goes, and none may go before", cure)


def _strategies(spec: ServiceSpec, rollout: Rollout) -> Iterator[Problem]:
    strategy = strategy_of(spec)
    at_once = strategy != RolloutStrategy.ROLLING_UPDATE
    for key, field in _BOUNDS.items():
        if at_once and field in rollout:
            cure = f"Remove it, or choose strategy: {RolloutStrategy.ROLLING_UPDATE}."
            yield Problem(("rollout", key), f"{strategy} replaces all pods at once", cure)
    if "argo" in rollout:
        if strategy == RolloutStrategy.RECREATE:
            cure = "Remove argo for a Deployment, or choose RollingUpdate or BlueGreen."
            yield Problem(("rollout", "strategy"), "Argo Rollouts cannot do Recreate", cure)
        if strategy == RolloutStrategy.BLUE_GREEN and not spec.get("ports"):
            cure = "Declare ports, or choose RollingUpdate."
            what = "Argo Rollouts switches a Kubernetes Service, and without ports there is none"
            yield Problem(("rollout", "strategy"), what, cure)
        if strategy == RolloutStrategy.BLUE_GREEN and rollout["argo"].get("steps"):
            cure = "Remove steps, or choose strategy: RollingUpdate."
            yield Problem(("rollout", "argo", "steps"), "BlueGreen switches all requests at once", cure)
        if "canary" in spec:
            cure = "Remove canary: the steps of rollout.argo try the release. Or remove rollout.argo."
            yield Problem(("canary",), "Argo Rollouts makes its own canary", cure)
    elif "canary" in spec and at_once:
        is_single = strategy == RolloutStrategy.RECREATE
        why = "is for what must never run twice" if is_single else "leads requests to one release only"
        cure = "Remove canary, or choose strategy: RollingUpdate."
        yield Problem(("canary",), f"{strategy} {why}", cure)


def _of_data(spec: ServiceSpec, rollout: Rollout) -> Iterator[Problem]:
    """What a StatefulSet cannot do."""
    why = "a service with claims is a StatefulSet, which replaces its pods in place, one at a time"
    if "strategy" in rollout and strategy_of(spec) != RolloutStrategy.ROLLING_UPDATE:
        yield Problem(("rollout", "strategy"), why, "Remove it, or the claims of volumes.")
    for key, field in {**_BOUNDS, "argo": "argo"}.items():
        if field in rollout:
            yield Problem(("rollout", key), why, "Remove it, or the claims of volumes.")
    if "canary" in spec:
        cure = "Remove canary: try the release in another environment."
        yield Problem(("canary",), "a canary would have no data: the claims are those of the service", cure)
    if "autoscaling" in spec:
        cure = "Give replicas in place of autoscaling: each of its pods has a claim that Pulumi keeps."
        yield Problem(("autoscaling",), "an autoscaler would add pods whose claims nobody keeps", cure)


def _steps(argo: ArgoRollout, timeout: int, path: Path) -> Iterator[Problem]:
    before, waited = 0, 0
    for index, step in enumerate(argo.get("steps", [])):
        weight, pause = step["weight"], step.get("pause_seconds")
        yield from range_problems({"weight": weight}, (*path, index), 1, _WHOLE)
        yield from range_problems({"pauseSeconds": pause}, (*path, index), 1)
        if 1 <= weight <= before:
            what = f"{weight} does not follow {before}"
            yield Problem((*path, index, "weight"), what, "Let each step have more than the one before.")
        before, waited = weight, waited + (pause or 0)
    if waited >= timeout:
        what = f"the steps pause {waited} seconds, and a rollout may take {timeout}"
        yield Problem(path, what, "Shorten the pauses, or raise timeoutSeconds of rollout.")


def _canary(canary: Canary, spec: ServiceSpec) -> Iterator[Problem]:
    yield from release_problems(canary["release"], canary.get("digest"), ("canary",))
    yield from range_problems({"replicas": canary.get("replicas")}, ("canary",), 1)
    if canary["release"] == spec["release"] and canary.get("digest") == spec.get("digest"):
        cure = "Name another release, or remove canary."
        yield Problem(("canary", "release"), f"{canary['release']} is what the service runs already", cure)
