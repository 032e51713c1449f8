"""Which parts of inputs and outputs are secret."""

from typing import cast

from flotilla.sandbox.plugin.protocol import Properties, Secret, any_in


def hide_like(outputs: Properties, inputs: Properties) -> Properties:
    """The outputs, secret where the inputs are.

    Goes by path: maps are entered on both sides; anything else that holds a secret, a list also, is secret
    as a whole.
    """
    return {key: _hide(value, inputs[key]) if key in inputs else value for key, value in outputs.items()}


def _hide(output: object, given: object) -> object:
    if isinstance(output, dict) and isinstance(given, dict):
        return hide_like(cast("Properties", output), cast("Properties", given))
    plain_output = cast("object", output)
    return hidden(plain_output) if any_in(given, Secret) else plain_output


def hidden(value: object) -> object:
    """The value, marked as secret."""
    return value if isinstance(value, Secret) else Secret(value)
