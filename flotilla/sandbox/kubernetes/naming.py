"""Names and namespaces of objects whose inputs do not say them."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final, Literal, cast

from flotilla.sandbox.kubernetes.manifest import (
    AUTONAMED,
    PATCH_FIELD_MANAGER,
    Manifest,
    annotations,
    dig,
    is_true,
    text,
)
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Unknown

RANDOM_DIGITS: Final = 8
MANAGED_BY: Final = "app.kubernetes.io/managed-by"
CLIENT_SIDE_MANAGER: Final = "pulumi-kubernetes"


@dataclass(frozen=True)
class Autonaming:
    """What the engine's configuration says of names."""

    mode: Literal["propose", "enforce", "disable"]
    proposed: str = ""


def is_named(obj: Manifest) -> bool:
    """Whether the inputs give a name, known or not known yet."""
    return bool(text(obj, "metadata", "name")) or isinstance(dig(obj, "metadata", "name"), Unknown)


def is_generated(obj: Manifest) -> bool:
    """Whether the server is to find the name."""
    prefix = dig(obj, "metadata", "generateName")
    return not is_named(obj) and (isinstance(prefix, Unknown) or bool(prefix))


def is_autonamed(obj: Manifest) -> bool:
    """Whether the name was found by the provider."""
    return is_true(obj, AUTONAMED)


def with_metadata(obj: Manifest, **fields: object) -> Manifest:
    """The object with fields of its metadata set."""
    metadata = obj.get("metadata", {})
    if isinstance(metadata, Unknown):
        return obj
    return {**obj, "metadata": {**cast("Manifest", metadata), **fields}}


def with_name(obj: Manifest, name: str) -> Manifest:
    """The object with a name that is marked as found by the provider."""
    noted = dig(obj, "metadata", "annotations")
    kept = cast("Manifest", noted) if isinstance(noted, dict) else {}
    return with_metadata(obj, name=name, annotations={**kept, AUTONAMED: "true"})


def adopt_name(obj: Manifest, old: Manifest) -> Manifest:
    """The object under the name that was found for it earlier, if it has none of its own."""
    if is_named(obj) or not is_autonamed(old):
        return obj
    return with_name(obj, text(old, "metadata", "name"))


def find_name(obj: Manifest, logical_name: str, seed: bytes, autonaming: Autonaming | None) -> Manifest:
    """The object with a name: its own, the proposed one, or `<logical name>-<8 hex digits>` from the seed.

    Raises:
        OperationError: it has none, and the engine allows none to be found.
    """
    if is_named(obj) or is_generated(obj) or isinstance(obj.get("metadata"), Unknown):
        return obj
    if autonaming is None:
        return with_name(obj, f"{logical_name}-{_digits(seed, logical_name)}")
    if autonaming.mode == "disable":
        raise OperationError("autonaming is disabled, resource requires the .metadata.name field to be set")
    return with_name(obj, autonaming.proposed)


def _digits(seed: bytes, salt: str) -> str:
    if not seed:
        return secrets.token_hex(RANDOM_DIGITS // 2)
    return hashlib.sha256(seed + salt.encode()).hexdigest()[:RANDOM_DIGITS]


def manager_name(inputs: Manifest, kept: object, *, server_side: bool) -> str:
    """The field manager of applies: the annotation's, the one in the state, or a new one.

    Client-side apply knows one name only, which the state keeps if applies turn server-side.
    """
    if not server_side:
        return CLIENT_SIDE_MANAGER
    chosen = annotations(inputs).get(PATCH_FIELD_MANAGER)
    if chosen:
        return chosen
    return (
        kept
        if isinstance(kept, str) and kept
        else f"pulumi-kubernetes-{secrets.token_hex(RANDOM_DIGITS // 2)}"
    )


def is_managed_by_pulumi(obj: Manifest) -> bool:
    """Whether an object has the label that client-side apply sets."""
    return dig(obj, "metadata", "labels", MANAGED_BY) == "pulumi"


def mark_managed(obj: Manifest) -> Manifest:
    """The object with the label that client-side apply sets; a label that is not known yet is left alone."""
    labels = dig(obj, "metadata", "labels")
    if isinstance(labels, Unknown):
        return obj
    kept = cast("Manifest", labels) if isinstance(labels, dict) else {}
    return with_metadata(obj, labels={**kept, MANAGED_BY: "pulumi"})


def split_identity(identity: str) -> tuple[str | None, str]:
    """Namespace and name in an id; no namespace for cluster-wide objects."""
    namespace, slash, name = identity.partition("/")
    return (namespace, name) if slash else (None, namespace)
