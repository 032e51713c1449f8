"""What a stack needs beside the engine: helm for charts, and in clusters what others would have set up."""

from collections.abc import Callable, Iterator

from components.config import Stack
from components.config.placement import Placement
from components.types import ServiceSpec
from flotilla.controlplane import ControlPlane
from flotilla.engine import REQUIRED
from flotilla.sandbox.kubernetes.helm.binary import find_helm

USES: dict[str, Callable[[ServiceSpec], object]] = {
    "ExternalSecret": lambda spec: spec.get("external_secrets"),
    "PodMonitor": lambda spec: spec.get("metrics", {}).get("pod_monitor"),
    "Rollout": lambda spec: "argo" in spec.get("rollout", {}),
    "ScaledObject": lambda spec: "keda" in spec.get("autoscaling", {}),
    "VerticalPodAutoscaler": lambda spec: "vertical_scaling" in spec,
}
"""Whether a service makes objects of an operator's kind, by the kind."""

BROUGHT_BY = {
    "ExternalSecret": {"external-secrets"},
    "PodMonitor": {"kube-prometheus-stack", "prometheus-operator-crds"},
    "Rollout": {"argo-rollouts"},
    "ScaledObject": {"keda"},
    "VerticalPodAutoscaler": {"vpa", "vertical-pod-autoscaler"},
}
"""The charts that bring a kind themselves; helm refuses one that is there already."""

_BUILT_IN = "system-"
"""How the names of the priority classes begin that every cluster has."""


def tools(stack: Stack) -> tuple[str, ...]:
    """The tools that a stack is run with."""
    charts = any("chart" in placed.spec for placed in stack.placements)
    return (*REQUIRED, "helm") if charts and find_helm() is None else REQUIRED


def provide(plane: ControlPlane, stack: Stack, cluster: str) -> None:
    """Let a control plane have what the stack expects of a cluster that somebody else has made.

    These are the kinds of operators whose objects its services are, unless a chart of the stack brings them,
    and the priority classes that its services name.
    """
    here = [placed for placed in stack.placements if placed.cluster == cluster]
    kinds, classes = sorted(operator_kinds(here)), sorted(priority_classes(here))
    if kinds or classes:
        plane.provide(kinds, classes)


def operator_kinds(placements: list[Placement]) -> Iterator[str]:
    """The kinds of operators that services are objects of, and no chart among them brings."""
    charts = {
        placed.spec["chart"]["name"].rpartition("/")[2] for placed in placements if "chart" in placed.spec
    }
    for kind, uses in USES.items():
        if not charts & BROUGHT_BY[kind] and any(uses(placed.spec) for placed in placements):
            yield kind


def priority_classes(placements: list[Placement]) -> set[str]:
    """The priority classes that services name and no cluster has by itself."""
    named = {placed.spec["priority_class"] for placed in placements if "priority_class" in placed.spec}
    return {name for name in named if not name.startswith(_BUILT_IN)}
