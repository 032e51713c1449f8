"""Which parts of an object are secret."""

from flotilla.sandbox.plugin import secrecy
from flotilla.sandbox.plugin.protocol import Properties


def hide_like(outputs: Properties, inputs: Properties) -> Properties:
    """The outputs, secret where the inputs are.

    `data` and `stringData` of a Kubernetes Secret are secret whatever the inputs say.
    """
    if outputs.get("kind") != "Secret":
        return secrecy.hide_like(outputs, inputs)
    return {
        key: secrecy.hidden(value) if key in {"data", "stringData"} else value
        for key, value in outputs.items()
    }
