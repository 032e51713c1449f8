"""The autoscalers of a service: how many pods it has, and how big they are."""

from collections.abc import Iterator

from components.service.manifest import Manifest, metadata
from components.types import Autoscaling, ExternalMetric, ScalingPolicy, ServiceSpec, VerticalScalingMode

CPU_UTILIZATION = 80
"""Percent of the requested CPU that pods should use where no metric is named (Kubernetes' own default)."""
PERIOD_SECONDS = 15
"""Seconds of a scaling period (Kubernetes' default policies)."""


def autoscaler(name: str, spec: ServiceSpec, target: Manifest) -> Manifest | None:
    """The HorizontalPodAutoscaler, or KEDA's ScaledObject; None for a service with a fixed number of pods.

    Args:
        name: The service.
        spec: What it is.
        target: What is scaled: `apiVersion`, `kind`, `name`.
    """
    if "autoscaling" not in spec:
        return None
    scaling = spec["autoscaling"]
    if "keda" in scaling:
        return _scaled_object(name, spec, scaling, target)
    described: Manifest = {
        "scaleTargetRef": target,
        "minReplicas": int(scaling.get("min_replicas", 1)),
        "maxReplicas": int(scaling["max_replicas"]),
        "metrics": [*_metrics(scaling)],
    }
    if behavior := _behavior(scaling):
        described["behavior"] = behavior
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(name, spec),
        "spec": described,
    }


def vertical_autoscaler(name: str, spec: ServiceSpec, target: Manifest) -> Manifest | None:
    """The VerticalPodAutoscaler; None for a service without one.

    Args:
        name: The service.
        spec: What it is.
        target: What is scaled: `apiVersion`, `kind`, `name`.
    """
    if "vertical_scaling" not in spec:
        return None
    scaling = spec["vertical_scaling"]
    policy: Manifest = {"containerName": "*", "controlledResources": sized_resources(spec)}
    if "min_allowed" in scaling:
        policy["minAllowed"] = scaling["min_allowed"]
    if "max_allowed" in scaling:
        policy["maxAllowed"] = scaling["max_allowed"]
    return {
        "apiVersion": "autoscaling.k8s.io/v1",
        "kind": "VerticalPodAutoscaler",
        "metadata": metadata(name, spec),
        "spec": {
            "targetRef": target,
            "updatePolicy": {"updateMode": str(scaling.get("mode", VerticalScalingMode.OFF))},
            "resourcePolicy": {"containerPolicies": [policy]},
        },
    }


def sized_resources(spec: ServiceSpec) -> list[str]:
    """The resources that a VerticalPodAutoscaler sizes."""
    return spec.get("vertical_scaling", {}).get("resources", ["cpu", "memory"])


def utilization_targets(scaling: Autoscaling) -> dict[str, int]:
    """Percent of what is requested that pods should use, by resource."""
    targets: dict[str, int] = {}
    if "target_cpu_utilization" in scaling:
        targets["cpu"] = int(scaling["target_cpu_utilization"])
    if "target_memory_utilization" in scaling:
        targets["memory"] = int(scaling["target_memory_utilization"])
    named = targets or scaling.get("pod_metrics") or scaling.get("external_metrics") or "keda" in scaling
    return targets if named else {"cpu": CPU_UTILIZATION}


def _metrics(scaling: Autoscaling) -> Iterator[Manifest]:
    for resource, percent in utilization_targets(scaling).items():
        target: Manifest = {"type": "Utilization", "averageUtilization": percent}
        yield {"type": "Resource", "resource": {"name": resource, "target": target}}
    for metric, value in sorted(scaling.get("pod_metrics", {}).items()):
        target = {"type": "AverageValue", "averageValue": value}
        yield {"type": "Pods", "pods": {"metric": {"name": metric}, "target": target}}
    for metric, external in sorted(scaling.get("external_metrics", {}).items()):
        yield {"type": "External", "external": _external(metric, external)}


def _external(name: str, external: ExternalMetric) -> Manifest:
    metric: Manifest = {"name": name}
    if "selector" in external:
        metric["selector"] = {"matchLabels": external["selector"]}
    if "value" in external:
        return {"metric": metric, "target": {"type": "Value", "value": external["value"]}}
    average = external.get("average_value")
    return {"metric": metric, "target": {"type": "AverageValue", "averageValue": average}}


def _behavior(scaling: Autoscaling) -> Manifest:
    behavior: Manifest = {}
    if "scale_up" in scaling:
        behavior["scaleUp"] = _policy(scaling["scale_up"])
    if "scale_down" in scaling:
        behavior["scaleDown"] = _policy(scaling["scale_down"])
    return behavior


def _policy(policy: ScalingPolicy) -> Manifest:
    period = int(policy.get("period_seconds", PERIOD_SECONDS))
    kinds = {"Pods": policy.get("max_pods"), "Percent": policy.get("max_percent")}
    rules: Manifest = {}
    if "stabilization_window_seconds" in policy:
        rules["stabilizationWindowSeconds"] = int(policy["stabilization_window_seconds"])
    if limits := {kind: most for kind, most in kinds.items() if most is not None}:
        rules["selectPolicy"] = "Max"
        rules["policies"] = [
            {"type": kind, "value": int(most), "periodSeconds": period} for kind, most in limits.items()
        ]
    return rules


def _scaled_object(name: str, spec: ServiceSpec, scaling: Autoscaling, target: Manifest) -> Manifest:
    keda = scaling.get("keda", {"triggers": {}})
    triggers: list[Manifest] = [
        {"type": resource, "metricType": "Utilization", "metadata": {"value": str(percent)}}
        for resource, percent in utilization_targets(scaling).items()
    ]
    for key, trigger in sorted(keda["triggers"].items()):
        described: Manifest = {"type": trigger["type"], "name": key, "metadata": trigger["metadata"]}
        if "authentication" in trigger:
            described["authenticationRef"] = {"name": trigger["authentication"]}
        triggers.append(described)
    settings: Manifest = {
        "scaleTargetRef": target,
        "minReplicaCount": int(scaling.get("min_replicas", 1)),
        "maxReplicaCount": int(scaling["max_replicas"]),
        "triggers": triggers,
    }
    if "polling_interval_seconds" in keda:
        settings["pollingInterval"] = int(keda["polling_interval_seconds"])
    if "cooldown_seconds" in keda:
        settings["cooldownPeriod"] = int(keda["cooldown_seconds"])
    if behavior := _behavior(scaling):
        settings["advanced"] = {"horizontalPodAutoscalerConfig": {"behavior": behavior}}
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": metadata(name, spec),
        "spec": settings,
    }
