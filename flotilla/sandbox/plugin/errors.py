"""What an operation of a provider can end with that the engine must be told."""

from collections.abc import Sequence


class OperationError(Exception):
    """An operation failed and nothing has come of it; the text is for the user."""


class PartialError(Exception):
    """The object is there, but not as it should be: the engine keeps it with these reasons.

    `properties` is its state; `inputs`, if given, takes the place of the inputs in the state.
    """

    def __init__(
        self,
        message: str,
        *,
        identity: str,
        properties: dict[str, object],
        reasons: Sequence[str],
        inputs: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.identity = identity
        self.properties = properties
        self.reasons = [message, *reasons]
        self.inputs = inputs
