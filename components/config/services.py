"""The services of a stack: each in the catalog, its references whole, and merged with the catalog."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path as FilePath

from components.checking import Checker, Elsewhere, keys_of
from components.config.charts import local_chart_problems
from components.config.images import image_problems
from components.config.keys import SERVICES, path_of
from components.config.merge import merge
from components.document import Document, is_map, located_in
from components.errors import Path, Problem, nearest
from components.service.discovery import clashing_addresses
from components.service.pod_security import LEVELS, needed_by_service
from components.service.rules.service import service_problems
from components.types import (
    CatalogService,
    EnvironmentService,
    EnvironmentSpec,
    PodSecurity,
    ProjectSpec,
    ServiceSpec,
)

_PATH = path_of(SERVICES)

_CHECKER = Checker(
    EnvironmentService,
    Elsewhere(
        set(keys_of(CatalogService)) - set(keys_of(EnvironmentService)),
        "is the same in every environment",
        "Move it to the service's file in services/.",
    ),
)


def check_chosen(
    stack: Document, value: object, catalog: Mapping[str, object]
) -> tuple[dict[str, EnvironmentService], list[Problem]]:
    """Check what a stack says of its services: types, and that the catalog has each.

    Args:
        stack: The stack's document.
        value: What it says of its services.
        catalog: The services of the catalog, also those that are themselves wrong.

    Returns:
        The services whose keys and types are right, and the problems.
    """
    if value is None:
        return {}, []
    if not is_map(value):
        return {}, [
            stack.located(Problem(_PATH, "expected a map of services", "Write NAME: { release: TAG }."))
        ]
    chosen: dict[str, EnvironmentService] = {}
    problems: list[Problem] = []
    for name, described in value.items():
        path = (*_PATH, name)
        if name not in catalog:
            cure = (
                f"Add services/{name}.yaml, or remove it here." if catalog else f"Add services/{name}.yaml."
            )
            problems.append(stack.located(Problem(path, "not in the catalog", cure, nearest(name, catalog))))
        service, wrong = _CHECKER.check(stack, described, path)
        problems += wrong
        if service:
            chosen[name] = service
    return chosen, problems


def reference_problems(
    documents: Mapping[str, Document], catalog: Mapping[str, CatalogService]
) -> Iterator[Problem]:
    """Services that use what the catalog does not have, or what clashes."""
    for name, service in catalog.items():
        uses = service.get("uses", [])
        for index, used in enumerate(uses):
            if used not in documents:
                cure = f"Add services/{used}.yaml, or remove it from uses."
                yield documents[name].located(
                    Problem(("uses", index), f"{used} is not in the catalog", cure, nearest(used, documents))
                )
            elif used in catalog and not catalog[used].get("ports"):
                cure = f"Declare ports in services/{used}.yaml, or remove it from uses."
                yield documents[name].located(
                    Problem(("uses", index), f"{used} has no ports to be reached at", cure)
                )
        yield from map(documents[name].located, clashing_addresses(uses, catalog))
        wishes = service.get("scheduling", {})
        for key, others in (("near", wishes.get("near", [])), ("apartFrom", wishes.get("apart_from", []))):
            for index, other in enumerate(others):
                if other not in documents:
                    cure = f"Name a service of the catalog, or remove it from {key}."
                    what, meant = f"{other} is not in the catalog", nearest(other, documents)
                    path = ("scheduling", key, index)
                    yield documents[name].located(Problem(path, what, cure, meant))


def as_meant(
    catalog: Mapping[str, CatalogService], documents: Mapping[str, Document]
) -> dict[str, CatalogService]:
    """The catalog as far as it can be guessed from files with mistakes, so that one mistake is reported once.

    A misspelt service in `uses` stands for the nearest one; a file that cannot be read, for a service with a
    port. A catalog without mistakes stays as it is.
    """
    unreadable: CatalogService = {"owner": "unknown", "ports": {"unknown": 1}}
    guessed = {name: catalog.get(name, unreadable) for name in documents}
    for name, service in guessed.items():
        uses = service.get("uses", [])
        if not set(uses) <= set(documents):
            found = [used if used in documents else nearest(used, documents) or used for used in uses]
            guessed[name] = {**service, "uses": found}
    return guessed


def merged_services(
    catalog: Mapping[str, CatalogService],
    chosen: Mapping[str, EnvironmentService],
    environment: EnvironmentSpec,
    project: ProjectSpec,
) -> dict[str, ServiceSpec]:
    """Every service of the stack that the catalog has."""
    return {
        name: merge(name, catalog, service, environment, project)
        for name, service in chosen.items()
        if name in catalog
    }


def merged_problems(
    project_dir: FilePath,
    stack: Document,
    documents: Mapping[str, Document],
    merged: Mapping[str, ServiceSpec],
    *,
    environment: EnvironmentSpec,
    project: ProjectSpec,
) -> Iterator[Problem]:
    """What is impossible in the services of a stack once they are merged."""
    allowed = environment.get("pod_security", PodSecurity.RESTRICTED)
    for name, spec in merged.items():
        places: list[tuple[Document, Path]] = [(stack, (*_PATH, name)), (documents[name], ())]
        for problem in chain(
            service_problems(name, spec),
            image_problems(spec, environment, project),
            local_chart_problems(project_dir, spec),
        ):
            yield located_in(problem, places)
        for path, needed in needed_by_service(spec).items():
            if LEVELS.index(needed) > LEVELS.index(allowed):
                cure = f"Remove it, or set podSecurity: {needed} in flotilla:environment of {stack.file}."
                yield located_in(
                    Problem(
                        path, f"needs the Pod Security Standard {needed}, {stack.file} has {allowed}", cure
                    ),
                    places,
                )


def missing_services(
    stack: Document, merged: Mapping[str, ServiceSpec], value: object, documents: Mapping[str, object]
) -> Iterator[Problem]:
    """Services that are used in this environment and do not run in it.

    Args:
        stack: The stack's document.
        merged: The services that run.
        value: What the stack says of its services; one that is described wrongly is meant to run too.
        documents: All services there are.
    """
    named = set(value) if is_map(value) else set[str]()
    meant = named | {nearest(name, documents) for name in named if name not in documents}
    for name, spec in merged.items():
        for used in spec.get("uses", []):
            if used in documents and used not in meant:
                yield stack.located(
                    Problem(
                        (*_PATH, name),
                        f"{name} uses {used}, which this environment does not run",
                        f"Add {used}: {{ release: TAG }} to flotilla:services.",
                    )
                )
