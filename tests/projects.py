"""Small projects on disk for tests of the configuration."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
import yaml

from components import ConfigurationError, Stack

PROJECT = """\
name: flotilla
runtime: python
config:
  flotilla:project:
    value: {name: shop, source: github.com/acme, registry: ghcr.io/acme}
  pulumi:disable-default-providers: {value: [aws, azure-native, gcp, kubernetes]}
"""
STACK = """\
config:
  flotilla:environment: {tier: development}
  flotilla:clusters:
    main: {type: existing, kubeconfig: kubeconfig, identifier: dc1}
  flotilla:services:
    cart: {release: v1}
    web: {release: v2}
"""
CART = """\
owner: carts
ports: {grpc: 7070}
"""
WEB = """\
owner: storefront
ports: {http: 8080}
uses: [cart]
"""


def write_project(
    directory: Path, *, stack: str = STACK, project: str = PROJECT, **services: str | None
) -> Path:
    """Write a project with the stack `test` and the services `cart` and `web`, changed as the arguments say.

    Args:
        directory: Where to.
        stack: Content of `Pulumi.test.yaml`.
        project: Content of `Pulumi.yaml`.
        services: Content of further or other catalog files; None for one that is not to be.
    """
    (directory / "services").mkdir(exist_ok=True)
    (directory / "Pulumi.yaml").write_text(project)
    (directory / "Pulumi.test.yaml").write_text(stack)
    catalog: Mapping[str, str | None] = {"cart": CART, "web": WEB, **services}
    for name, content in catalog.items():
        if content is not None:
            (directory / "services" / f"{name}.yaml").write_text(content)
    return directory


def mistakes(project: Path) -> list[str]:
    """The lines of what reading the stack `test` of a wrong project tells."""
    with pytest.raises(ConfigurationError) as caught:
        Stack.read(project, "test")
    return str(caught.value).splitlines()


def mistakes_in(part: str, file: str = "config_mistakes.yaml") -> list[object]:
    """The mistakes of one part of a file of `unit/`, as parameters of a test."""
    text = (Path(__file__).parent / "unit" / file).read_text()
    table = cast("dict[str, list[dict[str, str]]]", yaml.safe_load(text))
    return [pytest.param(*mistake.values(), id=mistake["problem"][:60]) for mistake in table[part]]
