"""The docstrings under the fields of a type: for error messages, JSON Schemas and reference pages."""

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise

from pydantic.alias_generators import to_camel


@cache
def field_descriptions(declared: type) -> dict[str, str]:
    """What stands under each field of a class, its bases' included, by the field's name in camelCase.

    Example:
        field_descriptions(EmptyDir)["sizeLimit"].startswith("Most bytes")
    """
    found: dict[str, str] = {}
    for base in getattr(declared, "__orig_bases__", ()):
        if isinstance(base, type):
            found |= field_descriptions(base)
    return found | _own_descriptions(declared)


def _own_descriptions(declared: type) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(declared)))
    except (OSError, TypeError):
        return {}  # a base without source, such as `dict`
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    return {
        to_camel(field.target.id): inspect.cleandoc(text.value.value).replace("\n", " ")
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
