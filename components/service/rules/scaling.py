"""What is impossible in the number and size of pods, and in how many may be missing."""

from collections.abc import Iterator, Mapping

from components.errors import Path, Problem, listing, nearest
from components.quantities import quantity
from components.service.autoscaling import sized_resources, utilization_targets
from components.service.counts import is_count, is_percentage
from components.service.replicas import is_autoscaled, replicas_of
from components.service.rules.numbers import range_problems
from components.service.rules.quantities import amount_problems, size_problems
from components.types import (
    Autoscaling,
    Container,
    DisruptionBudget,
    ExternalMetric,
    ScalingPolicy,
    ServiceSpec,
    VerticalScaling,
    VerticalScalingMode,
)

SIZED = ("cpu", "memory")
"""What a VerticalPodAutoscaler can size."""

MAX_UTILIZATION = 1000
"""Percent: pods may use more than they request, up to their limits."""
MAX_WINDOW, MAX_PERIOD = 3600, 1800
"""Seconds (Kubernetes' validation of autoscaling/v2)."""

_AMOUNTS = {"cpu": "100m", "memory": "64Mi"}
_COUNT_CURE = 'Write a number or a percentage, in quotes: "1" or "25%".'


def scaling_problems(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of autoscalers and of the disruption budget.

    Args:
        name: The service, which its own container is named after.
        spec: What it is.
    """
    if "autoscaling" in spec:
        yield from _autoscaling(spec["autoscaling"], ("autoscaling",))
        yield from _requests(name, spec)
        if "replicas" in spec:
            cure = "Remove replicas; minReplicas and maxReplicas of autoscaling bound it."
            yield Problem(("replicas",), "the autoscaler owns the number of pods", cure)
    if "vertical_scaling" in spec:
        yield from _vertical(spec["vertical_scaling"], ("verticalScaling",))
        yield from _both_ways(spec)
    if "disruption_budget" in spec:
        # From none, an autoscaler comes to one first; a fixed number of none has nothing to lose.
        fewest = max(1, replicas_of(spec)) if is_autoscaled(spec) else replicas_of(spec)
        yield from _budget(spec["disruption_budget"], fewest, ("disruptionBudget",))


def _autoscaling(scaling: Autoscaling, path: Path) -> Iterator[Problem]:
    fewest, most = scaling.get("min_replicas", 1), scaling["max_replicas"]
    if fewest == 0 and "keda" not in scaling:
        cure = "Give at least 1; only KEDA starts pods from none."
        yield Problem((*path, "minReplicas"), "0 is too little", cure)
    yield from range_problems({"minReplicas": fewest}, path, 0)
    if most < max(fewest, 1):
        cure = "Raise it, or lower minReplicas."
        yield Problem((*path, "maxReplicas"), f"{most} is below {max(fewest, 1)}", cure)
    percentages = {
        "targetCpuUtilization": scaling.get("target_cpu_utilization"),
        "targetMemoryUtilization": scaling.get("target_memory_utilization"),
    }
    yield from range_problems(percentages, path, 1, MAX_UTILIZATION)
    yield from _metrics(scaling, path)
    for key, policy in (("scaleUp", scaling.get("scale_up")), ("scaleDown", scaling.get("scale_down"))):
        if policy is not None:
            yield from _policy(policy, (*path, key))


def _metrics(scaling: Autoscaling, path: Path) -> Iterator[Problem]:
    for metric, value in scaling.get("pod_metrics", {}).items():
        yield from size_problems(value, (*path, "podMetrics", metric))
    for metric, external in scaling.get("external_metrics", {}).items():
        yield from _external(external, (*path, "externalMetrics", metric))
    if "keda" not in scaling:
        return
    if not scaling["keda"]["triggers"]:
        yield Problem((*path, "keda", "triggers"), "asks nothing", "Name what KEDA asks, or remove keda.")
    if scaling.get("pod_metrics") or scaling.get("external_metrics"):
        cure = "KEDA brings metrics in by triggers, such as one of type prometheus: move them there."
        yield Problem((*path, "keda"), "stands beside podMetrics or externalMetrics", cure)


def _external(external: ExternalMetric, path: Path) -> Iterator[Problem]:
    values = [value for value in (external.get("value"), external.get("average_value")) if value is not None]
    if len(values) != 1:
        what = "wants two things at once" if values else "does not say what is wanted"
        yield Problem(path, what, "Give exactly one of value and averageValue.")
    for key, value in (("value", external.get("value")), ("averageValue", external.get("average_value"))):
        if value is not None:
            yield from size_problems(value, (*path, key))


def _policy(policy: ScalingPolicy, path: Path) -> Iterator[Problem]:
    if not policy:
        yield Problem(
            path, "says nothing", "Give stabilizationWindowSeconds, maxPods or maxPercent, or remove it."
        )
    window = {"stabilizationWindowSeconds": policy.get("stabilization_window_seconds")}
    yield from range_problems(window, path, 0, MAX_WINDOW)
    yield from range_problems({"periodSeconds": policy.get("period_seconds")}, path, 1, MAX_PERIOD)
    limits = {"maxPods": policy.get("max_pods"), "maxPercent": policy.get("max_percent")}
    yield from range_problems(limits, path, 1)
    if "period_seconds" in policy and limits == dict.fromkeys(limits):
        yield Problem((*path, "periodSeconds"), "bounds nothing", "Add maxPods or maxPercent, or remove it.")


def _requests(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    """Containers that request nothing of what the autoscaler measures by: it would never know."""
    serving: Mapping[str, Container] = {name: spec, **spec.get("containers", {}), **spec.get("sidecars", {})}
    for resource in utilization_targets(spec.get("autoscaling", {"max_replicas": 1})):
        for container, described in serving.items():
            given = described.get("resources", {})
            if resource not in {*given.get("requests", {}), *given.get("limits", {})}:
                cure = f"Give it one, such as resources: {{requests: {{{resource}: {_AMOUNTS[resource]}}}}}."
                what = f"follows the {resource}, and the container {container} has no request for it"
                yield Problem(("autoscaling",), what, cure)


def _vertical(scaling: VerticalScaling, path: Path) -> Iterator[Problem]:
    for index, resource in enumerate(scaling.get("resources", SIZED)):
        if resource not in SIZED:
            yield Problem(
                (*path, "resources", index),
                f"{resource} cannot be sized",
                f"Possible: {listing(SIZED)}.",
                nearest(resource, SIZED),
            )
    if scaling.get("resources") == []:
        yield Problem(
            (*path, "resources"), "sizes nothing", f"Name one of {listing(SIZED)}, or remove the key."
        )
    least, most = scaling.get("min_allowed", {}), scaling.get("max_allowed", {})
    yield from amount_problems(least, (*path, "minAllowed"))
    yield from amount_problems(most, (*path, "maxAllowed"))
    for resource in least.keys() & most.keys():
        low, high = quantity(least[resource]), quantity(most[resource])
        if low is not None and high is not None and high < low:
            what = f"{most[resource]} is below minAllowed, {least[resource]}"
            yield Problem((*path, "maxAllowed", resource), what, "Raise it, or lower minAllowed.")


def _both_ways(spec: ServiceSpec) -> Iterator[Problem]:
    """A resource that decides on the number of pods and on their size: the two would chase each other."""
    vertical = spec.get("vertical_scaling", {})
    if "autoscaling" not in spec or vertical.get("mode", VerticalScalingMode.OFF) == VerticalScalingMode.OFF:
        return
    for resource in sorted({*utilization_targets(spec["autoscaling"])} & {*sized_resources(spec)}):
        others = [other for other in sized_resources(spec) if other != resource]
        cure = f"Size something else (resources: [{', '.join(others)}]), " if others else ""
        yield Problem(
            ("verticalScaling",),
            f"sizes the {resource} by which autoscaling counts pods",
            f"{cure}{'or scale' if others else 'Scale'} by another metric, or set mode: Off.",
        )


def _budget(budget: DisruptionBudget, replicas: int, path: Path) -> Iterator[Problem]:
    bounds = {"minAvailable": budget.get("min_available"), "maxUnavailable": budget.get("max_unavailable")}
    given = {key: text for key, text in bounds.items() if text is not None}
    if len(given) != 1:
        what = "says two things at once" if given else "says nothing"
        yield Problem(path, what, "Give exactly one of minAvailable and maxUnavailable.")
        return
    for key, text in given.items():
        if not is_count(text) and not is_percentage(text):
            yield Problem((*path, key), f'"{text}" is not possible', _COUNT_CURE)
        elif key == "maxUnavailable" and text in {"0", "0%"}:
            yield _blocking((*path, key), "lets no pod go")
        elif key == "minAvailable" and 0 < replicas <= _at_least(text, replicas):
            yield _blocking((*path, key), f"lets no pod go where there are {replicas}")


def _at_least(text: str, replicas: int) -> int:
    """How many pods a number or a percentage of them is; Kubernetes rounds up."""
    return int(text) if is_count(text) else -(-replicas * int(text.rstrip("%")) // 100)


def _blocking(path: Path, what: str) -> Problem:
    cure = "No node could be drained, and no cluster upgraded: let at least one pod go, or run one more."
    return Problem(path, what, cure)
