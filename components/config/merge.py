"""How a service of the catalog becomes a service of an environment: one pure function."""

from collections.abc import Mapping

from components.service.discovery import addresses_for
from components.tiers import TIERS
from components.types import (
    CatalogService,
    EnvironmentService,
    EnvironmentSpec,
    ProjectSpec,
    Resources,
    ServiceSpec,
)


def merge(
    name: str,
    catalog: Mapping[str, CatalogService],
    chosen: EnvironmentService,
    environment: EnvironmentSpec,
    project: ProjectSpec,
) -> ServiceSpec:
    """What a service is in an environment: the environment's word, else the catalog's, else a default.

    Of maps, the environment changes the keys it names and keeps the others.

    Args:
        name: The service.
        catalog: All services, as this one is told the addresses of those it uses.
        chosen: What the environment says of it.
        environment: The environment, which gives labels and, by its tier, defaults.
        project: Where images and repositories are when nothing else is said.
    """
    service = catalog[name]
    merged: ServiceSpec = {
        **service,
        **chosen,
        "name": name,
        "image": _in_registry(service.get("image", name), project["registry"]),
        "repository": _in_source(service.get("repository", name), project["source"]),
        "project": project["name"],
        "labels": environment.get("labels", {}),
        "addresses": addresses_for(service.get("uses", []), catalog),
        "rollout_timeout_seconds": rollout_timeout(environment),
    }
    if "env" in service or "env" in chosen:
        merged["env"] = {**service.get("env", {}), **chosen.get("env", {})}
    if "permissions" in service or "permissions" in chosen:
        merged["permissions"] = {**service.get("permissions", {}), **chosen.get("permissions", {})}
    if "resources" in service or "resources" in chosen:
        merged["resources"] = _resources(service.get("resources", {}), chosen.get("resources", {}))
    return merged


def rollout_timeout(environment: EnvironmentSpec) -> int:
    """Seconds a rollout may take in an environment."""
    return environment.get("rollout_timeout_seconds", TIERS[environment["tier"]].rollout_timeout_seconds)


def _resources(usual: Resources, chosen: Resources) -> Resources:
    merged: Resources = {}
    if "requests" in usual or "requests" in chosen:
        merged["requests"] = {**usual.get("requests", {}), **chosen.get("requests", {})}
    if "limits" in usual or "limits" in chosen:
        merged["limits"] = {**usual.get("limits", {}), **chosen.get("limits", {})}
    return merged


def _in_registry(image: str, registry: str) -> str:
    """The image as it is if it begins with a registry's host, else in the given registry."""
    return image if _begins_with_host(image) else f"{registry}/{image}"


def _in_source(repository: str, source: str) -> str:
    return repository if _begins_with_host(repository) else f"{source}/{repository}"


def _begins_with_host(reference: str) -> bool:
    """Whether a reference begins with a host: a dot or a port in it, or localhost, as OCI clients say."""
    first, slash, _ = reference.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")
