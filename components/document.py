"""YAML read strictly, with the place of every value; what readers could understand differently is refused."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

import yaml
from typing_extensions import TypeIs

from components.errors import Path, Problem

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader on libyaml, about eight times faster, where PyYAML was built with it."""

_TAG = "tag:yaml.org,2002:"
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER_ELSEWHERE = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)[eE][-+]?[0-9]+|0[ob][0-9]+")
"""Plain text for PyYAML, a number for Pulumi's engine: a short commit hash may look so, such as 12e4567."""
_TRUTH = {"true": True, "false": False}


def is_map(value: object) -> TypeIs[Mapping[str, object]]:
    """Whether a value of a document is a map; its keys are text."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeIs[list[object]]:
    """Whether a value of a document is a list."""
    return isinstance(value, list)


class Document:
    """A file's value, and where each part of it stands.

    Args:
        file: The name to show, relative to the project.
        data: Maps, lists, text, numbers, truth values and None.
        root: The YAML nodes that tell places; None where there is no file.
    """

    def __init__(self, file: str, data: object, root: yaml.Node | None = None) -> None:
        self.file = file
        self.data = data
        self._root = root

    def holding(self, data: object) -> "Document":
        """The same places, for a value that came in another way."""
        return Document(self.file, data, self._root)

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column, from 1, of the key at `path`, else of the nearest above; 0 without a file."""
        if self._root is None:
            return 0, 0
        mark = self._root.start_mark
        for key, _ in self._walk(path):
            mark = key.start_mark
        return mark.line + 1, mark.column + 1

    def depth(self, path: Path) -> int:
        """How many steps of `path` exist in the file."""
        return sum(1 for _ in self._walk(path))

    def text(self, path: Path) -> str:
        """The scalar at `path` as written, which a number no longer tells; empty where there is none."""
        values = [value for _, value in self._walk(path)]
        if len(values) == len(path) and values and isinstance(values[-1], yaml.ScalarNode):
            return str(values[-1].value)
        return ""

    def located(self, problem: Problem) -> Problem:
        """The problem, with this document's name and the place of its path."""
        line, column = self.place(problem.path)
        return replace(problem, file=self.file, line=line, column=column)

    def _walk(self, path: Path) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """The pairs of key (or item) and value along a path, as far as they exist."""
        node = self._root
        for step in path:
            found = _child(node, step)
            if found is None:
                return
            yield found
            node = found[1]


def read_document(file: str, text: str) -> tuple[Document, list[Problem]]:
    """Read one YAML document.

    Args:
        file: The name to show.
        text: What it holds.

    Returns:
        The document, as far as it can be read, and its problems with their places.
    """
    try:
        # The stubs leave the stream and the result of `compose` untyped.
        root = cast("yaml.Node | None", yaml.compose(text, Loader=_Loader))  # pyright: ignore[reportUnknownMemberType]
    except yaml.MarkedYAMLError as error:
        return Document(file, None), [_syntax_problem(file, error)]
    except yaml.YAMLError as error:
        return Document(file, None), [
            Problem((), f"not YAML: {error}", "Save the file as UTF-8 text.", file=file)
        ]
    reader = _Reader()
    data = reader.value(root, ()) if root is not None else None
    document = Document(file, data, root)
    return document, [
        document.located(problem) if not problem.line else replace(problem, file=file)
        for problem in reader.problems
    ]


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _syntax_problem(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    what = f"not YAML: {error.problem or error.context}"
    cure = "Mind the indentation (spaces, no tabs), colons and quotes before this place."
    return Problem(
        (), what, cure, file=file, line=mark.line + 1 if mark else 0, column=mark.column + 1 if mark else 0
    )


class _Reader:
    """Turns nodes into values, gathering what is ambiguous."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._open: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> object:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if id(node) in self._open:
            self._problem(node, path, "an alias inside of what it stands for", "Write the value out.")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, path)
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        result: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            if key in result:
                self._problem(key_node, (*path, key), "the same key twice", "Keep one of the two.")
                continue
            result[key] = self.value(value_node, (*path, key))
        return result

    def _key(self, node: yaml.Node, path: Path) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._problem(node, path, "a key that is not text", "Keys are words.")
            return None
        if node.tag == _TAG + "merge":
            self._problem(
                node,
                (*path, "<<"),
                "merge keys are not supported",
                "Write the keys out, or give the whole value an anchor.",
            )
            return None
        if node.tag != _TAG + "str":
            self._problem(
                node,
                (*path, node.value),
                f"the key {node.value} is not text for YAML",
                f'Quote it: "{node.value}":',
            )
        return node.value

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:  # noqa: PLR0911 (one for each kind)
        text: str = node.value
        kind = node.tag.removeprefix(_TAG)
        match kind:
            case "str" if node.style or not _NUMBER_ELSEWHERE.fullmatch(text):
                return text
            case "null":
                return None
            case "bool" if text.lower() in _TRUTH:
                return _TRUTH[text.lower()]
            case "int" if _DECIMAL.fullmatch(text):
                return int(text)
            case "float" if "_" not in text and ":" not in text:
                return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
            case "str" | "bool" | "int" | "float" | "timestamp":
                readings = {"bool": "a truth value", "timestamp": "a date"}
                self._problem(
                    node,
                    path,
                    f"{text} is {readings.get(kind, 'a number')} to some readers of YAML and text to others",
                    f'Write "{text}" in quotes for text' + (", or true or false." if kind == "bool" else "."),
                )
                return text
            case _:
                self._problem(
                    node,
                    path,
                    f"the tag {node.tag} is not supported",
                    "Write the value itself, without a tag.",
                )
                return text

    def _problem(self, node: yaml.Node, path: Path, what: str, cure: str) -> None:
        mark = node.start_mark
        self.problems.append(Problem(path, what, cure, line=mark.line + 1, column=mark.column + 1))


def located_in(problem: Problem, documents: Sequence[tuple[Document, Path]]) -> Problem:
    """A problem of a merged value, placed in the document that has most of its path.

    Args:
        problem: Its path is inside the merged value.
        documents: The documents the value was merged from and where in them it stands, the strongest first.
            Of those that have the same part of the path, the strongest is named if that is the whole path,
            else the weakest: what is missing is added where it holds everywhere.
    """
    known = [document.depth((*prefix, *problem.path)) - len(prefix) for document, prefix in documents]
    most = max(known)
    deepest = [place for place, depth in zip(documents, known, strict=True) if depth == most]
    document, prefix = deepest[0 if problem.path and most == len(problem.path) else -1]
    return document.located(replace(problem, path=(*prefix, *problem.path)))
