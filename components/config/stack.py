"""A stack: one environment, from files or from the engine, checked as a whole, merged with the catalog."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from components.cluster.surroundings import Surroundings
from components.config.catalog import read_catalog
from components.config.clusters import ConfiguredCluster, check_clusters
from components.config.environments import check_environment, check_project
from components.config.keys import CLUSTERS, ENVIRONMENT, SECRETS, SERVICES
from components.config.merge import rollout_timeout
from components.config.placement import (
    Placement,
    clashing_names,
    clashing_objects,
    host_of,
    placed,
    placement_problems,
)
from components.config.providers import default_provider_problems
from components.config.secrets import secret_problems
from components.config.services import (
    as_meant,
    check_chosen,
    merged_problems,
    merged_services,
    missing_services,
    reference_problems,
)
from components.config.sources import Sources, check_keys, provider_settings, read_sources
from components.document import Document, is_map
from components.errors import ConfigurationError, Problem
from components.service.rules.service import service_problems
from components.types import (
    CatalogService,
    EnvironmentService,
    EnvironmentSpec,
    ProjectSpec,
    ServiceSpec,
    Tier,
)

_NO_PROJECT: ProjectSpec = {"name": "none", "source": "none", "registry": "none"}
"""Stands for a project that is itself wrong while the services are checked."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One environment with its clusters and services, free of contradictions."""

    name: str
    """Name of the stack."""
    project: ProjectSpec
    """Whose services these are."""
    environment: EnvironmentSpec
    """The environment, with its namespace and rollout timeout filled in."""
    clusters: Mapping[str, ConfiguredCluster]
    """Its clusters by name, in the order of the names."""
    services: Mapping[str, ServiceSpec]
    """The services it runs by name, in the order of the names, catalog and environment merged."""
    catalog: Mapping[str, CatalogService]
    """All services there are, by name."""

    @property
    def namespace(self) -> str:
        """The Kubernetes namespace of its services, on each of its clusters."""
        return self.environment.get("namespace", self.name)

    def host(self, cluster: str) -> str:
        """The name of what takes the reserved addresses of a cluster; empty without a domain.

        It is the environment's domain, with the cluster's name before it but for the cluster `main`.
        """
        return host_of(self.environment.get("domain", ""), cluster)

    @property
    def placements(self) -> list[Placement]:
        """Every service on each cluster that it runs on: by clusters, then by services."""
        return placed(self.services, self.clusters)

    @classmethod
    def read(cls, project_dir: Path, stack_name: str) -> "Stack":
        """A stack from its files alone, without an engine; secrets stay encrypted.

        Args:
            project_dir: The directory with `Pulumi.yaml`, `Pulumi.NAME.yaml` and `services/`.
            stack_name: Name of the stack.

        Raises:
            ConfigurationError: the configuration is wrong; it has every problem of all files.

        Example:
            Stack.read(Path("."), "sandbox").services["frontend"]["release"]
        """
        sources, problems = read_sources(project_dir, stack_name)
        return build_stack(stack_name, project_dir, sources, problems)


def build_stack(name: str, project_dir: Path, sources: Sources, found: list[Problem]) -> Stack:
    """Check everything and put it together.

    Args:
        name: Name of the stack.
        project_dir: The directory with `services/`.
        sources: Where the rest comes from.
        found: Problems found so far, in reading the files.

    Raises:
        ConfigurationError: there are problems.
    """
    stack = sources.stack
    problems = list(found)
    documents, catalog, wrong = read_catalog(project_dir)
    problems += [*wrong, *reference_problems(documents, catalog)]
    if stack.data is None or sources.project.data is None:
        raise ConfigurationError(problems)
    config, wrong = check_keys(stack)
    problems += wrong
    project, wrong = check_project(sources.project, sources.project_value, sources.project_path)
    problems += wrong
    environment, wrong = check_environment(stack, config.get(ENVIRONMENT), name)
    problems += wrong
    # What is wrong with the environment must not hide what is wrong with clusters and services.
    tried: EnvironmentSpec = environment or {"tier": Tier.DEVELOPMENT}
    surroundings = partial(
        Surroundings,
        stack=name,
        project=(project or _NO_PROJECT)["name"],
        environment=tried,
        config=provider_settings(stack),
    )
    clusters, wrong = check_clusters(stack, config.get(CLUSTERS), surroundings)
    problems += wrong
    problems += default_provider_problems(sources, {cluster.type for cluster in clusters.values()})
    chosen, wrong = check_chosen(stack, config.get(SERVICES), documents)
    problems += wrong
    problems += secret_problems(stack, config.get(SECRETS), catalog, chosen)
    guessed = as_meant(catalog, documents)
    services = merged_services(guessed, chosen, tried, project or _NO_PROJECT)
    problems += missing_services(stack, services, config.get(SERVICES), documents)
    problems += merged_problems(
        project_dir, stack, documents, services, environment=tried, project=project or _NO_PROJECT
    )
    problems += clashing_names(stack, placed(services, clusters))
    problems += clashing_objects(stack, placed(services, clusters))
    described = config.get(CLUSTERS)
    named = sorted(described) if is_map(described) else []
    problems += placement_problems(
        stack, documents, services, clusters, named=named, domain=tried.get("domain", "")
    )
    problems += _undeployed_problems(documents, guessed, services)
    if problems or not environment or not project:
        raise ConfigurationError(problems)
    return Stack(
        name=name,
        project=project,
        environment=_with_defaults(environment, name),
        clusters=dict(sorted(clusters.items())),
        services=dict(sorted(services.items())),
        catalog=catalog,
    )


def _with_defaults(environment: EnvironmentSpec, stack_name: str) -> EnvironmentSpec:
    whole = environment.copy()
    whole["namespace"] = environment.get("namespace", stack_name)
    whole["rollout_timeout_seconds"] = rollout_timeout(environment)
    return whole


def _not_run(service: CatalogService) -> EnvironmentService:
    """What stands for an environment's words: a release for images and charts alike, no pods to count."""
    said: EnvironmentService = {"release": "0"}
    if "autoscaling" not in service and "chart" not in service:
        said["replicas"] = 0
    return said


def _undeployed_problems(
    documents: Mapping[str, Document], catalog: Mapping[str, CatalogService], deployed: Mapping[str, object]
) -> list[Problem]:
    """What is wrong with services that this stack does not run: they have to be right all the same."""
    others = {name: _not_run(service) for name, service in catalog.items() if name not in deployed}
    merged = merged_services(catalog, others, {"tier": Tier.DEVELOPMENT}, _NO_PROJECT)
    return [
        documents[name].located(problem)
        for name, spec in merged.items()
        for problem in service_problems(name, spec)
    ]
