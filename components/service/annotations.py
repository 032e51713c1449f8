"""Annotations that a cluster gives to an object of a service."""

from collections.abc import Mapping
from typing import cast

import pulumi

from components.service.manifest import Manifest
from components.wiring import together


def with_annotations(
    described: Manifest, given: pulumi.Input[dict[str, pulumi.Input[str]]] | None
) -> Manifest:
    """Metadata with the annotations that a cluster gives besides."""
    own = cast("Mapping[str, object]", described["annotations"])
    return {**described, "annotations": together(own, given)}
