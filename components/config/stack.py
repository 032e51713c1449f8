"""A stack: one environment, from files or from the engine, checked as a whole, merged with the catalog."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from components.checking import Checker
from components.config.catalog import read_catalog
from components.config.clusters import ConfiguredCluster, check_clusters
from components.config.environments import environment_problems, project_problems
from components.config.merge import rollout_timeout
from components.config.secrets import SECRETS, misplaced_secrets, secret_problems, without_secrets
from components.config.services import (
    as_meant,
    check_chosen,
    clashing_names,
    merged_problems,
    merged_services,
    missing_services,
    reference_problems,
)
from components.document import Document, is_map, read_document
from components.errors import ConfigurationError, Problem, listing, nearest
from components.service.rules import service_problems
from components.types import (
    CatalogService,
    EnvironmentService,
    EnvironmentSpec,
    ProjectSpec,
    ServiceSpec,
    Tier,
)

if TYPE_CHECKING:
    import pulumi

PROJECT_FILE = "Pulumi.yaml"
KEYS = (
    "flotilla:environment",
    "flotilla:clusters",
    "flotilla:services",
    "flotilla:secrets",
    "flotilla:project",
)
"""Our keys in the configuration of a stack; the last one stands in `Pulumi.yaml`."""

_ENVIRONMENT = Checker(EnvironmentSpec)
_PROJECT = Checker(ProjectSpec)
_NO_PROJECT: ProjectSpec = {"name": "none", "source": "none", "registry": "none"}
"""Stands for a project that is itself wrong while the services are checked."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a stack's configuration comes from."""

    stack: Document
    """A map with `config`, whose keys are the configuration's."""
    project: Document
    """The document that holds the project."""
    project_path: tuple[str, ...]
    """Where in it the project stands."""
    project_value: object
    """The project."""


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

    @classmethod
    def load(cls, project_dir: Path) -> "Stack":
        """The stack of the running Pulumi program, from the engine's configuration and the catalog.

        Args:
            project_dir: The directory with `Pulumi.yaml` and `services/`.

        Raises:
            pulumi.RunError: the configuration is wrong; its text lists every problem, and Pulumi shows it
                without a traceback.
        """
        from components.config.engine import engine_stack  # noqa: PLC0415 (`read` does without the SDK)

        return engine_stack(project_dir)

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
        project, problems = _read_file(project_dir, PROJECT_FILE)
        stack, wrong = _read_file(project_dir, f"Pulumi.{stack_name}.yaml")
        value, path = project_value(project)
        return build_stack(stack_name, project_dir, Sources(stack, project, path, value), [*problems, *wrong])

    def secret_values(self, service: str) -> "pulumi.Output[dict[str, str]]":
        """The values of a service's secrets, by environment variable; only in the running Pulumi program."""
        from components.config.engine import engine_secrets  # noqa: PLC0415 (`read` does without the SDK)

        return engine_secrets(service)


def stack_names(project_dir: Path) -> list[str]:
    """The stacks that have a file, sorted."""
    files = project_dir.glob("Pulumi.*.yaml")
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


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
    problems = list(found)
    documents, catalog, wrong = read_catalog(project_dir)
    problems += wrong
    stack = sources.stack
    if stack.data is None or sources.project.data is None:
        raise ConfigurationError([*problems, *reference_problems(documents, catalog)])
    config = _config(stack, problems)
    project = _check_project(sources, problems)
    environment = _check_environment(name, stack, config.get(KEYS[0]), problems)
    clusters, wrong = check_clusters(stack, ("config", KEYS[1]), config.get(KEYS[1]))
    problems += wrong
    chosen, wrong = check_chosen(stack, config.get(KEYS[2]), documents)
    problems += wrong
    problems += secret_problems(stack, config.get(KEYS[3]), catalog, chosen)
    problems += reference_problems(documents, catalog)
    problems += clashing_names(stack, chosen, clusters)
    # What is wrong with the environment must not hide what is wrong with the services.
    tried: EnvironmentSpec = environment or {"tier": Tier.DEVELOPMENT}
    guessed = as_meant(catalog, documents)
    services = merged_services(guessed, chosen, tried, project or _NO_PROJECT)
    problems += missing_services(stack, services, config.get(KEYS[2]), documents)
    problems += merged_problems(stack, documents, services, tried)
    problems += _undeployed_problems(documents, guessed, services)
    if problems or not environment or not project:
        raise ConfigurationError(problems)
    whole = environment.copy()
    whole["namespace"] = environment.get("namespace", name)
    whole["rollout_timeout_seconds"] = rollout_timeout(environment)
    return Stack(
        name=name,
        project=project,
        environment=whole,
        clusters=dict(sorted(clusters.items())),
        services=dict(sorted(services.items())),
        catalog=catalog,
    )


def project_value(project: Document) -> tuple[object, tuple[str, ...]]:
    """The project in `Pulumi.yaml`, and where it stands: below `value` as Pulumi writes it, or without it."""
    path = ("config", KEYS[4])
    described = _at(project.data, path)
    if is_map(described) and "value" in described:
        return described["value"], (*path, "value")
    return described, path


def _at(value: object, path: tuple[str, ...]) -> object:
    for step in path:
        value = value.get(step) if is_map(value) else None
    return value


def _config(stack: Document, problems: list[Problem]) -> Mapping[str, object]:
    """Our part of a stack's configuration, its keys checked."""
    config = _at(stack.data, ("config",))
    if not is_map(config):
        problems.append(
            stack.located(Problem(("config",), "is missing", "Add config: with flotilla:environment in it."))
        )
        return {}
    found: dict[str, object] = {}
    for key, value in config.items():
        path = ("config", key)
        if key.startswith("flotilla:"):
            problems += misplaced_secrets(stack, value, path)
            found[key] = value if path == SECRETS else without_secrets(value)
            if key not in KEYS:
                meant = nearest(key, KEYS)
                cure = "Rename or remove it." if meant else f"Possible: {listing(KEYS)}."
                problems.append(stack.located(Problem(path, "unknown key", cure, meant)))
        elif f"flotilla:{key}" in KEYS:
            problems.append(
                stack.located(Problem(path, "unknown key", "Write the project before it.", f"flotilla:{key}"))
            )
    return found


def _check_project(sources: Sources, problems: list[Problem]) -> ProjectSpec | None:
    document, path = sources.project, sources.project_path
    if sources.project_value is None:
        cure = "Add it to Pulumi.yaml, with name, source and registry."
        problems.append(document.located(Problem(("config", KEYS[4]), "is missing", cure)))
        return None
    project, wrong = _PROJECT.check(document, sources.project_value, path)
    problems += wrong
    problems += map(document.located, project_problems(project, path) if project else ())
    return project


def _check_environment(
    name: str, stack: Document, value: object, problems: list[Problem]
) -> EnvironmentSpec | None:
    path = ("config", KEYS[0])
    if value is None:
        problems.append(
            stack.located(Problem(path, "is missing", f"Add it: {KEYS[0]}: {{ tier: development }}."))
        )
        return None
    environment, wrong = _ENVIRONMENT.check(stack, value, path)
    problems += wrong
    problems += map(stack.located, environment_problems(name, environment, path) if environment else ())
    return environment


def _undeployed_problems(
    documents: Mapping[str, Document], catalog: Mapping[str, CatalogService], deployed: Mapping[str, object]
) -> list[Problem]:
    """What is wrong with services that this stack does not run: they have to be right all the same."""
    others: dict[str, EnvironmentService] = {
        name: {"release": "none"} for name in catalog if name not in deployed
    }
    merged = merged_services(catalog, others, {"tier": Tier.DEVELOPMENT}, _NO_PROJECT)
    return [
        documents[name].located(problem)
        for name, spec in merged.items()
        for problem in service_problems(name, spec)
    ]


def _read_file(project_dir: Path, file: str) -> tuple[Document, list[Problem]]:
    try:
        return read_document(file, (project_dir / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        cure = f"There are: {', '.join(stack_names(project_dir)) or 'no stacks'}."
        what = "there is no such stack" if file != PROJECT_FILE else "there is no such file"
        return Document(file, None), [Problem((), what, cure, file=file)]
    except (OSError, UnicodeDecodeError) as error:
        return Document(file, None), [
            Problem((), f"cannot be read: {error}", "Save it as UTF-8 text.", file=file)
        ]
