"""What is impossible in the secrets of a service."""

from collections.abc import Iterator

from components.errors import Problem
from components.naming import is_variable
from components.types import ServiceSpec


def secret_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of secrets, wherever their values come from."""
    secrets = spec.get("secrets", [])
    for index, secret in enumerate(secrets):
        path = ("secrets", index)
        if not is_variable(secret):
            yield Problem(
                path, f'"{secret}" cannot name an environment variable', "Use letters, digits and _."
            )
        if secret in secrets[:index]:
            yield Problem(path, f"{secret} stands here twice", "Keep one.")
        if secret in spec.get("env", {}):
            yield Problem(
                path, f"{secret} is in env too", "Keep it in one of the two; nothing secret belongs in env."
            )
