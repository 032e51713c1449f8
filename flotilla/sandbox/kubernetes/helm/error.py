"""What goes wrong with a Helm release."""

from collections.abc import Sequence

from flotilla.sandbox.plugin.protocol import Properties


class HelmError(Exception):
    """Helm could not do it; the message is for the user.

    `initialised` is set where the release is there all the same, failed or not ready: its outputs, to be kept
    in the state, and `causes` then tells why its objects are not ready.
    """

    def __init__(
        self, message: str, initialised: Properties | None = None, causes: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.initialised = initialised
        self.causes = list(causes)
