"""What helm has rendered: the objects, their names, a checksum."""

import hashlib
from typing import cast

import yaml

from flotilla.sandbox.kubernetes.manifest import Manifest, api_version, group, identity, kind


def objects(rendered: str) -> list[Manifest]:
    """The objects in rendered templates; documents without a kind are left out."""
    documents = cast("list[object]", list(yaml.load_all(rendered, Loader=yaml.CSafeLoader)))
    found = [cast("Manifest", document) for document in documents if isinstance(document, dict)]
    return [obj for obj in found if kind(obj)]


def resource_names(rendered: str) -> dict[str, list[str]]:
    """The names by kind and version: `{"Deployment.apps/apps/v1": ["shop/web"], "Secret/v1": ["token"]}`."""
    names: dict[str, set[str]] = {}
    for obj in objects(rendered):
        full_kind = f"{kind(obj)}.{group(obj)}" if group(obj) else kind(obj)
        names.setdefault(f"{full_kind}/{api_version(obj)}", set()).add(identity(obj))
    return {key: sorted(found) for key, found in sorted(names.items())}


def checksum(rendered: str) -> str:
    """What changes whenever the rendered templates do, and tells nothing of them."""
    return hashlib.sha256(rendered.encode()).hexdigest()
