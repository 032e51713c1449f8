"""What all manifests of a service share: names, labels and annotations."""

from collections.abc import Mapping

from components.naming import is_label_value
from components.types import ServiceSpec

Manifest = dict[str, object]
"""A Kubernetes object, or a part of one, with its own keys in camelCase."""

NAME_LABEL = "app.kubernetes.io/name"
INSTANCE_LABEL = "app.kubernetes.io/instance"
JOB_LABEL = "flotilla/job"
"""The label that tells which job a pod runs."""
COMPONENT_LABEL = "app.kubernetes.io/component"
USES_PREFIX = "uses.flotilla/"
"""Begins the labels by which the pods of a service say which others they call."""

SERVING = "service"
"""The component of pods that serve requests, unlike those of jobs."""
RUNNING_A_JOB = "job"
"""The component of pods that run a job."""


def selector(name: str, instance: str = "") -> Manifest:
    """The labels by which a workload finds its pods; never changed, as a Deployment cannot change them.

    Args:
        name: The service.
        instance: Which of its workloads; empty for the one that has its name.
    """
    return {NAME_LABEL: name, INSTANCE_LABEL: instance or name}


def serving(name: str) -> Manifest:
    """The labels of all pods that serve a service's requests, of whatever workload."""
    return {NAME_LABEL: name, COMPONENT_LABEL: SERVING}


def common_labels(name: str, spec: ServiceSpec) -> Manifest:
    """Labels of every object of a service: nothing in them changes with the release."""
    labels = {**selector(name), "app.kubernetes.io/managed-by": "flotilla"}
    if spec.get("project"):
        labels["app.kubernetes.io/part-of"] = spec.get("project")
    return labels


def pod_labels(name: str, spec: ServiceSpec, given: Mapping[str, str], component: str = SERVING) -> Manifest:
    """Labels of the pods: those of every object, and the release, with which the pods change anyway.

    Args:
        name: The service.
        spec: What it is.
        given: What a cloud needs to know its pods.
        component: What the pods do.
    """
    labels = {**given, **common_labels(name, spec), COMPONENT_LABEL: component}
    labels |= {f"{USES_PREFIX}{used}": "true" for used in spec.get("uses", [])}
    # A tag may be longer than the value of a label; then the image alone tells it.
    if is_label_value(spec["release"]):
        labels["app.kubernetes.io/version"] = spec["release"]
    return labels


def metadata(name: str, spec: ServiceSpec, **annotations: str) -> Manifest:
    """Metadata of an object with a name of its own.

    Args:
        name: The service.
        spec: What it is.
        annotations: Annotations of Pulumi's Kubernetes provider, by their names after `pulumi.com/`.
    """
    return {"name": name, **nameless_metadata(name, spec, **annotations)}


def nameless_metadata(name: str, spec: ServiceSpec, **annotations: str) -> Manifest:
    """Metadata of an object that is named by the provider, anew for each content."""
    owned = {"flotilla/owner": spec["owner"]}
    if "repository" in spec:
        owned["flotilla/repository"] = spec["repository"]
    owned |= {f"links.flotilla/{link}": address for link, address in spec.get("links", {}).items()}
    return {
        "labels": {**spec.get("labels", {}), **common_labels(name, spec)},
        "annotations": {**owned, **{f"pulumi.com/{key}": value for key, value in annotations.items()}},
    }
