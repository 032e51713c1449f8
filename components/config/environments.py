"""The environment of a stack and its project, checked."""

import re
from collections.abc import Iterator

from components.checking import Checker
from components.config.keys import ENVIRONMENT, PROJECT, path_of
from components.document import Document
from components.errors import Path, Problem
from components.naming import is_dns_label, is_label_key, is_label_value
from components.types import EnvironmentSpec, ProjectSpec

_DOMAIN = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
)
_NAMESPACES_OF_KUBERNETES = {"default", "kube-node-lease", "kube-public", "kube-system"}
_REGISTRY = re.compile(r"[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9._-]+)*")

_ENVIRONMENT = Checker(EnvironmentSpec)
_PROJECT = Checker(ProjectSpec)


def check_environment(
    stack: Document, value: object, stack_name: str
) -> tuple[EnvironmentSpec | None, list[Problem]]:
    """Check what a stack says of its environment: types, and what types cannot say."""
    path = path_of(ENVIRONMENT)
    if value is None:
        cure = f"Add it: {ENVIRONMENT}: {{ tier: development }}."
        return None, [stack.located(Problem(path, "is missing", cure))]
    environment, problems = _ENVIRONMENT.check(stack, value, path)
    if environment:
        problems += map(stack.located, _environment_problems(stack_name, environment, path))
    return environment, problems


def check_project(document: Document, value: object, path: Path) -> tuple[ProjectSpec | None, list[Problem]]:
    """Check what `Pulumi.yaml` says of the project: types, and what types cannot say."""
    if value is None:
        cure = "Add it to Pulumi.yaml, with name, source and registry."
        return None, [document.located(Problem(path_of(PROJECT), "is missing", cure))]
    project, problems = _PROJECT.check(document, value, path)
    if project:
        problems += map(document.located, _project_problems(project, path))
    return project, problems


def _environment_problems(stack: str, environment: EnvironmentSpec, path: Path) -> Iterator[Problem]:
    domain, namespace = environment.get("domain"), environment.get("namespace", stack)
    if domain is not None and not _DOMAIN.fullmatch(domain):
        yield Problem(
            (*path, "domain"),
            f'"{domain}" is not a domain',
            "Write it like shop.example.com, in small letters.",
        )
    if namespace in _NAMESPACES_OF_KUBERNETES:
        yield Problem(
            (*path, "namespace"), f"{namespace} is Kubernetes' own", "Choose a namespace of your own."
        )
    elif not is_dns_label(namespace):
        yield Problem(
            (*path, "namespace"), f'"{namespace}" cannot name a namespace', "Use a-z, 0-9 and -, at most 63."
        )
    if environment.get("rollout_timeout_seconds", 1) < 1:
        yield Problem((*path, "rolloutTimeoutSeconds"), "is too little", "Give at least 1.")
    for key, value in environment.get("labels", {}).items():
        if not is_label_key(key):
            yield Problem(
                (*path, "labels", key),
                f'"{key}" cannot name a label',
                "Use letters, digits, -, _ and ., at most 63.",
            )
        elif not is_label_value(value):
            cure = "Use letters, digits, -, _ and ., at most 63, from a letter or digit to one."
            yield Problem((*path, "labels", key), f'"{value}" cannot be the value of a label', cure)


def _project_problems(project: ProjectSpec, path: Path) -> Iterator[Problem]:
    if not is_label_value(project["name"]) or not project["name"]:
        yield Problem(
            (*path, "name"),
            f'"{project["name"]}" cannot be the value of a label',
            "Use letters, digits, -, _ and ., at most 63.",
        )
    for key in ("source", "registry"):
        value = project[key]
        if "://" in value or value.endswith("/"):
            yield Problem(
                (*path, key), f'"{value}" is more than host and path', "Leave out https:// and the last /."
            )
    if "://" not in project["registry"] and not _REGISTRY.fullmatch(project["registry"].rstrip("/")):
        yield Problem(
            (*path, "registry"), "not a registry", "Write host and path in small letters: ghcr.io/acme."
        )
