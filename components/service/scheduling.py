"""Which nodes the pods of a service run on."""

from collections.abc import Iterator

from components.service.manifest import Manifest, serving
from components.service.node_labels import ARCHITECTURE_LABEL, HOST_LABEL, ZONE_LABEL
from components.service.volumes import is_stateful
from components.types import NodeOperator, NodeRequirement, Scheduling, ServiceSpec, Spread, Toleration
from components.wiring import Nodes

_WHEN_UNSATISFIABLE = {Spread.PREFERRED: "ScheduleAnyway", Spread.REQUIRED: "DoNotSchedule"}


def scheduling(name: str, spec: ServiceSpec, nodes: Nodes | None = None) -> Manifest:
    """The part of a pod that the scheduler reads: selector, affinity, tolerations, spread, priority.

    Args:
        name: The service.
        spec: What it is.
        nodes: How the cluster's nodes are told apart.
    """
    pod = node_choice(spec, nodes)
    if affinity := _affinity(spec.get("scheduling", {})):
        pod["affinity"] = affinity
    if constraints := [*_spread(name, spec)]:
        pod["topologySpreadConstraints"] = constraints
    return pod


def node_choice(spec: ServiceSpec, nodes: Nodes | None = None) -> Manifest:
    """What holds for the pods of a service and of its jobs: selector, tolerations, priority."""
    wishes, known = spec.get("scheduling", {}), nodes or {}
    pod: Manifest = {}
    if selector := _node_selector(wishes, known):
        pod["nodeSelector"] = selector
    if tolerations := [*_tolerations(wishes, known)]:
        pod["tolerations"] = tolerations
    if "priority_class" in spec:
        pod["priorityClassName"] = spec["priority_class"]
    return pod


def _node_selector(wishes: Scheduling, nodes: Nodes) -> dict[str, str]:
    selector = {**wishes.get("node_selector", {})}
    if "node_pool" in wishes and "node_pool_label" in nodes:
        selector[nodes["node_pool_label"]] = wishes["node_pool"]
    if "architecture" in wishes:
        selector[ARCHITECTURE_LABEL] = str(wishes["architecture"])
    if wishes.get("spot"):
        selector |= nodes.get("spot_labels", {})
    return dict(sorted(selector.items()))


def _tolerations(wishes: Scheduling, nodes: Nodes) -> Iterator[Manifest]:
    yield from map(_toleration, wishes.get("tolerations", []))
    for taint in nodes.get("spot_taints", []) if wishes.get("spot") else []:
        yield _toleration({"key": taint["key"], "value": taint.get("value", ""), "effect": taint["effect"]})


def _toleration(toleration: Toleration) -> Manifest:
    described: Manifest = {"key": toleration["key"], "operator": "Exists"}
    if "value" in toleration:
        described |= {"operator": "Equal", "value": toleration["value"]}
    if "effect" in toleration:
        described["effect"] = str(toleration["effect"])
    if "seconds" in toleration:
        described["tolerationSeconds"] = int(toleration["seconds"])
    return described


def _affinity(wishes: Scheduling) -> Manifest:
    nodes: Manifest = {}
    if required := wishes.get("required_nodes"):
        terms = [{"matchExpressions": [_expression(each) for each in required]}]
        nodes["requiredDuringSchedulingIgnoredDuringExecution"] = {"nodeSelectorTerms": terms}
    if preferred := wishes.get("preferred_nodes"):
        nodes["preferredDuringSchedulingIgnoredDuringExecution"] = [
            {
                "weight": int(each.get("weight", 1)),
                "preference": {"matchExpressions": [_expression(each)]},
            }
            for each in preferred
        ]
    affinity: Manifest = {"nodeAffinity": nodes} if nodes else {}
    if near := wishes.get("near"):
        affinity["podAffinity"] = {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "podAffinityTerm": _beside(service)} for service in sorted(near)
            ]
        }
    if apart := wishes.get("apart_from"):
        affinity["podAntiAffinity"] = {
            "requiredDuringSchedulingIgnoredDuringExecution": [_beside(service) for service in sorted(apart)]
        }
    return affinity


def _expression(requirement: NodeRequirement) -> Manifest:
    described: Manifest = {
        "key": requirement["key"],
        "operator": str(requirement.get("operator", NodeOperator.IN)),
    }
    return {**described, "values": requirement["values"]} if "values" in requirement else described


def _beside(service: str) -> Manifest:
    """The same node as a pod of another service."""
    return {"topologyKey": HOST_LABEL, "labelSelector": {"matchLabels": serving(service)}}


def _spread(name: str, spec: ServiceSpec) -> Iterator[Manifest]:
    over = spec.get("spread", {})
    wishes = {ZONE_LABEL: over.get("zones", Spread.NONE), HOST_LABEL: over.get("nodes", Spread.NONE)}
    for key, wish in wishes.items():
        if wish == Spread.NONE:
            continue
        constraint: Manifest = {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": _WHEN_UNSATISFIABLE[Spread(wish)],
            "labelSelector": {"matchLabels": serving(name)},
        }
        # While one release follows another, the pods of each spread by themselves.
        if not is_stateful(spec) and "argo" not in spec.get("rollout", {}):
            constraint["matchLabelKeys"] = ["pod-template-hash"]
        yield constraint
