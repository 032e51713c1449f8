"""What is impossible in the choice of nodes."""

from collections.abc import Iterator

from components.errors import Path, Problem
from components.naming import is_label_key, is_label_value, is_object_name
from components.service.node_labels import ARCHITECTURE_LABEL
from components.service.rules.numbers import range_problems
from components.types import (
    NodeOperator,
    NodeRequirement,
    Scheduling,
    ServiceSpec,
    TaintEffect,
    Toleration,
)

_LABEL_CURE = "Use letters, digits, -, _ and ., at most 63; a key may have a domain and / before it."
_VALUE_CURE = "Use letters, digits, -, _ and ., at most 63."
MAX_WEIGHT = 100
TOLD_BY = {
    "nodePool": {
        "cloud.google.com/gke-nodepool",
        "flotilla/node-pool",
        "karpenter.sh/nodepool",
        "kubernetes.azure.com/agentpool",
    },
    "spot": {
        "cloud.google.com/gke-spot",
        "eks.amazonaws.com/capacityType",
        "karpenter.sh/capacity-type",
        "kubernetes.azure.com/scalesetpriority",
    },
}
"""The labels of nodes by which clusters understand a wish, on any cloud."""


def scheduling_problems(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of the nodes that a service wants.

    Args:
        name: The service.
        spec: What it is.
    """
    priority = spec.get("priority_class", "any")
    if not is_object_name(priority):
        yield Problem(("priorityClass",), f'"{priority}" cannot name a PriorityClass', "Use a-z, 0-9 and -.")
    yield from _wishes(name, spec.get("scheduling", {}), ("scheduling",))


def _wishes(name: str, wishes: Scheduling, path: Path) -> Iterator[Problem]:
    for key, value in wishes.get("node_selector", {}).items():
        if not is_label_key(key) or not is_label_value(value):
            yield Problem((*path, "nodeSelector", key), f'"{key}: {value}" is no label', _LABEL_CURE)
    chosen = wishes.get("node_selector", {}).get(ARCHITECTURE_LABEL)
    if "architecture" in wishes and chosen is not None and chosen != wishes["architecture"]:
        what = f"wants {chosen} and {wishes['architecture']} at once"
        yield Problem((*path, "nodeSelector", ARCHITECTURE_LABEL), what, "Keep one of the two.")
    given = {"nodePool": "node_pool" in wishes, "spot": "spot" in wishes}
    for key, labels in TOLD_BY.items():
        for label in sorted(labels & {*wishes.get("node_selector", {})}) if given[key] else []:
            yield Problem((*path, "nodeSelector", label), f"says what {key} says too", f"Keep {key} alone.")
    for index, each in enumerate(wishes.get("required_nodes", [])):
        yield from _requirement(each, (*path, "requiredNodes", index))
    for index, preference in enumerate(wishes.get("preferred_nodes", [])):
        where = (*path, "preferredNodes", index)
        yield from _requirement(preference, where)
        yield from range_problems({"weight": preference.get("weight")}, where, 1, MAX_WEIGHT)
    for index, toleration in enumerate(wishes.get("tolerations", [])):
        yield from _toleration(toleration, (*path, "tolerations", index))
    yield from _other_services(name, wishes, path)


def _other_services(name: str, wishes: Scheduling, path: Path) -> Iterator[Problem]:
    for key, services in (("near", wishes.get("near", [])), ("apartFrom", wishes.get("apart_from", []))):
        for index, service in enumerate(services):
            where = (*path, key, index)
            if service == name:
                yield Problem(
                    where, "is the service itself", "Use spread to part its own pods, or remove it."
                )
            if service in services[:index]:
                yield Problem(where, f"{service} stands here twice", "Keep one.")
    for service in sorted({*wishes.get("near", [])} & {*wishes.get("apart_from", [])}):
        yield Problem((*path, "near"), f"{service} is in apartFrom too", "Keep it in one of the two.")


def _requirement(requirement: NodeRequirement, path: Path) -> Iterator[Problem]:
    operator, values = requirement.get("operator", NodeOperator.IN), requirement.get("values", [])
    if not is_label_key(requirement["key"]):
        yield Problem((*path, "key"), f'"{requirement["key"]}" is no key of a label', _LABEL_CURE)
    if operator in {NodeOperator.EXISTS, NodeOperator.DOES_NOT_EXIST}:
        if values:
            yield Problem((*path, "values"), f"mean nothing with {operator}", "Remove them, or use In.")
    elif operator in {NodeOperator.GT, NodeOperator.LT}:
        if len(values) != 1 or not values[0].lstrip("-").isdecimal():
            yield Problem(
                (*path, "values"), f"{operator} compares with one number", 'Write one, such as ["4"].'
            )
    elif not values:
        yield Problem((*path, "values"), f"{operator} needs values", "Name them, or use Exists.")
    for index, value in enumerate(values):
        if not is_label_value(value):
            yield Problem((*path, "values", index), f'"{value}" is no value of a label', _VALUE_CURE)


def _toleration(toleration: Toleration, path: Path) -> Iterator[Problem]:
    if not is_label_key(toleration["key"]):
        yield Problem((*path, "key"), f'"{toleration["key"]}" is no key of a taint', _LABEL_CURE)
    if not is_label_value(toleration.get("value", "")):
        what = f'"{toleration.get("value")}" is no value of a taint'
        yield Problem((*path, "value"), what, _VALUE_CURE)
    if "seconds" in toleration and toleration.get("effect") != TaintEffect.NO_EXECUTE:
        cure = "Add effect: NoExecute, or remove it."
        yield Problem((*path, "seconds"), "only NoExecute evicts pods that run", cure)
    yield from range_problems({"seconds": toleration.get("seconds")}, path, 0)
