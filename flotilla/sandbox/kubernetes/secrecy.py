"""Which parts of inputs and outputs are secret."""

from typing import cast

from flotilla.sandbox.kubernetes.protocol import Properties, Secret, any_in


def hide_like(outputs: Properties, inputs: Properties) -> Properties:
    """The outputs, secret where the inputs are.

    Goes by path: maps are entered on both sides; anything else that holds a secret, a list also, is secret
    as a whole. `data` and `stringData` of a Kubernetes Secret are secret whatever the inputs say.
    """
    if outputs.get("kind") == "Secret":
        return {
            key: _hidden(value) if key in {"data", "stringData"} else value for key, value in outputs.items()
        }
    return {key: _hide(value, inputs[key]) if key in inputs else value for key, value in outputs.items()}


def _hide(output: object, given: object) -> object:
    if isinstance(output, dict) and isinstance(given, dict):
        return hide_like(cast("Properties", output), cast("Properties", given))
    plain_output = cast("object", output)
    return _hidden(plain_output) if any_in(given, Secret) else plain_output


def _hidden(value: object) -> object:
    return value if isinstance(value, Secret) else Secret(value)
