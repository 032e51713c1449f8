"""The JSON Schemas agree with the types, with our own reading, and with every committed file."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
import yaml

from components import ConfigurationError, Stack
from components.config import stack_names
from tests.projects import CART, STACK, write_project

PROJECT = Path(__file__).parents[2]
CATALOG = sorted((PROJECT / "services").glob("*.yaml"))
STACKS = [PROJECT / f"Pulumi.{name}.yaml" for name in stack_names(PROJECT)]


def errors(schema: str, value: object) -> list[str]:
    loaded = json.loads((PROJECT / "schemas" / schema).read_text())
    validator = cast("Any", jsonschema.Draft7Validator)  # its types know no `object`
    validator.check_schema(loaded)
    return [error.message for error in validator(loaded).iter_errors(value)]


def test_the_committed_schemas_are_those_of_the_types() -> None:
    done = run("components.schemas", "--check", cwd=PROJECT)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_stale_schema_is_told_with_the_command_that_renews_it(tmp_path: Path) -> None:
    shutil.copytree(
        PROJECT / "components", tmp_path / "components", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copytree(PROJECT / "schemas", tmp_path / "schemas")
    stale = tmp_path / "schemas" / "service.schema.json"
    stale.write_text("{}")
    done = run("components.schemas", "--check", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == "schemas/service.schema.json is not up to date. Run: python -m components.schemas\n"
    assert run("components.schemas", cwd=tmp_path).returncode == 0
    assert stale.read_text() == (PROJECT / "schemas" / "service.schema.json").read_text()


def run(module: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("file", CATALOG, ids=lambda file: file.stem)
def test_every_catalog_file_names_and_fulfils_its_schema(file: Path) -> None:
    text = file.read_text()
    assert text.startswith("# yaml-language-server: $schema=../schemas/service.schema.json\n")
    assert errors("service.schema.json", yaml.safe_load(text)) == []


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.stem)
def test_every_stack_file_names_and_fulfils_its_schema(file: Path) -> None:
    text = file.read_text()
    assert text.startswith("# yaml-language-server: $schema=schemas/stack.schema.json\n")
    assert errors("stack.schema.json", yaml.safe_load(text)) == []


@pytest.mark.parametrize(
    "line", ["colour: red", "env: {PORT: 8080}", "probes: {ready: {}}", "uses: cart", "volumes: {a: {}}"]
)
def test_what_our_reading_refuses_in_a_catalog_file_the_schema_refuses_too(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigurationError):
        Stack.read(write_project(tmp_path, cart=f"{CART}{line}\n"), "test")
    assert errors("service.schema.json", yaml.safe_load(f"{CART}{line}\n"))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("tier: development", "tier: dev"),
        ("type: existing", "type: eks"),
        ("type: existing, ", ""),
        ("identifier: dc1", "identifer: dc1"),
        ("release: v1", "release: 1.1"),
        ("flotilla:services", "flotilla:service"),
        ("  flotilla:services", "  flotilla:secrets: {web: {TOKEN: plain}}\n  flotilla:services"),
    ],
)
def test_what_our_reading_refuses_in_a_stack_file_the_schema_refuses_too(
    tmp_path: Path, right: str, wrong: str
) -> None:
    text = STACK.replace(right, wrong, 1)
    with pytest.raises(ConfigurationError):
        Stack.read(write_project(tmp_path, stack=text), "test")
    assert errors("stack.schema.json", yaml.safe_load(text))


def test_a_stack_file_may_hold_all_that_pulumi_writes_there() -> None:
    value = yaml.safe_load(STACK)
    value |= {
        "encryptionsalt": "v1:x",
        "secretsprovider": "passphrase",
        "encryptedkey": "x",
        "environment": ["a"],
    }
    value["config"] |= {
        "aws:region": "eu-west-1",
        "aws:token": {"secure": "x"},
        "flotilla:secrets": {"web": {"TOKEN": {"secure": "x"}}},
    }
    assert errors("stack.schema.json", value) == []


def test_every_key_of_the_schemas_is_described() -> None:
    for schema in ("service.schema.json", "stack.schema.json"):
        loaded = json.loads((PROJECT / "schemas" / schema).read_text())
        for name, definition in loaded["definitions"].items():
            assert definition["description"], name
            for key, field in definition.get("properties", {}).items():
                assert field.get("description") or key == "type", f"{name}.{key}"


IMPORTED = """
import sys
from pathlib import Path
from components.config import Stack
Stack.read(Path("."), "sandbox")
print(*sys.modules)
"""


def test_reading_a_stack_needs_neither_pulumi_nor_a_cloud() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert not [
        name for name in done.stdout.split() if re.match(r"(pulumi|google\.protobuf|grpc)(_|\.|$)", name)
    ]
