"""Objects of one cluster: finding out their paths, reading and writing them."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from flotilla.sandbox.kubernetes import manifest
from flotilla.sandbox.kubernetes.connection import APPLY, JSON, JSON_PATCH, Connection
from flotilla.sandbox.kubernetes.errors import ApiError, NoMatchError
from flotilla.sandbox.kubernetes.kinds import group_of, known_scope
from flotilla.sandbox.kubernetes.manifest import Manifest, dig, mappings, text

MANAGER: Final = "pulumi-kubernetes"
"""The field manager of creations and of client-side patches."""


@dataclass(frozen=True)
class Served:
    """How a kind is served."""

    base: str
    plural: str
    namespaced: bool

    def path(self, namespace: str | None, name: str | None = None) -> str:
        """The path of an object, or of the collection it belongs to."""
        room = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced and namespace else ""
        leaf = f"/{quote(name, safe='')}" if name else ""
        return f"{self.base}{room}/{self.plural}{leaf}"


class Cluster:
    """Reads and writes objects of any kind that the server knows; many threads may use it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._served: dict[tuple[str, str], Served] = {}
        self._lock = threading.Lock()

    def version(self) -> tuple[int, int]:
        """The server's version: (1, 36)."""
        answer = self.connection.request("GET", "/version")
        return _digits(text(answer, "major")), _digits(text(answer, "minor"))

    def served(self, api_version: str, kind: str) -> Served:
        """How a kind is served; asked for once, and again while it is unknown.

        Raises:
            NoMatchError: the server does not know it.
        """
        with self._lock:
            if (api_version, kind) not in self._served:
                self._served |= self._discover(api_version, kind)
            return self._served[api_version, kind]

    def _discover(self, api_version: str, kind: str) -> dict[tuple[str, str], Served]:
        if not api_version or not kind:
            raise NoMatchError(api_version, kind)
        base = f"/apis/{api_version}" if group_of(api_version) else f"/api/{api_version}"
        try:
            answer = self.connection.request("GET", base)
        except ApiError as error:
            if error.not_found:
                raise NoMatchError(api_version, kind) from error
            raise
        found = {
            (api_version, text(item, "kind")): Served(
                base, text(item, "name"), item.get("namespaced") is True
            )
            for item in mappings(answer, "resources")
            if "/" not in text(item, "name")
        }
        if (api_version, kind) not in found:
            raise NoMatchError(api_version, kind)
        return found

    def forget(self, group: str) -> None:
        """Ask anew how the kinds of a group are served: a definition has changed."""
        with self._lock:
            self._served = {key: served for key, served in self._served.items() if group_of(key[0]) != group}

    def knows(self, obj: Manifest) -> bool:
        """Whether the server knows the kind of an object."""
        try:
            self.served(manifest.api_version(obj), manifest.kind(obj))
        except NoMatchError:
            return False
        return True

    def namespaced(self, api_version: str, kind: str) -> bool | None:
        """Whether a kind lives in namespaces; None if nobody knows."""
        known = known_scope(api_version, kind)
        if known is not None:
            return known
        try:
            return self.served(api_version, kind).namespaced
        except NoMatchError:
            return None

    def get(self, api_version: str, kind: str, name: str, namespace: str | None) -> Manifest | None:
        """The object as it is now; None if there is none, or no such kind."""
        try:
            return self.connection.request("GET", self.served(api_version, kind).path(namespace, name))
        except NoMatchError:
            return None
        except ApiError as error:
            if error.not_found:
                return None
            raise

    def read(self, obj: Manifest) -> Manifest:
        """The live object of this identity.

        Raises:
            ApiError: it is not there, or may not be read.
            NoMatchError: its kind is not known.
        """
        return self.connection.request("GET", self._path(obj))

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        label_selector: str | None = None,
        field_selector: str | None = None,
    ) -> list[Manifest]:
        """The objects of a kind; none if the kind is not known."""
        try:
            path = self.served(api_version, kind).path(namespace)
        except NoMatchError:
            return []
        selectors = {"labelSelector": label_selector, "fieldSelector": field_selector}
        query = {key: value for key, value in selectors.items() if value}
        answer = self.connection.request("GET", path, query=query)
        return [{"apiVersion": api_version, "kind": kind, **item} for item in mappings(answer, "items")]

    def create(self, obj: Manifest, *, dry_run: bool) -> Manifest:
        """Make an object that is not there yet."""
        served = self.served(manifest.api_version(obj), manifest.kind(obj))
        path = served.path(manifest.namespace(obj) or "default")
        return self.connection.request(
            "POST", path, query=_query(MANAGER, dry_run=dry_run), body=self._fit(obj)
        )

    def apply(self, obj: Manifest, manager: str, *, force: bool, dry_run: bool) -> Manifest:
        """Let a manager own exactly the fields of `obj`, and have their values, server-side."""
        query = {**_query(manager, dry_run=dry_run), "force": json.dumps(force)}
        return self.connection.request(
            "PATCH", self._path(obj), query=query, body=self._fit(obj), content=APPLY
        )

    def replace(self, obj: Manifest, manager: str, *, dry_run: bool) -> Manifest:
        """Put an object in the place of the live one; its `resourceVersion` says which that is."""
        return self.connection.request(
            "PUT", self._path(obj), query=_query(manager, dry_run=dry_run), body=self._fit(obj), content=JSON
        )

    def patch(self, obj: Manifest, patch: Manifest, content: str, *, dry_run: bool) -> Manifest:
        """Patch the live object of this identity with a merge patch."""
        query = _query(MANAGER, dry_run=dry_run)
        return self.connection.request("PATCH", self._path(obj), query=query, body=patch, content=content)

    def set_managed_fields(self, obj: Manifest, entries: Sequence[Manifest]) -> Manifest:
        """Say who owns which fields of a live object, if it has not changed since it was read."""
        version = dig(obj, "metadata", "resourceVersion")
        body: object = [
            {"op": "replace", "path": "/metadata/managedFields", "value": [*entries]},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        ]
        return self.connection.request("PATCH", self._path(obj), body=body, content=JSON_PATCH)

    def delete(self, obj: Manifest, policy: str) -> None:
        """Ask for an object's deletion, `Foreground`, `Background` or `Orphan`; it may take its time."""
        options = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": policy}
        self.connection.request("DELETE", self._path(obj), body=options)

    def _path(self, obj: Manifest) -> str:
        served = self.served(manifest.api_version(obj), manifest.kind(obj))
        return served.path(manifest.namespace(obj) or "default", manifest.name(obj))

    def _fit(self, obj: Manifest) -> Manifest:
        """The object without a namespace that was guessed while its cluster-wide kind was not known."""
        if self.served(manifest.api_version(obj), manifest.kind(obj)).namespaced or not manifest.namespace(
            obj
        ):
            return obj
        metadata = {
            key: value for key, value in manifest.mapping(obj, "metadata").items() if key != "namespace"
        }
        return {**obj, "metadata": metadata}


def _query(manager: str, *, dry_run: bool) -> dict[str, str]:
    return {"fieldManager": manager, **({"dryRun": "All"} if dry_run else {})}


def _digits(value: str) -> int:
    """The number in `36+`."""
    found = "".join(character for character in value if character.isdigit())
    return int(found) if found else 0
