"""Whatever stands in the files, the answer is a stack or a list of problems with cures; never a crash."""

import json
import tempfile
from pathlib import Path
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from components import ConfigurationError, Problem, Stack
from components.document import read_document
from components.schemas import service_schema, stack_schema
from tests.projects import write_project


def words_of(schema: object) -> set[str]:
    """All keys and choices that a schema knows."""
    if isinstance(schema, list):
        return {word for each in cast("list[object]", schema) for word in words_of(each)}
    if not isinstance(schema, dict):
        return set()
    known = cast("dict[str, object]", schema)
    own = {*cast("dict[str, object]", known.get("properties", {})), *cast("list[str]", known.get("enum", []))}
    return own | words_of([*known.values()])


WORDS = sorted(
    words_of(service_schema()) | words_of(stack_schema()) | {"cart", "web", "secure", "type", "/data", "1Gi"}
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70000),
    st.just(1.5),
    st.sampled_from(WORDS),
    st.text(max_size=5),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*WORDS, "x y", ""]), inner, max_size=4)
    ),
    max_leaves=20,
)


def problems_of(project: Path) -> list[Problem]:
    try:
        Stack.read(project, "test")
    except ConfigurationError as error:
        return error.problems
    return []


@given(stack=VALUES, config=VALUES, service=VALUES)
def test_any_values_are_a_stack_or_problems(stack: object, config: object, service: object) -> None:
    with tempfile.TemporaryDirectory() as directory:
        whole = json.dumps(
            {"config": {**config, "flotilla:services": stack}} if isinstance(config, dict) else stack
        )
        problems = problems_of(write_project(Path(directory), stack=whole, cart=json.dumps(service)))
        assert all(problem.file and problem.what and problem.cure for problem in problems)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    _, problems = read_document("a.yaml", text)
    assert all(problem.file == "a.yaml" and problem.cure for problem in problems)
