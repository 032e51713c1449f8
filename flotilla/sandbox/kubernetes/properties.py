"""Inputs and states of Kubernetes objects: names as typed SDKs have them, and as Kubernetes does."""

from collections.abc import Mapping
from typing import Final, cast

from flotilla.sandbox.kubernetes.manifest import Manifest
from flotilla.sandbox.plugin.protocol import Properties, renamed

# Typed SDKs cannot have dashes in names.
_DASHED: Final = {
    name.replace("-", "_"): name
    for name in (
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    )
}
_UNDERSCORED: Final = {dashed: name for name, dashed in _DASHED.items()}


def plain(properties: Mapping[str, object]) -> Manifest:
    """The same values without marks of secrecy, names as Kubernetes has them. Unknowns stay."""
    return cast("Manifest", renamed(properties, lambda name: _DASHED.get(name, name)))


def underscored(manifest: Manifest) -> Properties:
    """An object with names as typed SDKs have them."""
    return cast("Properties", renamed(manifest, lambda name: _UNDERSCORED.get(name, name)))
