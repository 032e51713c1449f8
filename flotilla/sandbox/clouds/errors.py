"""What a cloud refuses."""

from flotilla.sandbox.plugin.errors import OperationError


class CloudError(OperationError):
    """The cloud refused: `code` is what it calls the reason, the text is the provider's message."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code
