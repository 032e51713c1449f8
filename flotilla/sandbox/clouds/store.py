"""What a cloud holds: one JSON file for each resource, under `clouds/PACKAGE/` of the workspace.

A file has `type`, `id`, `scope`, `urn`, `inputs`, `outputs` and `created`. `outputs` is what the cloud shows:
editing it, or removing the file, is drift, which `pulumi refresh` finds. Secrets stand there as salted
hashes.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Properties, Secret

DIRECTORY: Final = "clouds"
"""The directory of a workspace under which all clouds keep what they hold."""

_HASHED: Final = "$secret"
_LONGEST_NAME: Final = 100
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._@=+-]+")


@dataclass(frozen=True)
class Resource:
    """One resource that a cloud holds."""

    type: str
    id: str
    scope: str
    """What the id is unique in, besides the type: a region of AWS; empty where ids say it all."""
    urn: str
    inputs: Properties
    """As the program gave them; secrets as hashes, once read from the store."""
    outputs: Properties
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    given: bool = False
    """Whether it stands in for what is there already: asked for by a function, and nobody's to delete."""


class Store:
    """All resources of one package in a workspace; several processes may use it at once."""

    def __init__(self, directory: Path, package: str) -> None:
        self.directory = directory / DIRECTORY / package

    @contextmanager
    def locked(self) -> Generator[None]:
        """Hold the store for a look and a change that belong together."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed, also by a crash
            yield

    def find(self, token: str, identity: str, scope: str = "") -> Resource | None:
        """The resource of a type with this id."""
        return _read(self._file(token, identity, scope))

    def all(self, token: str = "") -> Iterator[Resource]:
        """All resources, or those of one type."""
        folder = self.directory / _folder(token) if token else self.directory
        for path in sorted(folder.rglob("*.json")):
            resource = _read(path)
            if resource and token in ("", resource.type):
                yield resource

    def put(self, resource: Resource) -> None:
        """Write a resource, whole or not at all; what is marked as secret is hashed in the file."""
        path = self._file(resource.type, resource.id, resource.scope)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "type": resource.type,
            "id": resource.id,
            "scope": resource.scope,
            "urn": resource.urn,
            "inputs": _hashed(resource.inputs),
            "outputs": _hashed(resource.outputs),
            "created": resource.created,
            "given": resource.given,
        }
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=1)
            Path(temporary).replace(path)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise

    def remove(self, resource: Resource) -> None:
        """Forget a resource; one that is gone already is no mistake."""
        with suppress(FileNotFoundError):
            self._file(resource.type, resource.id, resource.scope).unlink()

    def _file(self, token: str, identity: str, scope: str) -> Path:
        name = _UNSAFE.sub("-", identity.rstrip("/").rpartition("/")[2])[:_LONGEST_NAME] or "resource"
        if name != identity:
            name = f"{name}-{hashlib.sha256(identity.encode()).hexdigest()[:8]}"
        return self.directory / _folder(token) / scope / f"{name}.json"


def remaining(directory: Path) -> list[Resource]:
    """What the clouds of a workspace still hold; nothing after a destroy that left nothing."""
    root = directory / DIRECTORY
    packages = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    held = [resource for package in packages for resource in Store(directory, package).all()]
    return [resource for resource in held if not resource.given]


def matches(stored: object, known: object) -> bool:
    """Whether a value as it stands in the store is a value that is known, where secrets are hashed."""
    if isinstance(stored, Mapping):
        found = cast("Mapping[str, object]", stored)
        mark = found.get(_HASHED)
        if isinstance(mark, str) and len(found) == 1:
            return _hash(known, mark.partition(":")[0]) == mark
    return stored == known


def is_hashed(stored: object) -> bool:
    """Whether a value in the store is the hash of a secret."""
    return isinstance(stored, Mapping) and set(cast("Mapping[str, object]", stored)) == {_HASHED}


def _folder(token: str) -> str:
    """Where resources of a type lie: `aws:ec2/vpc:Vpc` in `ec2/Vpc`."""
    _, module, name = token.split(":", 2)
    return f"{module.partition('/')[0]}/{name}"


def _read(path: Path) -> Resource | None:
    try:
        content = cast("dict[str, object]", json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise OperationError(
            f"{path} cannot be read: {error}. Mend or remove it: then the resource is gone from the cloud."
        ) from error
    return Resource(
        type=str(content["type"]),
        id=str(content["id"]),
        scope=str(content.get("scope", "")),
        urn=str(content.get("urn", "")),
        inputs=cast("Properties", content.get("inputs", {})),
        outputs=cast("Properties", content.get("outputs", {})),
        created=str(content.get("created", "")),
        given=bool(content.get("given")),
    )


def _hashed(value: object) -> object:
    if isinstance(value, Secret):
        return {_HASHED: _hash(value.value, secrets.token_hex(8))}
    if isinstance(value, Mapping):
        return {name: _hashed(inner) for name, inner in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [_hashed(item) for item in cast("list[object]", value)]
    return value


def _hash(value: object, salt: str) -> str:
    text = json.dumps(value, sort_keys=True)
    return f"{salt}:{hashlib.sha256(salt.encode() + text.encode()).hexdigest()}"
