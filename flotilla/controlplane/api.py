"""The little of the Kubernetes API that starting and showing a control plane takes.

A full client library takes longer to load than a control plane takes to answer.
"""

import http.client
import json
import ssl
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import cast

from flotilla.errors import FlotillaError

Json = dict[str, object]

ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
CURE = "See how its control plane is: flotilla status"


class Api:
    """Speaks to an API server on this computer as its administrator."""

    def __init__(self, port: int, pki: Path) -> None:
        self.port = port
        self.pki = pki

    @cached_property
    def context(self) -> ssl.SSLContext:
        """How the two sides prove who they are.

        Raises:
            OSError: certificate or key is missing or damaged.
        """
        context = ssl.create_default_context(cafile=str(self.pki / "ca.crt"))
        context.load_cert_chain(self.pki / "admin.crt", self.pki / "admin.key")
        return context

    def is_ready(self, timeout: float = 5.0) -> bool:
        """Whether the API server answers, and says that it is ready."""
        try:
            status, _ = self._exchange("GET", "/readyz", timeout=timeout)
        except (OSError, http.client.HTTPException):
            return False
        return status == http.HTTPStatus.OK

    def get(self, path: str) -> Json:
        """Read an object or a list.

        Raises:
            FlotillaError: it does not answer, or refuses.
        """
        return self._call("GET", path)

    def items(self, path: str) -> list[Json]:
        """Read a list's items."""
        return cast("list[Json]", self.get(path).get("items") or [])

    def describes(self, group: str, version: str) -> bool:
        """Whether it describes, and so serves, a version of a group."""
        paths = cast("Json", self.get("/openapi/v3").get("paths") or {})
        return f"apis/{group}/{version}" in paths

    def create(self, path: str, item: Json) -> bool:
        """Create an object in a collection; False if it exists."""
        conflict = self._call("POST", path, item, "application/json", accept=[http.HTTPStatus.CONFLICT])
        return conflict.get("reason") != "AlreadyExists"

    def merge(self, path: str, patch: Json) -> None:
        """Change an object by a JSON merge patch."""
        self._call("PATCH", path, patch, "application/merge-patch+json")

    def delete(self, path: str) -> bool:
        """Delete an object; False if there is none."""
        answer = self._call("DELETE", path, accept=[http.HTTPStatus.NOT_FOUND])
        return answer.get("reason") != "NotFound"

    def may(self, user: str, *, verb: str, resource: str) -> bool:
        """Whether a user may do something with a resource of any group, in all namespaces."""
        asked: Json = {"verb": verb, "group": "*", "resource": resource}
        review: Json = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {"user": user, "resourceAttributes": asked},
        }
        answer = self._call("POST", ACCESS_REVIEWS, review, "application/json")
        return bool(cast("Json", answer.get("status") or {}).get("allowed"))

    def evict(self, namespace: str, pod: str) -> None:
        """Ask a pod to leave its node; fine if it is gone, or if a disruption budget holds it for now."""
        eviction: Json = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"namespace": namespace, "name": pod},
        }
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
        held_or_gone = [http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.NOT_FOUND]
        self._call("POST", path, eviction, "application/json", accept=held_or_gone)

    def _call(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        kind: str = "",
        accept: Collection[int] = (),
    ) -> Json:
        try:
            status, answer = self._exchange(method, path, body, kind)
        except (OSError, http.client.HTTPException) as error:
            raise FlotillaError(f"The API server at {self.server} does not answer: {error}", CURE) from error
        parsed = cast("Json", json.loads(answer or b"{}"))
        if status >= http.HTTPStatus.BAD_REQUEST and status not in accept:
            raise FlotillaError(
                f"The API server refused {method} {path}: {parsed.get('message', status)}", CURE
            )
        return parsed

    @property
    def server(self) -> str:
        """The server's address."""
        return self.at(self.port)

    @staticmethod
    def at(port: int) -> str:
        """The address of the server on a port."""
        return f"https://127.0.0.1:{port}"

    def _exchange(
        self, method: str, path: str, body: Json | None = None, kind: str = "", timeout: float = 30.0
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=timeout, context=self.context
        )
        try:
            headers = {"Content-Type": kind} if kind else {}
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
