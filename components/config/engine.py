"""The configuration that Pulumi's engine hands to the program: the only place that reads `pulumi.Config`."""

import json
from pathlib import Path
from typing import cast

import pulumi
from pulumi.runtime import config as runtime_config

from components.config.keys import DISABLED_PROVIDERS, KEYS, PROJECT, PROVIDER_KEYS, SECRETS
from components.config.sources import PROJECT_FILE, Sources, project_value, stack_file
from components.config.stack import Stack, build_stack
from components.document import Document, is_map, read_document
from components.errors import ConfigurationError


def load_stack(project_dir: Path) -> Stack:
    """The stack of the running Pulumi program, from the engine's configuration and the catalog.

    Args:
        project_dir: The directory with `Pulumi.yaml` and `services/`.

    Raises:
        pulumi.RunError: the configuration is wrong; its text lists every problem, and Pulumi shows it
            without a traceback.
    """
    name = pulumi.get_stack()
    config = _engine_config()
    # The engine may have the values from elsewhere; the file tells where they stand if it has them.
    stack = _with_places(project_dir / stack_file(name), {"config": config})
    project = _with_places(project_dir / PROJECT_FILE, {"config": {PROJECT: config.get(PROJECT)}})
    _, path = project_value(_file(project_dir / PROJECT_FILE))
    try:
        return build_stack(name, project_dir, Sources(stack, project, path, config.get(PROJECT)), [])
    except ConfigurationError as error:
        raise pulumi.RunError(f"the configuration of stack {name} is wrong:\n{error}") from None


def secret_values(service: str) -> pulumi.Output[dict[str, str]]:
    """The values of a service's secrets, by environment variable; in the running Pulumi program only."""
    values = pulumi.Config("flotilla").require_secret_object("secrets")
    return values.apply(lambda secrets: cast("dict[str, dict[str, str]]", secrets)[service])


def _engine_config() -> dict[str, object]:
    """What we read of the engine's configuration, from JSON where it is; secret values are left out."""
    found: dict[str, object] = {key: value for key in PROVIDER_KEYS if (value := _plain(key))}
    if disabled := _plain(DISABLED_PROVIDERS):
        found[DISABLED_PROVIDERS] = _parsed(disabled)
    config = pulumi.Config("flotilla")
    for key in {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}:
        if not key.startswith("flotilla:"):
            continue
        name = key.removeprefix("flotilla:")
        value = _parsed(config.get(name) or "")
        encrypted = runtime_config.is_config_secret(key)
        if key == SECRETS:
            found[key] = _without_values(value, encrypted=encrypted)
        elif encrypted and key in KEYS:
            found[key] = {"secure": ""}
        else:
            found[key] = value
    return found


def _plain(key: str) -> str | None:
    package, _, name = key.partition(":")
    return None if runtime_config.is_config_secret(key) else pulumi.Config(package).get(name)


def _parsed(text: str) -> object:
    """A configuration value: JSON where it holds more than text."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _without_values(secrets: object, *, encrypted: bool) -> object:
    """The names of the secrets alone. Plain ones are kept as text, to be refused."""
    if is_map(secrets):
        return {key: _without_values(value, encrypted=encrypted) for key, value in secrets.items()}
    return {"secure": ""} if encrypted else "plain text"


def _with_places(file: Path, data: object) -> Document:
    """Values of the engine, with the places of a file."""
    return _file(file).holding(data)


def _file(path: Path) -> Document:
    try:
        return read_document(path.name, path.read_text(encoding="utf-8"))[0]
    except (OSError, UnicodeDecodeError):
        return Document(path.name, None)  # places are all that is missing then
