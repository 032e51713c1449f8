"""Where a stack's configuration comes from: its documents, and our keys in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from components import errors
from components.config.keys import (
    CLUSTERS,
    ENVIRONMENT,
    KEYS,
    PROJECT,
    PROVIDER_KEYS,
    SECRETS,
    SERVICES,
    path_of,
)
from components.config.secrets import misplaced_secrets, without_secrets
from components.document import Document, is_map, read_document
from components.errors import Problem, listing, nearest

PROJECT_FILE = "Pulumi.yaml"


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents of a stack, besides the catalog."""

    stack: Document
    """A map with `config`, whose keys are the configuration's."""
    project: Document
    """The document that holds the project."""
    project_path: errors.Path
    """Where in it the project stands."""
    project_value: object
    """The project."""


def read_sources(project_dir: Path, stack_name: str) -> tuple[Sources, list[Problem]]:
    """Read `Pulumi.yaml` and the file of a stack.

    Args:
        project_dir: Where they are.
        stack_name: Name of the stack.

    Returns:
        The documents, as far as they can be read, and the problems in reading them.
    """
    project, problems = _read(project_dir, PROJECT_FILE)
    stack, wrong = _read(project_dir, stack_file(stack_name))
    value, path = project_value(project)
    return Sources(stack, project, path, value), [*problems, *wrong]


def stack_file(stack_name: str) -> str:
    """Name of a stack's file."""
    return f"Pulumi.{stack_name}.yaml"


def stack_names(project_dir: Path) -> list[str]:
    """The stacks that have a file, sorted."""
    files = project_dir.glob(stack_file("*"))
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


def project_value(project: Document) -> tuple[object, errors.Path]:
    """The project in `Pulumi.yaml`, and where it stands: below `value` as Pulumi writes it, or without it."""
    config = project.data.get("config") if is_map(project.data) else None
    described = config.get(PROJECT) if is_map(config) else None
    if is_map(described) and "value" in described:
        return described["value"], (*path_of(PROJECT), "value")
    return described, path_of(PROJECT)


def check_keys(stack: Document) -> tuple[Mapping[str, object], list[Problem]]:
    """Our keys in a stack's configuration.

    Args:
        stack: The stack's document.

    Returns:
        The values of our keys, without encrypted ones where none belong, and what is wrong with the keys.
    """
    config = stack.data.get("config") if is_map(stack.data) else None
    if not is_map(config):
        cure = f"Add config: with {ENVIRONMENT}, {CLUSTERS} and {SERVICES} in it."
        return {}, [stack.located(Problem(("config",), "is missing", cure))]
    found: dict[str, object] = {}
    problems: list[Problem] = []
    for key, value in config.items():
        path = path_of(key)
        if f"flotilla:{key}" in KEYS:
            problem = Problem(path, "unknown key", "Write the project before it.", f"flotilla:{key}")
            problems.append(stack.located(problem))
        elif key.startswith("flotilla:") and key not in KEYS:
            meant = nearest(key, KEYS)
            cure = "Rename or remove it." if meant else f"Possible: {listing(KEYS)}."
            problems.append(stack.located(Problem(path, "unknown key", cure, meant)))
        elif key in KEYS:
            problems += misplaced_secrets(stack, value, path)
            found[key] = value if key == SECRETS else without_secrets(value)
    return found, problems


def provider_settings(stack: Document) -> Mapping[str, object]:
    """Plain settings of the clouds' providers in a stack's configuration."""
    config = stack.data.get("config") if is_map(stack.data) else None
    return {key: config[key] for key in PROVIDER_KEYS if key in config} if is_map(config) else {}


def _read(project_dir: Path, file: str) -> tuple[Document, list[Problem]]:
    try:
        document, problems = read_document(file, (project_dir / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        cure = f"There are: {', '.join(stack_names(project_dir)) or 'no stacks'}."
        what = "there is no such stack" if file != PROJECT_FILE else "there is no such file"
        return Document(file, None), [Problem((), what, cure, file=file)]
    except OSError as error:
        problem = Problem((), f"cannot be read: {error.strerror}", "Make it a file you may read.", file=file)
        return Document(file, None), [problem]
    except UnicodeDecodeError as error:
        problem = Problem((), f"cannot be read: {error}", "Save it as UTF-8 text.", file=file)
        return Document(file, None), [problem]
    if document.data is None and not problems:
        problems = [Problem((), "is empty", "Begin with config: in it.", file=file, line=1, column=1)]
    return document, problems
