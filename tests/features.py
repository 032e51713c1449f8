"""The examples of what a service can have: what each shows, and what comes of it under mocks."""

import re
import runpy
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml

from components.config import Stack
from tests.deployments import Deployment, deploy

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "examples" / "features"
STACK = "demo"
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: it
contexts: [{ name: it, context: { cluster: it, user: it } }]
"""

MARKER = "a-made-up-value"
"""The value of every secret under mocks."""

_SHOWS = re.compile(r"# shows: (.+)")


@dataclass(frozen=True)
class Example:
    """A service that shows something."""

    name: str
    keys: tuple[str, ...]
    """What it shows: keys of a service, with dots for inner ones."""
    sentence: str
    """The same in words."""

    @property
    def file(self) -> Path:
        """Its catalog file."""
        return PROJECT / "services" / f"{self.name}.yaml"


def examples() -> list[Example]:
    """All examples, in the order of their names.

    Raises:
        ValueError: one does not say what it shows.
    """
    return [_example(file) for file in sorted((PROJECT / "services").glob("*.yaml"))]


def _example(file: Path) -> Example:
    lines = file.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines[1:] if line.startswith("#")]
    shown = _SHOWS.fullmatch(comments[0]) if comments else None
    if shown is None or len(comments) < 2:
        raise ValueError(f"{file.name}: its second line is `# shows: KEY`, its third says it in words")
    sentence = " ".join(comment.removeprefix("# ") for comment in comments[1:])
    return Example(file.stem, tuple(shown[1].split(", ")), sentence)


def holds(value: object, words: list[str]) -> bool:
    """Whether a value has a key, inner ones below those of maps of any names too."""
    if not words:
        return True
    if isinstance(value, list):
        return any(holds(item, words) for item in cast("list[object]", value))
    if not isinstance(value, dict):
        return False
    inner = cast("dict[str, object]", value)
    return (words[0] in inner and holds(inner[words[0]], words[1:])) or any(
        holds(item, words) for item in inner.values() if not isinstance(item, str)
    )


@cache
def stack() -> Stack:
    """The stack with all of them."""
    return Stack.read(PROJECT, STACK)


def rendered(services: Sequence[str] | None = None) -> Deployment:
    """What the program registers under mocks.

    Args:
        services: Those of the stack that it has, in this order. Default: all, in the order of its file.
    """
    described = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))["config"]
    config = yaml.safe_load((PROJECT / f"Pulumi.{STACK}.yaml").read_text(encoding="utf-8"))["config"]
    config |= {key: each["value"] for key, each in described.items()}
    config["flotilla:clusters"]["main"]["kubeconfig"] = KUBECONFIG
    chosen = config["flotilla:services"]
    config["flotilla:services"] = {name: chosen[name] for name in services or chosen}
    # The engine hands the values of encrypted ones over, and says which keys hold them.
    config["flotilla:secrets"] = {
        service: dict.fromkeys(variables, MARKER)
        for service, variables in config.get("flotilla:secrets", {}).items()
        if service in config["flotilla:services"]
    }
    program = str(PROJECT / "__main__.py")
    return deploy(
        lambda: runpy.run_path(program),
        project="features",
        stack=STACK,
        config=config,
        secret_keys=("flotilla:secrets",),
    )
