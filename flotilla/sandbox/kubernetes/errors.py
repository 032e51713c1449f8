"""What can go wrong between the provider and the API server."""

from flotilla.sandbox.kubernetes.manifest import Manifest, mappings, number, text

UNAUTHORIZED = 401
NOT_FOUND = 404
CONFLICT = 409
FORBIDDEN = 403
INVALID = 422


class ApiError(Exception):
    """The API server refused a request; `status` is its answer, a Kubernetes Status object."""

    def __init__(self, code: int, status: Manifest) -> None:
        super().__init__(text(status, "message") or f"the server answered {code}")
        self.code = number(status, "code") or code
        self.reason = text(status, "reason")
        self.status = status

    @property
    def not_found(self) -> bool:
        """The object, or the place it belongs to, is not there."""
        return self.code == NOT_FOUND

    @property
    def namespace_not_found(self) -> bool:
        """The namespace of the object is not there."""
        return self.not_found and text(self.status, "details", "kind") == "namespaces"

    @property
    def already_exists(self) -> bool:
        """An object of that name is there."""
        return self.code == CONFLICT and self.reason == "AlreadyExists"

    @property
    def conflict(self) -> bool:
        """Another manager owns a field, or the object has changed in between."""
        return self.code == CONFLICT and self.reason != "AlreadyExists"

    @property
    def forbidden(self) -> bool:
        """These credentials may not do it."""
        return self.code == FORBIDDEN

    def required_field(self) -> str | None:
        """The first field that the server misses, if that is why it refused."""
        causes = mappings(self.status, "details", "causes")
        return next((text(c, "field") for c in causes if text(c, "reason") == "FieldValueRequired"), None)


class NoMatchError(Exception):
    """The server knows no such kind: a definition that is not there yet, or a wrong apiVersion."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(f'no matches for kind "{kind}" in version "{api_version}"')


class UnreachableError(Exception):
    """The cluster cannot be spoken to."""
