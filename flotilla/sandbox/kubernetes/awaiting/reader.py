"""What waiting needs of a cluster: reading, nothing else."""

from typing import Protocol

from flotilla.sandbox.kubernetes.errors import ApiError, UnreachableError
from flotilla.sandbox.kubernetes.manifest import Manifest

REFUSALS = (ApiError, UnreachableError)
"""What a `Reader` raises where the cluster would not or could not answer."""

TOO_MANY_REQUESTS = 429
SERVER_FAILED = 500


def may_pass(refusal: Exception) -> bool:
    """Whether the cluster may answer in a moment: no connection, an overloaded or a failing server."""
    if isinstance(refusal, ApiError):
        return refusal.code == TOO_MANY_REQUESTS or refusal.code >= SERVER_FAILED
    return isinstance(refusal, UnreachableError)


class Reader(Protocol):
    """Reads objects of one cluster; every error but "not found" is one of `REFUSALS`."""

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
