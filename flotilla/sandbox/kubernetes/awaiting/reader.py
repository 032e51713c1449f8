"""What waiting needs of a cluster: reading, nothing else."""

from typing import Protocol

from flotilla.sandbox.kubernetes.manifest import Manifest


class ReadError(Exception):
    """The cluster would not or could not answer.

    `passing` tells that it may do so in a moment: no connection, an overloaded or failing server (429, 5xx).
    """

    def __init__(self, what: str, *, passing: bool) -> None:
        super().__init__(what)
        self.passing = passing


class Reader(Protocol):
    """Reads objects of one cluster; every error but "not found" is a `ReadError`."""

    def get(self, api_version: str, kind: str, name: str, namespace: str | None) -> Manifest | None:
        """The object as it is now; None if there is none."""
        ...

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        label_selector: str | None = None,
        field_selector: str | None = None,
    ) -> list[Manifest]:
        """The objects of a kind; selectors are written as in `kubectl get -l` and `--field-selector`."""
        ...
