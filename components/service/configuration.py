"""A service's files and secrets.

Neither has a name of its own: the provider names each content anew. So a change makes a new object, the pods
roll over to it, and pods that still run keep theirs until they are gone.
"""

from components.service.container import file_key
from components.service.manifest import Manifest, nameless_metadata
from components.types import ServiceSpec


def config_map(name: str, spec: ServiceSpec) -> Manifest:
    """The ConfigMap with a service's files."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": nameless_metadata(name, spec),
        "data": {file_key(path): content for path, content in sorted(spec.get("files", {}).items())},
    }


def secret(name: str, spec: ServiceSpec, values: object) -> Manifest:
    """The Secret with the values of a service's `secrets`, by environment variable."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": nameless_metadata(name, spec),
        "type": "Opaque",
        "stringData": values,
    }
