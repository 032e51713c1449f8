"""A service's files and secrets.

What pods use has no name of its own: the provider names each content anew. So a change makes a new object,
the pods roll over to it, and pods that still run keep theirs until they are gone. What the jobs of a release
use has a fixed name, so that a changed value does not make them run again for the same release.
"""

from components.naming import derived_name
from components.service.manifest import Manifest, metadata, nameless_metadata
from components.service.volumes import file_key
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


def jobs_object(name: str) -> str:
    """The name of the ConfigMap and of the Secret that the jobs of a release use."""
    return derived_name(name, "jobs")


def for_jobs(name: str, spec: ServiceSpec, described: Manifest) -> Manifest:
    """The same content for the jobs of a release, under a name that stays.

    Args:
        name: The service.
        spec: What it is.
        described: Its ConfigMap or Secret.
    """
    return {**described, "metadata": {**metadata(name, spec), "name": jobs_object(name)}}
