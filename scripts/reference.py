"""Write docs/configuration.md: every key of a catalog and a stack file, from the committed JSON Schemas.

python scripts/reference.py              write it
python scripts/reference.py --check      exit code 1 if it is not up to date
"""

import json
import sys
from collections.abc import Iterator
from typing import cast

from pages import ROOT, keep

PAGE = ROOT / "docs" / "configuration.md"

Schema = dict[str, object]

INTRODUCTION = """\
# Configuration

Every key of the two kinds of files, made from their JSON Schemas by `make schemas`. Editors that know the
schema in a file's first line complete and check the same.

An unknown key, a wrong type or a reference to nothing is an error before anything is touched; all errors of
all files come at once.
"""


def schema(value: object) -> Schema:
    """A part of a schema; an empty one where there is none."""
    return cast("Schema", value) if isinstance(value, dict) else {}


def parts(value: object) -> list[Schema]:
    """A list of schemas."""
    return [schema(part) for part in cast("list[object]", value)] if isinstance(value, list) else []


def referred(value: Schema) -> str:
    """The name of the definition that a schema refers to, by itself or in `allOf`."""
    for part in (value, *parts(value.get("allOf"))):
        reference = part.get("$ref")
        if isinstance(reference, str):
            return reference.rpartition("/")[2]
    return ""


def type_text(value: Schema, definitions: Schema) -> str:
    """The type of a key for people: `text`, `list of text`, `map of Probe`."""
    if name := referred(value):
        values = schema(definitions.get(name)).get("enum")
        if isinstance(values, list):
            return " or ".join(f"`{one}`" for one in cast("list[str]", values))
        return f"[{name}](#{name.lower()})"
    if "const" in value:
        return f"`{value['const']}`"
    kind = value.get("type")
    if kind == "array":
        return f"list of {type_text(schema(value.get('items')), definitions)}"
    if kind == "object" and (inner := schema(value.get("additionalProperties"))):
        return f"map of {type_text(inner, definitions)}"
    return {"string": "text", "integer": "whole number", "boolean": "true or false", "object": "map"}.get(
        str(kind), str(kind)
    )


def table(described: Schema, definitions: Schema) -> Iterator[str]:
    """The keys of one kind of map, the required ones first."""
    required = cast("list[str]", described.get("required", []))
    properties = schema(described.get("properties"))
    yield "| key | type | |"
    yield "| --- | --- | --- |"
    for key in sorted(properties, key=lambda name: name not in required):
        value = schema(properties[key])
        must = "**Required.** " if key in required else ""
        text = str(value.get("description", "")).replace("\n", " ").replace("|", "\\|")
        yield f"| `{key}` | {type_text(value, definitions)} | {must}{text} |"


def section(title: str, described: Schema, definitions: Schema) -> Iterator[str]:
    """A heading with the description and the keys of one kind of map."""
    yield f"\n### {title}\n"
    if text := described.get("description"):
        yield f"{text}\n"
    yield from table(described, definitions)


def page() -> str:
    """The whole page."""
    service = schema(json.loads((ROOT / "schemas" / "service.schema.json").read_text(encoding="utf-8")))
    stack = schema(json.loads((ROOT / "schemas" / "stack.schema.json").read_text(encoding="utf-8")))
    definitions = {**schema(service.get("definitions")), **schema(stack.get("definitions"))}
    config = schema(schema(stack.get("properties")).get("config"))
    catalog = referred(service)
    lines = [INTRODUCTION, "\n## Catalog files: `services/NAME.yaml`"]
    lines += section(catalog, schema(definitions[catalog]), definitions)
    lines += ["\n## Stack files: `Pulumi.NAME.yaml`\n", "Below `config`:\n", *table(config, definitions)]
    lines.append("\n## What is inside")
    for name, value in sorted(definitions.items()):
        if name != catalog and schema(value).get("properties"):
            lines += section(name, schema(value), definitions)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(keep(PAGE, page()))
