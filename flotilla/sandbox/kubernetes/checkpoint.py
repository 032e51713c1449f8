"""The state of a resource: the live object, and beside it what the provider must remember."""

from dataclasses import dataclass
from typing import Final, cast

from flotilla.sandbox.kubernetes.manifest import Manifest, api_version, text
from flotilla.sandbox.kubernetes.properties import plain, underscored
from flotilla.sandbox.kubernetes.secrecy import hide_like
from flotilla.sandbox.plugin.protocol import Properties

_INPUTS: Final = "__inputs"
_INITIAL_API_VERSION: Final = "__initialApiVersion"
_FIELD_MANAGER: Final = "__fieldManager"


@dataclass(frozen=True)
class Checkpoint:
    """What a state holds."""

    inputs: Manifest
    live: Manifest
    initial_api_version: str
    manager: str


def write(checkpoint: Checkpoint, secrets_of: Properties) -> Properties:
    """The state; secret wherever `secrets_of`, the inputs as they came, is secret."""
    return {
        **hide_like(underscored(checkpoint.live), secrets_of),
        _INPUTS: hide_like(underscored(checkpoint.inputs), secrets_of),
        _INITIAL_API_VERSION: checkpoint.initial_api_version,
        _FIELD_MANAGER: checkpoint.manager,
    }


def read(state: Properties) -> Checkpoint:
    """What a state holds; of an empty one, nothing."""
    found = plain(state)
    inputs = found.pop(_INPUTS, None)
    manager = text(found, _FIELD_MANAGER)
    initial = text(found, _INITIAL_API_VERSION)
    live = {key: value for key, value in found.items() if key not in {_FIELD_MANAGER, _INITIAL_API_VERSION}}
    return Checkpoint(
        inputs=cast("Manifest", inputs) if isinstance(inputs, dict) else {},
        live=live,
        initial_api_version=initial or api_version(live),
        manager=manager,
    )
