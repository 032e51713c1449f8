"""What all manifests of a service share: names, labels and annotations."""

from collections.abc import Mapping
from typing import cast

import pulumi

from components.naming import is_label_value
from components.types import ServiceSpec
from components.wiring import together

Manifest = dict[str, object]
"""A Kubernetes object, or a part of one, with its own keys in camelCase."""

NAME_LABEL = "app.kubernetes.io/name"
INSTANCE_LABEL = "app.kubernetes.io/instance"


def selector(name: str) -> Manifest:
    """The labels by which a service's pods are found; never changed, as a Deployment cannot change them."""
    return {NAME_LABEL: name, INSTANCE_LABEL: name}


def common_labels(name: str, spec: ServiceSpec) -> Manifest:
    """Labels of every object of a service: nothing in them changes with the release."""
    labels = {**selector(name), "app.kubernetes.io/managed-by": "flotilla"}
    if spec.get("project"):
        labels["app.kubernetes.io/part-of"] = spec.get("project")
    return labels


def pod_labels(name: str, spec: ServiceSpec, given: Mapping[str, str]) -> Manifest:
    """Labels of the pods: those of every object, and the release, with which the pods change anyway.

    Args:
        name: The service.
        spec: What it is.
        given: What a cloud needs to know its pods.
    """
    labels = {**given, **common_labels(name, spec)}
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


def with_annotations(
    described: Manifest, given: pulumi.Input[dict[str, pulumi.Input[str]]] | None
) -> Manifest:
    """Metadata with the annotations that a cluster gives besides."""
    own = cast("Mapping[str, object]", described["annotations"])
    return {**described, "annotations": together(own, given)}


def nameless_metadata(name: str, spec: ServiceSpec, **annotations: str) -> Manifest:
    """Metadata of an object that is named by the provider, anew for each content."""
    owned = {"flotilla/owner": spec["owner"]}
    if "repository" in spec:
        owned["flotilla/repository"] = spec["repository"]
    return {
        "labels": {**spec.get("labels", {}), **common_labels(name, spec)},
        "annotations": {**owned, **{f"pulumi.com/{key}": value for key, value in annotations.items()}},
    }
