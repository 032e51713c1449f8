"""Ways to a tool, and why one of them failed."""


class RouteFailedError(Exception):
    """A way to a tool that led nowhere; the next one is tried.

    `reason` is one sentence for people; `host` is the host that could not be reached, where that is it.
    """

    def __init__(self, reason: str, host: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.host = host
