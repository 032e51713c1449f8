"""The server's OpenAPI schemas of built-in kinds, fetched once and kept on disk by their hash."""

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from flotilla.home import flotilla_home
from flotilla.sandbox.kubernetes.errors import ApiError, UnreachableError
from flotilla.sandbox.kubernetes.kinds import group_of
from flotilla.sandbox.kubernetes.manifest import Manifest, items, mapping, mappings, text

Fetch = Callable[[str], Manifest]
"""Sends a GET request and returns the answer."""

INDEX_SECONDS: Final = 5.0
"""How long a list of schemas is believed that lacks one: a server that starts adds them in turn."""

_WORDLESS: Final = frozenset({"description", "x-kubernetes-action", "example"})


def cache_dir() -> Path:
    """Where schemas are kept, for all clusters: their names hold the hash of their contents."""
    return flotilla_home() / "kubernetes-schemas"


class Schemas:
    """Looks up the schema of a kind. Many threads may use it."""

    def __init__(self, fetch: Fetch | None, directory: Path | None = None) -> None:
        self._fetch = fetch
        self._directory = directory or cache_dir()
        self._index: Manifest = {}
        self._index_at = float("-inf")
        self._groups: dict[str, Manifest | None] = {}
        self._lock = threading.Lock()

    def load_index(self) -> None:
        """Read the list of schemas.

        Raises:
            ApiError: the server refuses to show it.
            UnreachableError: there is no server.
        """
        if self._fetch is not None:
            self._index = mapping(self._fetch("/openapi/v3"), "paths")
            self._index_at = time.monotonic()

    def of(self, api_version: str, kind: str) -> "Schema | None":
        """The schema of a kind; None if it cannot be had."""
        with self._lock:
            if self._groups.get(api_version) is None:
                self._groups[api_version] = self._load(api_version)
            definitions = self._groups[api_version]
        if definitions is None:
            return None
        group, _, version = api_version.rpartition("/")
        wanted = {"group": group, "version": version, "kind": kind}
        for definition in definitions.values():
            if wanted in items(definition, "x-kubernetes-group-version-kind"):
                return Schema(definitions, cast("Manifest", definition))
        return None

    def _load(self, api_version: str) -> Manifest | None:
        if self._fetch is None:
            return self._newest_kept(api_version)
        path = f"apis/{api_version}" if group_of(api_version) else f"api/{api_version}"
        if path not in self._index and time.monotonic() - self._index_at > INDEX_SECONDS:
            self.load_index()
        address = text(self._index, path, "serverRelativeURL")
        if not address:
            return None
        digest = re.sub(r"[^0-9A-Za-z]", "", address.partition("hash=")[2])
        file = self._directory / f"{_file_name(api_version)}.{digest}.json"
        kept = _read(file) if digest else None
        if kept is not None:
            return kept
        try:
            answer = self._fetch(address)
        except (ApiError, UnreachableError):
            return self._newest_kept(api_version)
        definitions = cast("Manifest", _without_words(mapping(answer, "components", "schemas")))
        if digest:
            _write(file, definitions)
        return definitions

    def _newest_kept(self, api_version: str) -> Manifest | None:
        """What any server has said of this version: better than nothing while none can be asked."""
        files = list(self._directory.glob(f"{_file_name(api_version)}.*.json"))
        return _read(max(files, key=lambda file: file.stat().st_mtime)) if files else None


class Schema:
    """One schema among the definitions of its group."""

    def __init__(self, definitions: Manifest, body: Manifest, reference: str = "") -> None:
        self._definitions = definitions
        self.body = body
        self.reference = reference
        """The name of the definition: `io.k8s.apimachinery.pkg.api.resource.Quantity`."""

    def resolve(self, body: object) -> "Schema":
        """The schema that a part of this one stands for: references are followed."""
        part = cast("Manifest", body) if isinstance(body, dict) else {}
        for choice in (part, *mappings(part, "allOf")):
            name = text(choice, "$ref").rpartition("/")[2]
            if name:
                return Schema(self._definitions, mapping(self._definitions, name), name)
        return Schema(self._definitions, part)

    @property
    def properties(self) -> Manifest:
        """The fields of a map with known fields; none for other types."""
        return mapping(self.body, "properties")

    @property
    def required(self) -> frozenset[str]:
        """The fields that are always there."""
        found = self.body.get("required")
        return frozenset(map(str, cast("list[object]", found))) if isinstance(found, list) else frozenset()

    def field(self, name: str) -> "Schema":
        """The schema of a field."""
        return self.resolve(self.properties.get(name))


def _file_name(api_version: str) -> str:
    return api_version.replace("/", "-")


def _read(file: Path) -> Manifest | None:
    try:
        found: object = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    return cast("Manifest", found) if isinstance(found, dict) else None


def _write(file: Path, definitions: Manifest) -> None:
    """Whole or not at all; several providers may do it at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{threading.get_native_id()}.draft")
    draft.write_text(json.dumps(definitions), encoding="utf-8")
    draft.replace(file)


def _without_words(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: _without_words(inner)
            for key, inner in cast("Manifest", value).items()
            if key not in _WORDLESS or not isinstance(inner, str)
        }
    if isinstance(value, list):
        return [_without_words(item) for item in cast("list[object]", value)]
    return value
