"""What a stack needs beside the engine, told from its configuration."""

from pathlib import Path

import pytest

from components import Stack
from flotilla.controlplane.operators import KINDS
from flotilla.engine import REQUIRED
from flotilla.sandbox import needs
from tests.features import stack as features
from tests.projects import CART, STACK, write_project

WITH_CHART = STACK.replace("cart: {release: v1}", 'cart: {release: v1}\n    keda: {release: "2.17"}')
KEDA = "owner: platform\nchart: {name: keda, repository: https://kedacore.github.io/charts}\n"
QUEUE = "{minReplicas: 0, maxReplicas: 3, keda: {triggers: {queue: {type: redis, metadata: {address: a}}}}}"


def test_every_kind_of_an_operator_can_be_played_and_is_found_in_the_examples() -> None:
    assert set(needs.operator_kinds(features().placements)) == set(KINDS) == set(needs.USES)
    assert set(needs.BROUGHT_BY) == set(KINDS)


def test_helm_is_a_tool_only_of_stacks_with_a_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_BIN", str(tmp_path / "nowhere"))
    assert needs.tools(features()) == (*REQUIRED, "helm")
    assert needs.tools(Stack.read(write_project(tmp_path), "test")) == REQUIRED


def test_a_kind_that_a_chart_of_the_stack_brings_is_not_played(tmp_path: Path) -> None:
    cart = f"{CART}autoscaling: {QUEUE}\n"
    alone = Stack.read(write_project(tmp_path, cart=cart), "test")
    assert [*needs.operator_kinds(alone.placements)] == ["ScaledObject"]
    both = Stack.read(write_project(tmp_path, stack=WITH_CHART, cart=cart, keda=KEDA), "test")
    assert [*needs.operator_kinds(both.placements)] == []


def test_priority_classes_of_kubernetes_own_are_not_made_again(tmp_path: Path) -> None:
    cart, web = f"{CART}priorityClass: system-cluster-critical\n", "owner: a\npriorityClass: payments-first\n"
    stack = Stack.read(write_project(tmp_path, cart=cart, web=web), "test")
    assert needs.priority_classes(stack.placements) == {"payments-first"}
