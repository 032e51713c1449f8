"""Secrets: encrypted, in one place, declared by the service that gets them."""

from pathlib import Path

import pytest

from components import Stack
from tests.projects import CART, STACK, mistakes, mistakes_in, write_project

SECURE = "{secure: AAABAGx}"


def with_secrets(project: Path, secrets: str, cart: str = CART + "secrets: [TOKEN]\n") -> Path:
    return write_project(project, stack=f"{STACK}  flotilla:secrets: {secrets}\n", cart=cart)


def test_an_encrypted_value_for_a_declared_secret_is_right(tmp_path: Path) -> None:
    stack = Stack.read(with_secrets(tmp_path, f"{{cart: {{TOKEN: {SECURE}}}}}"), "test")
    assert stack.services["cart"].get("secrets") == ["TOKEN"]


@pytest.mark.parametrize(("secrets", "problem"), mistakes_in("secrets"))
def test_values_and_declarations_have_to_agree(tmp_path: Path, secrets: str, problem: str) -> None:
    assert problem in mistakes(with_secrets(tmp_path, secrets))


def test_an_encrypted_value_anywhere_else_is_told_where_secrets_belong(tmp_path: Path) -> None:
    stack = STACK.replace("cart: {release: v1}", f"cart: {{release: v1, env: {{TOKEN: {SECURE}}}}}")
    (found,) = mistakes(write_project(tmp_path, stack=stack))
    assert found == (
        "Pulumi.test.yaml:6:31  config.flotilla:services.cart.env.TOKEN: "
        "an encrypted value where none belongs. Secrets are environment variables: "
        "name it in secrets of services/SERVICE.yaml, and set it with "
        "pulumi config set --secret --path 'flotilla:secrets.SERVICE.VARIABLE'"
    )


def test_encrypted_values_of_other_packages_are_none_of_our_business(tmp_path: Path) -> None:
    Stack.read(write_project(tmp_path, stack=f"{STACK}  aws:token: {SECURE}\n"), "test")


def test_no_message_repeats_a_plain_secret(tmp_path: Path) -> None:
    assert "hunter2" not in "\n".join(mistakes(with_secrets(tmp_path, "{cart: {TOKEN: hunter2}}")))
