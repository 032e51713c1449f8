"""The JSON Schemas of catalog and stack files, made from the types: for editors, and for everybody's checks.

Usage:
    python -m components.schemas           writes schemas/*.json
    python -m components.schemas --check   exit code 1 if they are not up to date
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from pydantic import TypeAdapter

from components import types
from components.config.clusters import CLUSTER_TYPES
from components.config.keys import CLUSTERS, ENVIRONMENT, KEYS, PROJECT, SECRETS, SERVICES
from components.documentation import field_descriptions
from components.types import CatalogService, EnvironmentService, EnvironmentSpec, ProjectSpec

Schema = dict[str, object]

DIRECTORY = Path(__file__).parents[1] / "schemas"
COMMAND = "python -m components.schemas"

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that editors know best."""


def service_schema() -> Schema:
    """The schema of a catalog file."""
    definitions: dict[str, Schema] = {}
    reference = _define(CatalogService, definitions)
    return {
        "$schema": _DRAFT,
        "title": "A service of the catalog",
        **reference,
        "definitions": _sorted(definitions),
    }


def stack_schema() -> Schema:
    """The schema of a stack file, the parts that are Pulumi's included."""
    definitions: dict[str, Schema] = {}
    secret: Schema = {
        "type": "object",
        "properties": {"secure": {"type": "string"}},
        "required": ["secure"],
        "additionalProperties": False,
        "description": "An encrypted value, as `pulumi config set --secret --path` writes it.",
    }
    config: Schema = {
        "type": "object",
        "properties": {
            ENVIRONMENT: _described(_define(EnvironmentSpec, definitions), "The environment."),
            CLUSTERS: _map_of(_cluster(definitions), "Its clusters by name.", minProperties=1),
            SERVICES: _map_of(_define(EnvironmentService, definitions), "The services it runs, by name."),
            SECRETS: _map_of(
                _map_of(secret, "Secrets by environment variable."),
                "Encrypted values by service and variable.",
            ),
            PROJECT: _described(_define(ProjectSpec, definitions), "The project, usually in Pulumi.yaml."),
        },
        "patternProperties": {
            f"^flotilla:(?!({'|'.join(key.removeprefix('flotilla:') for key in KEYS)})$)": False
        },
        "required": [ENVIRONMENT, CLUSTERS],
    }
    return {
        "$schema": _DRAFT,
        "title": "A stack of Flotilla: one environment",
        "type": "object",
        "properties": {
            "config": config,
            "encryptionsalt": {
                "type": "string",
                "description": "Written by Pulumi: belongs to the passphrase.",
            },
            "encryptedkey": {
                "type": "string",
                "description": "Written by Pulumi: the key of the secrets, encrypted.",
            },
            "secretsprovider": {"type": "string", "description": "Who encrypts the secrets."},
        },
        "required": ["config"],
        "definitions": _sorted(definitions),
    }


def _cluster(definitions: dict[str, Schema]) -> Schema:
    """A cluster: `type`, and what belongs to that type."""
    choices: list[Schema] = []
    for name, kind in CLUSTER_TYPES.items():
        reference = _define(kind.spec, definitions)
        definition = definitions[kind.spec.__name__]
        definition["properties"] = {"type": {"const": name}, **cast("Schema", definition["properties"])}
        choices.append({"if": {"properties": {"type": {"const": name}}}, "then": reference})
    kinds: Schema = {"enum": [*CLUSTER_TYPES], "description": "The kind of cluster."}
    return {"type": "object", "properties": {"type": kinds}, "required": ["type"], "allOf": choices}


def _define(declared: type, definitions: dict[str, Schema]) -> Schema:
    """Add the schema of a type, with everything it consists of, and refer to it."""
    schema = cast("Schema", TypeAdapter(declared).json_schema(ref_template="#/definitions/{model}"))
    inner = cast("dict[str, Schema]", schema.pop("$defs", {}))
    for name, definition in {**inner, declared.__name__: schema}.items():
        definitions[name] = _documented(definition, cast("type", getattr(types, name)))
    return {"$ref": f"#/definitions/{declared.__name__}"}


def _documented(definition: Schema, declared: type) -> Schema:
    """A definition with the fields' docstrings, and without titles that only repeat their names."""
    documented: Schema = {key: value for key, value in definition.items() if key != "title"}
    descriptions = field_descriptions(declared)
    properties = cast("Mapping[str, Schema]", definition.get("properties", {}))
    if properties:
        documented["properties"] = {
            key: _described(
                {word: value for word, value in field.items() if word != "title"}, descriptions[key]
            )
            for key, field in properties.items()
        }
    return documented


def _described(schema: Schema, description: str) -> Schema:
    """A schema with a description; beside a bare reference one would not be heeded."""
    return {"description": description, **({"allOf": [schema]} if "$ref" in schema else schema)}


def _map_of(values: Schema, description: str, **more: object) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": values, **more}


def _sorted(definitions: Mapping[str, Schema]) -> Schema:
    return dict(sorted(definitions.items()))


def texts() -> dict[str, str]:
    """The content of each schema file by its name."""
    schemas = {"service.schema.json": service_schema(), "stack.schema.json": stack_schema()}
    return {name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n" for name, schema in schemas.items()}


def main(arguments: Sequence[str]) -> int:
    """Write the schemas, or check that they are up to date."""
    stale = [name for name, text in texts().items() if not _is_current(name, text)]
    if "--check" in arguments:
        for name in stale:
            print(f"schemas/{name} is not up to date. Run: {COMMAND}", file=sys.stderr)  # noqa: T201
        return 1 if stale else 0
    DIRECTORY.mkdir(exist_ok=True)
    for name in stale:
        (DIRECTORY / name).write_text(texts()[name], encoding="utf-8")
    return 0


def _is_current(name: str, text: str) -> bool:
    file = DIRECTORY / name
    return file.is_file() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
