"""What is impossible in the secrets of a service."""

import re
from collections.abc import Iterator

from components.errors import Problem, listing, nearest
from components.naming import is_object_name, is_variable
from components.service.environment_variables import POD_FIELDS
from components.service.rules.numbers import range_problems
from components.service.sources import secret_variables
from components.types import ServiceSpec

_KEY = re.compile(r"[-._A-Za-z0-9]{1,253}")


def secret_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of secrets, wherever their values come from."""
    secrets = spec.get("secrets", [])
    for index, secret in enumerate(secrets):
        if secret in secrets[:index]:
            yield Problem(("secrets", index), f"{secret} stands here twice", "Keep one.")
        yield from _name(secret, ("secrets", index), spec)
    kinds = {
        "existingSecrets": [*spec.get("existing_secrets", {})],
        "externalSecrets": [*spec.get("external_secrets", {})],
    }
    known = {*secrets}
    for kind, names in kinds.items():
        for name in names:
            yield from _name(name, (kind, name), spec)
            if name in known:
                yield Problem((kind, name), f"{name} has another source already", "Keep one of them.")
        known |= {*names}
    yield from _existing(spec)
    for name, source in spec.get("external_secrets", {}).items():
        seconds = {"refreshSeconds": source.get("refresh_seconds")}
        yield from range_problems(seconds, ("externalSecrets", name), 1)
    yield from _files(spec)
    yield from _fields(spec)


def _name(secret: str, path: tuple[str | int, ...], spec: ServiceSpec) -> Iterator[Problem]:
    if not is_variable(secret):
        yield Problem(path, f'"{secret}" cannot name an environment variable', "Use letters, digits and _.")
    if secret in spec.get("env", {}):
        cure = "Keep it in one of the two; nothing secret belongs in env."
        yield Problem(path, f"{secret} is in env too", cure)


def _existing(spec: ServiceSpec) -> Iterator[Problem]:
    for variable, source in spec.get("existing_secrets", {}).items():
        path = ("existingSecrets", variable)
        if not is_object_name(source["name"]):
            yield Problem((*path, "name"), f'"{source["name"]}" cannot name a Secret', "Use a-z, 0-9 and -.")
        if not _KEY.fullmatch(source.get("key", variable)):
            yield Problem(
                (*path, "key"), f'"{source.get("key")}" is no key', "Use letters, digits, -, _ and ."
            )


def _files(spec: ServiceSpec) -> Iterator[Problem]:
    known = secret_variables(spec)
    for file, secret in spec.get("secret_files", {}).items():
        path = ("secretFiles", file)
        if secret not in known:
            cure = f"Name one of {listing(known)}." if known else f"Declare it: secrets: [{secret}]."
            yield Problem(path, f"{secret} is no secret of the service", cure, nearest(secret, known))
        if file in spec.get("files", {}):
            yield Problem(path, "is in files too", "Keep it in one of the two.")


def _fields(spec: ServiceSpec) -> Iterator[Problem]:
    for variable, field in spec.get("pod_fields", {}).items():
        path = ("podFields", variable)
        if not is_variable(variable):
            yield Problem(
                path, f'"{variable}" cannot name an environment variable', "Use letters, digits and _."
            )
        if field not in POD_FIELDS:
            cure = f"Possible: {listing(POD_FIELDS)}."
            yield Problem(
                path, f"{field} is no field that a pod can be told", cure, nearest(field, POD_FIELDS)
            )
        if variable in spec.get("env", {}) or variable in secret_variables(spec):
            yield Problem(path, f"{variable} is given in another way too", "Keep one of them.")
