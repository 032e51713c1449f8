"""The PodDisruptionBudget of a service."""

from components.service.counts import count_or_percentage
from components.service.manifest import Manifest, metadata, serving
from components.types import ServiceSpec


def disruption_budget(name: str, spec: ServiceSpec) -> Manifest | None:
    """How many pods may be missing at once; None for a service that does not say.

    Pods that are not ready may always go, so that a broken one cannot hold up the drain of a node.
    """
    if "disruption_budget" not in spec:
        return None
    budget = spec["disruption_budget"]
    bounds = {"minAvailable": budget.get("min_available"), "maxUnavailable": budget.get("max_unavailable")}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(name, spec),
        "spec": {
            **{key: count_or_percentage(text) for key, text in bounds.items() if text is not None},
            "selector": {"matchLabels": serving(name)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }
