"""Kubernetes objects as plain JSON values, and the few questions everyone asks of them."""

from collections.abc import Iterator
from typing import cast

Manifest = dict[str, object]
"""A Kubernetes object as the API server sends it: JSON values only."""

SKIP_AWAIT = "pulumi.com/skipAwait"
TIMEOUT_SECONDS = "pulumi.com/timeoutSeconds"
WAIT_FOR = "pulumi.com/waitFor"
PATCH_FORCE = "pulumi.com/patchForce"
PATCH_FIELD_MANAGER = "pulumi.com/patchFieldManager"
DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy"
REPLACE_UNREADY = "pulumi.com/replaceUnready"
AUTONAMED = "pulumi.com/autonamed"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def dig(value: object, *keys: str | int) -> object:
    """What lies under `keys` (names of maps, indices of lists); None where the way ends early.

    Example: `dig(deployment, "spec", "template", "spec", "containers", 0, "image")`
    """
    for key in keys:
        if isinstance(value, dict) and isinstance(key, str):
            value = cast("Manifest", value).get(key)
        elif isinstance(value, list) and isinstance(key, int):
            items = cast("list[object]", value)
            value = items[key] if -len(items) <= key < len(items) else None
        else:
            return None
    return value


def mapping(value: object, *keys: str | int) -> Manifest:
    """The map under `keys`; an empty one where there is none."""
    found = dig(value, *keys)
    return cast("Manifest", found) if isinstance(found, dict) else {}


def items(value: object, *keys: str | int) -> list[object]:
    """The list under `keys`; an empty one where there is none."""
    found = dig(value, *keys)
    return cast("list[object]", found) if isinstance(found, list) else []


def mappings(value: object, *keys: str | int) -> Iterator[Manifest]:
    """The maps in the list under `keys`."""
    for item in items(value, *keys):
        if isinstance(item, dict):
            yield cast("Manifest", item)


def text(value: object, *keys: str | int) -> str:
    """The text under `keys`; an empty one where there is none."""
    found = dig(value, *keys)
    return found if isinstance(found, str) else ""


def number(value: object, *keys: str | int, default: int = 0) -> int:
    """The whole number under `keys`, also from a float; `default` where there is none."""
    found = dig(value, *keys)
    return int(found) if isinstance(found, int | float) and not isinstance(found, bool) else default


def api_version(obj: Manifest) -> str:
    """The version of its API: `apps/v1`, `v1`."""
    return text(obj, "apiVersion")


def kind(obj: Manifest) -> str:
    """What it is: `Deployment`, `Service`."""
    return text(obj, "kind")


def group(obj: Manifest) -> str:
    """The API group, `apps`; empty for the core group."""
    return api_version(obj).rpartition("/")[0]


def name(obj: Manifest) -> str:
    """`metadata.name`; empty if there is none."""
    return text(obj, "metadata", "name")


def namespace(obj: Manifest) -> str | None:
    """`metadata.namespace`; None for cluster-wide objects."""
    return text(obj, "metadata", "namespace") or None


def labels(obj: Manifest) -> dict[str, str]:
    """`metadata.labels`."""
    return _texts(obj, "labels")


def annotations(obj: Manifest) -> dict[str, str]:
    """`metadata.annotations`."""
    return _texts(obj, "annotations")


def is_true(obj: Manifest, annotation: str) -> bool:
    """Whether an annotation of the object says `true`."""
    return annotations(obj).get(annotation, "").lower() == "true"


def identity(obj: Manifest) -> str:
    """`namespace/name`, or the name alone for cluster-wide objects: the id of the resource."""
    space = namespace(obj)
    return f"{space}/{name(obj)}" if space else name(obj)


def _texts(obj: Manifest, key: str) -> dict[str, str]:
    return {label: value for label, value in mapping(obj, "metadata", key).items() if isinstance(value, str)}
