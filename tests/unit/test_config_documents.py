"""YAML as our files are read: strictly, with places."""

import pytest

from components.document import read_document
from components.errors import Path


def problems_of(text: str) -> list[str]:
    _, problems = read_document("a.yaml", text)
    return [str(problem) for problem in problems]


def test_values_are_what_every_reader_takes_them_for() -> None:
    text = "text: a\nnumber: 12\nnegative: -3\nshare: 1.5\nyes_: true\nno_: False\nnothing:\nlist: [a, {b: c}]\nquoted: '12'\n"
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


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "a: yes",
            'a.yaml:1:4  a: yes is a truth value to some readers of YAML and text to others. Write "yes" in quotes for text, or true or false.',
        ),
        (
            "a: 0755",
            'a.yaml:1:4  a: 0755 is a number to some readers of YAML and text to others. Write "0755" in quotes for text.',
        ),
        (
            "a: 12:30",
            'a.yaml:1:4  a: 12:30 is a number to some readers of YAML and text to others. Write "12:30" in quotes for text.',
        ),
        (
            "a: 1_000",
            'a.yaml:1:4  a: 1_000 is a number to some readers of YAML and text to others. Write "1_000" in quotes for text.',
        ),
        (
            "a: 2026-01-02",
            'a.yaml:1:4  a: 2026-01-02 is a date to some readers of YAML and text to others. Write "2026-01-02" in quotes for text.',
        ),
        ("on: a", 'a.yaml:1:1  on: the key on is not text for YAML. Quote it: "on":'),
        ("8080: a", 'a.yaml:1:1  8080: the key 8080 is not text for YAML. Quote it: "8080":'),
        ("a: 1\nb: 2\na: 3", "a.yaml:3:1  a: the same key twice. Keep one of the two."),
        ("a: &x [*x]", "a.yaml:1:4  a[0]: an alias inside of what it stands for. Write the value out."),
        (
            "b: &b {}\na: {<<: *b}",
            "a.yaml:2:5  a.<<: merge keys are not supported. Write the keys out, or give the whole value an anchor.",
        ),
        (
            "a: !env HOME",
            "a.yaml:1:4  a: the tag !env is not supported. Write the value itself, without a tag.",
        ),
        (
            "a: [b",
            "a.yaml:2:1  the file: not YAML: did not find expected ',' or ']'. Mind the indentation (spaces, no tabs), colons and quotes before this place.",
        ),
        (
            "a: 1\n---\nb: 2",
            "a.yaml:2:1  the file: not YAML: but found another document. Mind the indentation (spaces, no tabs), colons and quotes before this place.",
        ),
        ("? [a]\n: b", "a.yaml:1:3  the file: a key that is not text. Keys are words."),
    ],
)
def test_what_could_be_read_in_two_ways_is_a_problem_with_its_place(text: str, problem: str) -> None:
    assert problems_of(text) == [problem]


def test_the_pure_python_reader_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from components import document

    text = "a: {b: yes, c: [1, 2]}\nd: 0755\n"
    fast = read_document("a.yaml", text)
    monkeypatch.setattr(document, "_Loader", yaml.SafeLoader)
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
