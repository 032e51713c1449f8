"""How a service of the catalog becomes a service of an environment: one pure function."""

from collections.abc import Mapping
from typing import cast

from components.document import is_map
from components.naming import begins_with_host
from components.service.discovery import addresses_for
from components.service.replicas import replicas_of
from components.tiers import TIERS
from components.types import (
    CatalogService,
    Claim,
    EnvironmentService,
    EnvironmentSpec,
    ProjectSpec,
    ServiceSpec,
    Volume,
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
    service, tier = catalog[name], TIERS[environment["tier"]]
    said = cast("ServiceSpec", overlaid(service, chosen))
    merged: ServiceSpec = {
        **said,
        "name": name,
        "image": _in_registry(service.get("image", name), project["registry"]),
        "repository": _in_source(service.get("repository", name), project["source"]),
        "project": project["name"],
        "labels": environment.get("labels", {}),
        "addresses": addresses_for(service.get("uses", []), catalog),
        "rollout_timeout_seconds": rollout_timeout(environment),
        "deletion_protection": tier.deletion_protection,
        "open_network": not environment.get("network_policies", True),
        "spread": {"zones": tier.spread, "nodes": tier.spread, **said.get("spread", {})},
    }
    if "chart" in service:
        del merged["image"], merged["spread"]
    if "permissions" in service or "permissions" in chosen:
        merged["permissions"] = {**service.get("permissions", {}), **chosen.get("permissions", {})}
    for volume, size in chosen.get("volume_sizes", {}).items():
        if volume in merged.get("volumes", {}):
            merged["volumes"] = _grown(merged.get("volumes", {}), volume, size)
    if tier.disruption_budget and "disruption_budget" not in merged and replicas_of(merged) > 1:
        merged["disruption_budget"] = {"max_unavailable": tier.disruption_budget}
    return merged


def overlaid(usual: object, chosen: object) -> object:
    """Of maps, the keys of both; where both have one, that of `chosen`, maps inside laid over likewise.

    Example:
        overlaid({"env": {"A": "1", "B": "2"}}, {"env": {"B": "3"}}) == {"env": {"A": "1", "B": "3"}}
    """
    if not is_map(usual) or not is_map(chosen):
        return chosen
    return {**usual, **{key: overlaid(usual.get(key), value) for key, value in chosen.items()}}


def rollout_timeout(environment: EnvironmentSpec) -> int:
    """Seconds a rollout may take in an environment."""
    return environment.get("rollout_timeout_seconds", TIERS[environment["tier"]].rollout_timeout_seconds)


def _grown(volumes: Mapping[str, Volume], name: str, size: str) -> dict[str, Volume]:
    """The volumes with another size of one claim."""
    volume = volumes[name]
    if "claim" not in volume:
        return {**volumes}
    claim: Claim = {**volume["claim"], "size": size}
    return {**volumes, name: {**volume, "claim": claim}}


def _in_registry(image: str, registry: str) -> str:
    """The image as it is if it begins with a registry's host, else in the given registry."""
    return image if begins_with_host(image) else f"{registry}/{image}"


def _in_source(repository: str, source: str) -> str:
    return repository if begins_with_host(repository) else f"{source}/{repository}"
