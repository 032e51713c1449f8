"""Where the pods of a service find its files and secrets."""

from collections.abc import Collection
from dataclasses import dataclass

from components.service.manifest import Manifest
from components.types import ServiceSpec


@dataclass(frozen=True, slots=True)
class Sources:
    """Names of the objects with a service's configuration: text, or an output; None where there is none."""

    files: object = None
    """The ConfigMap with its files."""
    secrets: object = None
    """The Secret with the values that the stack keeps."""
    external: object = None
    """The Secret that the External Secrets operator fills."""


def secret_variables(spec: ServiceSpec) -> list[str]:
    """All secrets of a service, sorted, wherever their values come from."""
    own = {*spec.get("secrets", [])}
    return sorted(own | {*spec.get("existing_secrets", {})} | {*spec.get("external_secrets", {})})


def environment_secrets(spec: ServiceSpec, chosen: Collection[str] | None = None) -> list[str]:
    """The secrets that are environment variables of a container, sorted: those that are no file.

    Args:
        spec: The service.
        chosen: The secrets that the container gets; None for all.
    """
    in_files, in_chart = {*spec.get("secret_files", {}).values()}, _chart_secrets(spec)
    return [
        variable
        for variable in secret_variables(spec)
        if variable not in in_files and variable not in in_chart and (chosen is None or variable in chosen)
    ]


def secret_key(variable: str, spec: ServiceSpec, sources: Sources) -> Manifest:
    """Which Secret holds a value, and under which key."""
    existing = spec.get("existing_secrets", {})
    if variable in existing:
        return {"name": existing[variable]["name"], "key": existing[variable].get("key", variable)}
    if variable in spec.get("external_secrets", {}):
        return {"name": sources.external, "key": variable}
    return {"name": sources.secrets, "key": variable}


def _chart_secrets(spec: ServiceSpec) -> Collection[str]:
    return {*spec.get("chart", {}).get("secret_values", {}).values()}
