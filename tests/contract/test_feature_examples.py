"""The examples of what a service can have: complete, and each with the key that it is there to show."""

from typing import Any

import pytest
import yaml

from components.checking import keys_of
from components.types import CatalogService, EnvironmentService
from tests import features

EXAMPLES = features.examples()


def test_every_key_of_a_service_is_shown_by_an_example() -> None:
    shown = {key.split(".")[0] for example in EXAMPLES for key in example.keys}
    assert not {*keys_of(CatalogService), *keys_of(EnvironmentService)} - shown


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_has_the_keys_that_it_shows(example: features.Example) -> None:
    stack = yaml.safe_load((features.PROJECT / f"Pulumi.{features.STACK}.yaml").read_text())["config"]
    chosen: dict[str, Any] = stack["flotilla:services"][example.name]
    catalog = yaml.safe_load(example.file.read_text())
    for key in example.keys:
        words = key.split(".")
        assert features.holds(catalog, words) or features.holds(chosen, words), key


def test_the_program_of_the_examples_is_that_of_this_repository() -> None:
    own, root = features.PROJECT / "__main__.py", features.ROOT / "__main__.py"
    assert own.read_text() == root.read_text()


def test_no_secret_of_an_example_is_in_plain_text_anywhere() -> None:
    for each in features.rendered().registrations:
        holders = {key for key, value in each.inputs.items() if features.MARKER in repr(value)}
        assert holders <= each.secrets, each.label
