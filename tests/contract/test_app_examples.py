"""The public applications under examples/apps: between them they use everything that a service can have."""

from pathlib import Path
from typing import cast

import pytest
import yaml

from components.config import Stack
from tests import features

APPS = sorted(path for path in (features.ROOT / "examples" / "apps").iterdir() if path.is_dir())
STACK = "demo"
KEYS = sorted({key for example in features.examples() for key in example.keys})


def said(app: Path) -> list[dict[str, object]]:
    """What the files of an application say of its services: catalog and stack."""
    config = yaml.safe_load((app / f"Pulumi.{STACK}.yaml").read_text())["config"]
    chosen = cast("dict[str, dict[str, object]]", config["flotilla:services"])
    catalog = [yaml.safe_load(file.read_text()) for file in sorted((app / "services").glob("*.yaml"))]
    return [*catalog, *chosen.values()]


def test_there_are_six() -> None:
    assert len(APPS) == 6


@pytest.mark.parametrize("key", KEYS)
def test_whatever_a_service_can_have_an_application_uses(key: str) -> None:
    first, *rest = key.split(".")
    services = [each for app in APPS for each in said(app)]
    assert any(first in each and features.holds(each[first], rest) for each in services)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_an_application_is_free_of_contradictions_and_runs_all_of_its_catalog(app: Path) -> None:
    stack = Stack.read(app, STACK)
    assert set(stack.services) == set(stack.catalog)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_the_program_of_an_application_is_that_of_this_repository(app: Path) -> None:
    assert (app / "__main__.py").read_text() == (features.ROOT / "__main__.py").read_text()
