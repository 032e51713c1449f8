"""JSONPath as `pulumi.com/waitFor` takes it: paths, wildcards, slices, descendants and filters (RFC 9535).

Functions and comparisons of a path with a path are left out. Example:

    parse(".status.conditions[?(@.type=='Ready')].status")(obj) == ["True"]
"""

import json
import operator
import re
from collections.abc import Callable, Iterator
from typing import cast

from flotilla.sandbox.kubernetes.manifest import Manifest

Select = Callable[[object], list[object]]
"""From a value to the values that are found in it."""
Test = Callable[[object], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
      | (?P<mark>\.\.|&&|\|\||==|!=|<=|>=|[.\[\](){}*?@$,:!<>])
      | (?P<number>-?\d+(?:\.\d+)?(?![\w-]))
      | (?P<name>(?:[\w-]|\\.)+))""",
    re.VERBOSE,
)
WORDS: dict[str, object] = {"true": True, "false": False, "null": None}


class JsonPathError(ValueError):
    """A text that is no JSONPath; the message says where it goes wrong."""


def parse(path: str) -> Select:
    """The values that `path` finds in an object; the leading `$` may be left out.

    Raises:
        JsonPathError: the text is no such path.
    """
    parser = _Parser(path)
    parser.take("$")
    select = parser.segments()
    parser.end()
    return select


class _Parser:
    """Reads a path from left to right; each method reads what its name says."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(path.rstrip()):
            found = TOKEN.match(path, position)
            if not found:
                raise JsonPathError(f"{path!r} is no JSONPath: nothing known begins at {path[position:]!r}")
            self.tokens.append((str(found.lastgroup), found.group(str(found.lastgroup))))
            position = found.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        here = self.at + ahead
        return self.tokens[here][1] if here < len(self.tokens) else ""

    def take(self, *marks: str) -> str:
        """The next token if it is one of the marks."""
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "mark" and self.peek() in marks:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def expect(self, mark: str) -> None:
        if not self.take(mark):
            raise self.error(f"{mark!r}")

    def end(self) -> None:
        if self.at < len(self.tokens):
            raise self.error("its end")

    def error(self, wanted: str) -> JsonPathError:
        found = repr(self.peek()) if self.at < len(self.tokens) else "its end"
        return JsonPathError(f"{self.path!r} is no JSONPath: expected {wanted}, found {found}")

    def of(self, *groups: str) -> str:
        """The next token if it is of one of the groups."""
        if self.at < len(self.tokens) and self.tokens[self.at][0] in groups:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def segments(self) -> Select:
        steps: list[Select] = []
        while mark := self.take(".", "..", "["):
            if mark == "..":
                steps.append(lambda value: list(_descend(value)))
                steps.append(self.bracket() if self.take("[") else self.member())
            else:
                steps.append(self.bracket() if mark == "[" else self.member())

        def select(value: object) -> list[object]:
            found = [value]
            for step in steps:
                found = [inner for outer in found for inner in step(outer)]
            return found

        return select

    def member(self) -> Select:
        if self.take("*"):
            return _children
        name = self.of("name", "number")
        if not name:
            raise self.error("a name")
        return _named(re.sub(r"\\(.)", r"\1", name))

    def bracket(self) -> Select:
        choices = [self.choice()]
        while self.take(","):
            choices.append(self.choice())
        self.expect("]")
        return lambda value: [found for choose in choices for found in choose(value)]

    def choice(self) -> Select:
        if self.take("*"):
            return _children
        if self.take("?"):
            test = self.either()
            return lambda value: [child for child in _children(value) if test(child)]
        if name := self.of("text"):
            return _named(_unquote(name))
        return self.indices()

    def indices(self) -> Select:
        parts: list[int | None] = [self.index()]
        while self.take(":"):
            parts.append(self.index())
        if parts == [None]:
            raise self.error("an index, a name in quotes, '*' or a filter")
        chosen = slice(*parts) if len(parts) > 1 else parts[0]

        def select(value: object) -> list[object]:
            entries = _entries(value)
            if isinstance(chosen, slice):
                return entries[chosen]
            index = cast("int", chosen)
            return [entries[index]] if -len(entries) <= index < len(entries) else []

        return select

    def index(self) -> int | None:
        found = self.of("number")
        if "." in found:
            raise self.error("a whole number")
        return int(found) if found else None

    def either(self) -> Test:
        tests = [self.both()]
        while self.take("||"):
            tests.append(self.both())
        return lambda value: any(test(value) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.take("&&"):
            tests.append(self.one())
        return lambda value: all(test(value) for test in tests)

    def one(self) -> Test:
        if self.take("!"):
            denied = self.one()
            return lambda value: not denied(value)
        if self.take("("):
            inner = self.either()
            self.expect(")")
            return inner
        self.expect("@")
        select = self.segments()
        compared = self.take(*COMPARISONS)
        if not compared:
            return lambda value: bool(select(value))
        literal = self.literal()
        compare = COMPARISONS[compared]
        return lambda value: any(compare(found, literal) for found in select(value))

    def literal(self) -> object:
        if found := self.of("text"):
            return _unquote(found)
        if found := self.of("number"):
            return cast("object", json.loads(found))
        if self.peek() in WORDS and (found := self.of("name")):
            return WORDS[found]
        raise self.error("a text, a number, true, false or null")


def _unquote(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])


def _entries(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _children(value: object) -> list[object]:
    return list(cast("Manifest", value).values()) if isinstance(value, dict) else _entries(value)


def _descend(value: object) -> Iterator[object]:
    yield value
    for child in _children(value):
        yield from _descend(child)


def _named(name: str) -> Select:
    def select(value: object) -> list[object]:
        return [cast("Manifest", value)[name]] if isinstance(value, dict) and name in value else []

    return select


def _less(left: object, right: object) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return isinstance(left, int | float) and isinstance(right, int | float) and left < right


COMPARISONS: dict[str, Callable[[object, object], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": _less,
    "<=": lambda left, right: left == right or _less(left, right),
    ">": lambda left, right: _less(right, left),
    ">=": lambda left, right: left == right or _less(right, left),
}
