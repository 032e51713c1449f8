"""Write docs/services.md: what a service can have, each with an example that is run by a test.

python scripts/services_page.py              write it
python scripts/services_page.py --check      exit code 1 if it is not up to date
"""

import sys
from collections.abc import Iterator, Sequence
from typing import cast, get_origin

from pages import ROOT, keep
from pydantic.alias_generators import to_snake

sys.path.insert(0, str(ROOT))

from components.checking import keys_of, type_at
from components.documentation import field_descriptions
from components.errors import Path, nearest
from components.types import CatalogService, EnvironmentService
from tests.deployments import Deployment
from tests.features import Example, examples, rendered

PAGE = ROOT / "docs" / "services.md"

INTRODUCTION = """\
# What a service can have

One example for each, made by `make schemas` from [examples/features](../examples/features/): a catalog
file, and what the stack says of it. A test brings all of them up on a real Kubernetes control plane and
compares every field that the API server keeps with what was sent (`tests/engine/test_features.py`). What
each key means, with its type, stands in [configuration.md](configuration.md).

Every service has, without a word of its own: pods that are restricted (non-root, read-only root filesystem,
no privilege escalation, no capabilities, the runtime's seccomp profile, no token for the Kubernetes API), a
service account of its own, a rollout without loss (one new pod, ready, before an old one goes, which still
answers for some seconds), a NetworkPolicy that lets in who uses it and lets out to whom it uses, and labels
and annotations that say what it is and who owns it.

| what | key | Kubernetes objects | default | example |
| --- | --- | --- | --- | --- |
"""

USUAL = {"Deployment", "NetworkPolicy", "Service", "ServiceAccount"}
"""What nearly every service is; told only where there is nothing else to tell."""


def inside(declared: type, words: Sequence[str]) -> Path:
    """The path of an inner key; below a map of any names it goes on with whichever."""
    path: Path = ()
    for word in words:
        path = (*path, word)
        if get_origin(type_at(declared, path)) in {dict, list}:
            path = (*path, "any")
    return path


def default_of(key: str) -> str:
    """What holds where a key is left out, from the docstring of its field.

    Raises:
        ValueError: there is no such key.
    """
    *above, last = key.split(".")
    for declared in (CatalogService, EnvironmentService):
        holder = type_at(declared, inside(declared, above))
        if last in keys_of(holder) and isinstance(holder, type):
            _, found, default = field_descriptions(holder)[last].partition("Default: ")
            if found:
                return default.rstrip(".")
            required = cast("frozenset[str]", getattr(holder, "__required_keys__", frozenset[str]()))
            return "it has to be given" if to_snake(last) in required else "—"
    known = {*keys_of(CatalogService), *keys_of(EnvironmentService)}
    raise ValueError(f"{key} is no key of a service; did you mean {nearest(key, known)}?")


def kinds_of(example: Example, deployment: Deployment) -> list[str]:
    """The kinds of Kubernetes objects that an example makes, the telling ones if there are such."""
    owner = f"flotilla:index:Service {example.name}"
    kinds = {each.type.rpartition(":")[2] for each in deployment.registrations if each.parent == owner}
    return sorted(kinds - USUAL) or sorted(kinds & USUAL - {"NetworkPolicy", "ServiceAccount"})


def rows() -> Iterator[str]:
    """The rows of the table."""
    deployment = rendered()
    for example in examples():
        keys = " ".join(f"`{key}`" for key in example.keys)
        defaults = "; ".join(dict.fromkeys(default_of(key) for key in example.keys))
        kinds = ", ".join(kinds_of(example, deployment))
        link = f"[{example.name}](../{example.file.relative_to(ROOT)})"
        cells = [example.sentence, keys, kinds, defaults, link]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page() -> str:
    """The whole page."""
    return INTRODUCTION + "\n".join(rows()) + "\n"


if __name__ == "__main__":
    sys.exit(keep(PAGE, page()))
