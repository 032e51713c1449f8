"""Write docs/components.md: what each component creates, takes and gives, from docstrings and types.

python scripts/component_reference.py              write it
python scripts/component_reference.py --check      exit code 1 if it is not up to date
"""

import inspect
import re
import sys
from collections.abc import Awaitable, Iterable, Iterator
from enum import Enum
from textwrap import dedent
from typing import NotRequired, Required, cast, get_args, get_origin, get_type_hints

import pulumi
from pages import ROOT, keep
from typing_extensions import is_typeddict

import components
import components.wiring
from components import types
from components.documentation import field_descriptions

PAGE = ROOT / "docs" / "components.md"

INTRODUCTION = """\
# Components

What each component creates, takes and gives, made from its code by `make schemas`. In Python a component
takes its arguments as a dictionary with these keys; files and other languages write them in camelCase
([configuration](configuration.md) describes the types that stack files have too). What may be an output is
marked so; everything else is plain, as previews need it.

Python programs import them from `components`; each loads no other SDK than its own cloud's.
"""

_WORDS = ((str, "text"), (int, "whole number"), (bool, "true or false"))
_SECTION = re.compile(r"^(Args|Attributes|Raises|Example):\n((?:(?: +.*)?\n)*)", re.MULTILINE)


def component_classes() -> list[type[pulumi.ComponentResource]]:
    """The components that programs can use, by name."""
    found = [getattr(components, name) for name in components.__all__]
    return [
        each
        for each in found
        if inspect.isclass(each)
        and issubclass(each, pulumi.ComponentResource)
        and "args" in inspect.signature(each).parameters
    ]


def sections(described: type) -> tuple[str, dict[str, str]]:
    """A docstring's description, and its further sections by their headings."""
    text = inspect.getdoc(described) or ""
    found = {match[1]: dedent(match[2]).strip("\n") for match in _SECTION.finditer(text + "\n")}
    return _SECTION.sub("", text + "\n").strip(), found


def type_text(hint: object) -> str:
    """A type for people: `text`, `list of text`, `map of Probe`."""
    if get_origin(hint) in {NotRequired, Required}:
        return type_text(get_args(hint)[0])
    inner = _inside_input(hint)
    if inner is not None:
        return f"{type_text(inner)}, or an output"
    if get_origin(hint) is list:
        return f"list of {type_text(get_args(hint)[0])}"
    if get_origin(hint) is dict:
        return f"map of {type_text(get_args(hint)[1])}"
    if isinstance(hint, type) and (is_typeddict(hint) or issubclass(hint, Enum)):
        return _named(cast("type", hint))
    return next((words for kind, words in _WORDS if hint is kind), "map of anything")


def _inside_input(hint: object) -> object:
    """What a `pulumi.Input` or `pulumi.Output` holds; None for other types."""
    if get_origin(hint) is pulumi.Output:
        return get_args(hint)[0]
    either = get_args(hint)
    return either[0] if any(get_origin(each) is Awaitable for each in either) else None


def _named(declared: type) -> str:
    name = declared.__name__
    if issubclass(declared, Enum):
        return " or ".join(f"`{member.value}`" for member in declared)
    page = "configuration.md" if hasattr(types, name) else ""
    return f"[{name}]({page}#{name.lower()})"


def arguments(heading: str, declared: type) -> Iterator[str]:
    """The keys of a type, the required ones first."""
    # Pulumi's `Input` names `Output` and a type variable by text.
    hints = get_type_hints(declared, localns={"Output": pulumi.Output, "T": str}, include_extras=True)
    descriptions = field_descriptions(declared)
    optional = {name: get_origin(hint) is NotRequired for name, hint in hints.items()}
    rows = [
        (
            name,
            type_text(hints[name]),
            ("" if optional[name] else "**Required.** ") + descriptions[_camel(name)],
        )
        for name in sorted(hints, key=lambda each: optional[each])
    ]
    return table(heading, rows)


def outputs(component: type) -> Iterator[str]:
    """What a component gives, its bases' included."""
    rows = [
        (name, type_text(_inside_input(hint)), field_descriptions(base)[_camel(name)])
        for base in reversed(inspect.getmro(component))
        if base.__module__.startswith("components.")
        for name, hint in inspect.get_annotations(base).items()
    ]
    return table("output", rows)


def table(heading: str, rows: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """A table of names, types and descriptions."""
    yield f"\n| {heading} | type | |"
    yield "| --- | --- | --- |"
    for name, kind, text in rows:
        escaped = text.replace("|", "\\|")
        yield f"| `{name}` | {kind} | {escaped} |"


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def section(component: type[pulumi.ComponentResource]) -> Iterator[str]:
    """All about one component."""
    description, found = sections(component)
    yield f"\n## {component.__name__}\n"
    yield description
    yield from arguments("argument", inspect.get_annotations(component.__init__)["args"])
    yield from outputs(component)
    if raises := found.get("Raises"):
        yield f"\nRaises {_one_line(raises)}"
    if example := found.get("Example"):
        yield f"\n```python\n{example}\n```"


def _one_line(text: str) -> str:
    said = " ".join(text.split())
    error, _, why = said.partition(": ")
    return f"`{error}`: {why}"


def page() -> str:
    """The whole page."""
    lines = [INTRODUCTION]
    for component in component_classes():
        lines += section(component)
    lines.append("\n## What clusters give to services")
    for given in (components.wiring.LoadBalancer, components.wiring.Nodes, components.wiring.ServiceIdentity):
        description, _ = sections(given)
        lines += [f"\n### {given.__name__}\n", description, *arguments("key", given)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(keep(PAGE, page()))
