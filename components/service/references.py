"""References between environment variables: `$(NAME)`, as Kubernetes expands them."""

import re
from collections.abc import Collection, Iterator, Mapping

from components.errors import Path, Problem, nearest

_REFERENCE = re.compile(r"\$(\$|\(([-._A-Za-z0-9]+)\))")


def references(value: str) -> list[str]:
    """The variables that a value refers to; `$$(NAME)` is no reference.

    Example:
        references("http://$(CART_ADDR)/$$(HOME)") == ["CART_ADDR"]
    """
    return [found[2] for found in _REFERENCE.finditer(value) if found[2]]


def in_order_of_use(env: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables sorted by name, but each after the ones it refers to, as Kubernetes knows earlier ones only.

    So the order in which they are written means nothing.
    """
    done: dict[str, str] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in done or name in above or name not in env:
            return
        for used in sorted(references(env[name])):
            add(used, (*above, name))
        done[name] = env[name]

    for name in sorted(env):
        add(name, ())
    return list(done.items())


def reference_problems(env: Mapping[str, str], given: Collection[str], path: Path) -> Iterator[Problem]:
    """References that nothing defines, and variables that refer to themselves.

    Args:
        env: The container's own variables.
        given: Variables it has besides: addresses and secrets.
        path: Where `env` stands.
    """
    known = {*env, *given}
    for name, value in env.items():
        for used in references(value):
            if used not in known:
                yield Problem(
                    (*path, name),
                    f"$({used}) is defined by nothing",
                    "Name a variable of env or secrets, add the service to uses, or write $$ for a plain $.",
                    nearest(used, known - {name}),
                )
        circle = {other for other in _reached(name, env) if name in _reached(other, env)}
        if circle and name == min(circle):
            yield Problem((*path, name), f"{name} refers to itself", "Write its value without a circle.")


def _reached(start: str, env: Mapping[str, str]) -> set[str]:
    """The container's own variables that a variable refers to, also by way of others."""
    seen: set[str] = set()
    ahead = references(env[start])
    while ahead:
        name = ahead.pop()
        if name in env and name not in seen:
            seen.add(name)
            ahead += references(env[name])
    return seen
