"""What others would have set up in a cluster: kinds of operators, as far as an API server has to know them.

kwok plays their controllers where somebody waits for what they say (`stages/operators/`); nothing else of an
operator is there: no autoscaler scales, no monitor is scraped, no Secret is filled.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from flotilla.controlplane.api import Api, Json
from flotilla.errors import FlotillaError

PATIENCE = 30.0
"""Seconds until an API server serves a new kind; it takes less than one."""

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
PRIORITY_CLASSES = "/apis/scheduling.k8s.io/v1/priorityclasses"


@dataclass(frozen=True)
class CustomKind:
    """A kind that an operator brings."""

    kind: str
    group: str
    version: str

    @property
    def plural(self) -> str:
        """Its name in the paths of the API."""
        return f"{self.kind.lower()}s"

    @property
    def name(self) -> str:
        """The name of its definition."""
        return f"{self.plural}.{self.group}"

    def definition(self) -> Json:
        """Its CustomResourceDefinition, which takes any fields."""
        anything: Json = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        version: Json = {
            "name": self.version,
            "served": True,
            "storage": True,
            "subresources": {"status": {}},
            "schema": {"openAPIV3Schema": anything},
        }
        # Groups of Kubernetes' own ask for it; to others it means nothing.
        annotations = {"api-approved.kubernetes.io": "unapproved, played on this computer"}
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": self.name, "annotations": annotations},
            "spec": {
                "group": self.group,
                "scope": "Namespaced",
                "names": {"kind": self.kind, "plural": self.plural, "singular": self.kind.lower()},
                "versions": [version],
            },
        }


KINDS = {
    kind: CustomKind(kind, group, version)
    for kind, group, version in (
        ("ExternalSecret", "external-secrets.io", "v1"),
        ("PodMonitor", "monitoring.coreos.com", "v1"),
        ("Rollout", "argoproj.io", "v1alpha1"),
        ("ScaledObject", "keda.sh", "v1alpha1"),
        ("VerticalPodAutoscaler", "autoscaling.k8s.io", "v1"),
    )
}
"""The kinds of which services make objects, by their names."""

PLAYED = frozenset({"ExternalSecret", "Rollout"})
"""Those whose controllers kwok plays."""


def provide(api: Api, kinds: Iterable[str], priority_classes: Iterable[str]) -> None:
    """Let an API server know kinds and priority classes; what it knows is left as it is.

    Raises:
        FlotillaError: the API server refuses, or does not serve a kind in time.
    """
    wanted = [KINDS[kind] for kind in kinds]
    for one in wanted:
        api.create(DEFINITIONS, one.definition())
    for name in priority_classes:
        api.create(PRIORITY_CLASSES, _priority_class(name))
    for one in wanted:
        _await_served(api, one)


def _priority_class(name: str) -> Json:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": {"name": name},
        "value": 1000,
    }


def _await_served(api: Api, wanted: CustomKind) -> None:
    deadline = time.monotonic() + PATIENCE
    while not api.describes(wanted.group, wanted.version):
        if time.monotonic() > deadline:
            raise FlotillaError(f"The API server does not serve {wanted.name}.", "Start anew: make down")
        time.sleep(0.05)
