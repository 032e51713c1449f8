"""The secrets of a stack: that each is encrypted, and that declarations and values agree."""

from collections.abc import Iterator, Mapping

from components.config.keys import SECRETS, SERVICES, path_of
from components.document import Document, is_list, is_map
from components.errors import Path, Problem, nearest
from components.types import CatalogService


def set_command(service: str, variable: str) -> str:
    """The command that gives a secret its value."""
    return f"pulumi config set --secret --path '{SECRETS}.{service}.{variable}'"


def secret_problems(
    stack: Document, values: object, services: Mapping[str, CatalogService], deployed: Mapping[str, object]
) -> Iterator[Problem]:
    """Everything wrong with the secrets of a stack.

    Args:
        stack: The stack's document.
        values: The secrets: by service, by variable, `{"secure": …}`.
        services: The catalog, which declares what secrets there are.
        deployed: The services of this stack.
    """
    found: Mapping[str, object] = values if is_map(values) else {}
    if values is not None and (not is_map(values) or _is_secure(values)):
        cure = f"Set each value by itself: {set_command('SERVICE', 'VARIABLE')}"
        yield stack.located(Problem(path_of(SECRETS), "expected a map of services to their secrets", cure))
        found = {}
    for service, variables in found.items():
        yield from _service_values(stack, service, variables, services, deployed)
    for service in deployed:
        given = found.get(service)
        for variable in services[service].get("secrets", []) if service in services else []:
            if not is_map(given) or variable not in given:
                yield stack.located(
                    Problem(
                        (*path_of(SERVICES), service),
                        f"{service} has no value for its secret {variable}",
                        f"Give it one: {set_command(service, variable)}",
                    )
                )


def _service_values(
    stack: Document,
    service: str,
    variables: object,
    services: Mapping[str, CatalogService],
    deployed: Mapping[str, object],
) -> Iterator[Problem]:
    path = (*path_of(SECRETS), service)
    if service not in deployed:
        yield stack.located(
            Problem(
                path,
                "no service of this stack",
                "Remove its secrets, or add it to flotilla:services.",
                nearest(service, deployed),
            )
        )
    if not is_map(variables) or _is_secure(variables):
        cure = f"Set each value by itself: {set_command(service, 'VARIABLE')}"
        yield stack.located(
            Problem(path, "expected a map of environment variables to encrypted values", cure)
        )
        return
    declared = services[service].get("secrets", []) if service in services else []
    for variable, value in variables.items():
        where = (*path, variable)
        if service in services and variable not in declared:
            cure = f"Declare it in services/{service}.yaml (secrets: [{variable}]), or remove it."
            yield stack.located(
                Problem(where, "no secret that the service declares", cure, nearest(variable, declared))
            )
        if not _is_secure(value) or stack.text(where):
            cure = f"Encrypt it, and consider the value known to others: {set_command(service, variable)}"
            yield stack.located(Problem(where, "is plain text", cure))


def misplaced_secrets(stack: Document, value: object, path: Path) -> Iterator[Problem]:
    """Encrypted values of ours outside of `flotilla:secrets`: nothing else of the stack is kept secret."""
    if path == path_of(SECRETS):
        return
    if _is_secure(value):
        cure = (
            "Secrets are environment variables: name it in secrets of services/SERVICE.yaml, and set it with "
            + set_command("SERVICE", "VARIABLE")
        )
        yield stack.located(Problem(path, "an encrypted value where none belongs", cure))
    elif is_map(value):
        for key, inner in value.items():
            yield from misplaced_secrets(stack, inner, (*path, key))
    elif is_list(value):
        for index, inner in enumerate(value):
            yield from misplaced_secrets(stack, inner, (*path, index))


def without_secrets(value: object) -> object:
    """A value without the encrypted ones in it, once those have been reported."""
    if is_map(value):
        return {key: without_secrets(inner) for key, inner in value.items() if not _is_secure(inner)}
    return value


def _is_secure(value: object) -> bool:
    return is_map(value) and set(value) == {"secure"}
