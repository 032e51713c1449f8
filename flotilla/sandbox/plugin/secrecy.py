"""Which parts of inputs and outputs are secret."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, cast

from flotilla.sandbox.plugin.protocol import Properties, Secret, any_in

_TELLING: Final = 4
"""Characters from which on a text is no part of other words by chance."""


def hide_like(outputs: Properties, inputs: Properties) -> Properties:
    """The outputs, secret where the inputs are.

    Goes by path: maps are entered on both sides; anything else that holds a secret, a list also, is secret
    as a whole.
    """
    return {key: _hide(value, inputs[key]) if key in inputs else value for key, value in outputs.items()}


def hide_again(outputs: Properties, inputs: Properties) -> Properties:
    """The outputs, secret where the inputs are, and where a secret text of theirs stands once more."""
    texts = set(_secret_texts(inputs))
    shown = hide_like(outputs, inputs)
    return {key: _hide_texts(value, texts) for key, value in shown.items()} if texts else shown


def without_secrets(text: str, inputs: Properties) -> str:
    """A message without what is secret in the inputs."""
    for secret in sorted(set(_secret_texts(inputs)), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "[secret]", text)
        if len(secret) >= _TELLING:
            text = text.replace(secret, "[secret]")
    return text


def _secret_texts(value: object, *, secret: bool = False) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _secret_texts(value.value, secret=True)
    elif isinstance(value, Mapping):
        for inner in cast("Mapping[str, object]", value).values():
            yield from _secret_texts(inner, secret=secret)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _secret_texts(inner, secret=secret)
    elif secret and isinstance(value, str) and value:
        yield value


def _hide_texts(value: object, texts: set[str]) -> object:
    if isinstance(value, str):
        return Secret(value) if value in texts else value
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {key: _hide_texts(inner, texts) for key, inner in items}
    if isinstance(value, list):
        return [_hide_texts(inner, texts) for inner in cast("list[object]", value)]
    return value


def _hide(output: object, given: object) -> object:
    if isinstance(output, dict) and isinstance(given, dict):
        return hide_like(cast("Properties", output), cast("Properties", given))
    plain_output = cast("object", output)
    return hidden(plain_output) if any_in(given, Secret) else plain_output


def hidden(value: object) -> object:
    """The value, marked as secret."""
    return value if isinstance(value, Secret) else Secret(value)
