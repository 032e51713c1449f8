"""What a service cannot be: each impossible combination has its error, at its place, with its cure."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, cast

import pytest
from _pytest.mark import ParameterSet

from components import Stack
from tests.projects import CART, STACK, WEB, mistakes, mistakes_in, write_project

if TYPE_CHECKING:
    from _typeshed import TraceFunction

RULES = Path(__file__).parents[2] / "components" / "service" / "rules"
LONELY_WEB = WEB.replace("uses: [cart]\n", "")
TOO_MANY = 2**20 + 1
TOO_LARGE = f"files: {{/etc/large: {'x' * TOO_MANY}}}"
IN_CATALOG = mistakes_in("catalog", "service_mistakes.yaml")
IN_STACK = mistakes_in("stack", "service_mistakes.yaml")
IN_BOTH = mistakes_in("both", "service_mistakes.yaml")


def told(directory: Path, catalog: str, stack: str) -> list[str]:
    """What reading such a project tells, but for secrets without a value."""
    found = mistakes(write(directory, catalog, stack))
    return [line for line in found if "has no value for its secret" not in line]


def write(directory: Path, catalog: str, stack: str) -> Path:
    """A project whose cart is `catalog` in its file, and has `stack` beside its release."""
    said = stack if stack.startswith("release:") else f"release: v1, {stack}"
    cart = f"cart: {{{said.removesuffix(', ')}}}"
    return write_project(
        directory, cart=catalog + "\n", stack=STACK.replace("cart: {release: v1}", cart), web=LONELY_WEB
    )


@pytest.mark.parametrize(("wrong", "problem"), IN_CATALOG)
def test_what_a_catalog_file_cannot_say_is_one_problem(tmp_path: Path, wrong: str, problem: str) -> None:
    assert told(tmp_path, CART + wrong, "") == [f"services/cart.yaml:{problem}"]


@pytest.mark.parametrize(("wrong", "problem"), IN_STACK)
def test_what_an_environment_cannot_say_of_a_service_is_one_problem(
    tmp_path: Path, wrong: str, problem: str
) -> None:
    assert told(tmp_path, CART, wrong) == [f"Pulumi.test.yaml:{problem}"]


@pytest.mark.parametrize(("catalog", "stack", "problem"), IN_BOTH)
def test_what_does_not_go_with_an_environment_is_one_problem(
    tmp_path: Path, catalog: str, stack: str, problem: str
) -> None:
    assert told(tmp_path, catalog, stack) == [problem]


def test_files_that_are_too_large_for_a_config_map_are_a_problem(tmp_path: Path) -> None:
    (problem,) = told(tmp_path, CART + TOO_LARGE, "")
    assert problem.startswith(f"services/cart.yaml:3:1  files: {TOO_MANY} bytes of files. ")


def test_every_problem_that_a_rule_knows_is_told_by_a_mistake(tmp_path: Path) -> None:
    reached: set[tuple[str, int]] = set()

    def watch(frame: FrameType, event: str, _: object) -> TraceFunction | None:
        if not frame.f_code.co_filename.startswith(str(RULES)):
            return None
        if event == "line":
            reached.add((Path(frame.f_code.co_filename).name, frame.f_lineno))
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        for catalog, stack in cases():
            told(tmp_path, catalog, stack)
    finally:
        sys.settrace(before)

    untold = [
        f"{file.name}:{first}"
        for file in sorted(RULES.glob("*.py"))
        for first, last in problem_lines(file)
        if not any((file.name, line) in reached for line in range(first, last + 1))
    ]
    assert not untold, "\n".join(untold)


def cases() -> Iterator[tuple[str, str]]:
    """Every mistake: what stands in the catalog file, and what beside the release."""
    for wrong, _ in values([*IN_CATALOG, *mistakes_in("catalog file")]):
        yield CART + wrong, ""
    yield CART + TOO_LARGE, ""
    for ports, _ in values(mistakes_in("ports")):
        yield f"owner: carts\nports: {ports}", ""
    for wrong, _ in values(IN_STACK):
        yield CART, wrong
    for catalog, stack, _ in values(IN_BOTH):
        yield catalog, stack


def values(parameters: list[object]) -> list[tuple[str, ...]]:
    return [cast("tuple[str, ...]", cast("ParameterSet", each).values) for each in parameters]


def problem_lines(file: Path) -> Iterator[tuple[int, int]]:
    """First and last line of every place where a file of rules makes a problem."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            yield node.lineno, node.end_lineno or node.lineno


def test_a_chart_of_the_project_runs_at_the_version_that_it_has(tmp_path: Path) -> None:
    chart = tmp_path / "charts" / "redis"
    chart.mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: redis\nversion: 1.4.2\n")
    cart = "owner: carts\nchart: {name: ./charts/redis}\n"
    wrong = 'Pulumi.test.yaml:6:12  config.flotilla:services.cart.release: ./charts/redis is at version 1.4.2. Write release: "1.4.2", or change the version in ./charts/redis/Chart.yaml.'  # noqa: E501 (one line of output)
    assert told(tmp_path, cart, "release: 1.4.1") == [wrong]
    project = write(tmp_path, cart, "release: 1.4.2")
    assert Stack.read(project, "test").services["cart"]["release"] == "1.4.2"
