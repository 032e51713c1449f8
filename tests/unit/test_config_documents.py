"""YAML as our files are read: strictly, with places."""

import pytest
import yaml

from components import document as module
from components.document import read_document
from components.errors import Path
from tests.projects import mistakes_in


def problems_of(text: str) -> list[str]:
    _, problems = read_document("a.yaml", text)
    return [str(problem) for problem in problems]


def test_values_are_what_every_reader_takes_them_for() -> None:
    text = """
text: a
number: 12
negative: -3
share: 1.5
yes_: true
no_: False
nothing:
list: [a, {b: c}]
quoted: '12'
"""
    document, problems = read_document("a.yaml", text)
    assert not problems
    assert document.data == {
        "text": "a",
        "number": 12,
        "negative": -3,
        "share": 1.5,
        "yes_": True,
        "no_": False,
        "nothing": None,
        "list": ["a", {"b": "c"}],
        "quoted": "12",
    }


@pytest.mark.parametrize(("text", "problem"), mistakes_in("ambiguous YAML"))
def test_what_could_be_read_in_two_ways_is_a_problem_with_its_place(text: str, problem: str) -> None:
    assert problems_of(text) == [problem]


def test_the_pure_python_reader_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: {b: yes, c: [1, 2]}\nd: 0755\n"
    fast = read_document("a.yaml", text)
    monkeypatch.setattr(module, "_Loader", yaml.SafeLoader)
    slow = read_document("a.yaml", text)
    assert fast[0].data == slow[0].data
    assert fast[1] == slow[1]


def test_an_anchor_repeats_a_whole_value() -> None:
    document, problems = read_document("a.yaml", "a: &probe {grpc: 1}\nb: *probe\n")
    assert not problems
    assert document.data == {"a": {"grpc": 1}, "b": {"grpc": 1}}


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("a",), (1, 1)),
        (("a", "b"), (2, 3)),
        (("a", "c", 1), (3, 12)),
        (("a", "x"), (1, 1)),
        (("y",), (1, 1)),
    ],
)
def test_a_place_is_that_of_the_key_or_of_the_nearest_above(path: Path, place: tuple[int, int]) -> None:
    document, _ = read_document("a.yaml", "a:\n  b: 1\n  c: [one, two]\n")
    assert document.place(path) == place


def test_a_number_keeps_the_way_it_was_written() -> None:
    document, _ = read_document("a.yaml", "release: 1.10\n")
    assert document.data == {"release": 1.1}
    assert document.text(("release",)) == "1.10"
