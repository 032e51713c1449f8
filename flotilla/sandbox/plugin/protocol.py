"""Property values as the engine sends them: JSON values, and among them secrets and unknowns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from google.protobuf import struct_pb2

Properties = dict[str, object]
"""Property values by name: JSON values, `Secret` and `UNKNOWN`."""

# How the engine marks special values (sdk/go/common/resource/sig, sdk/go/common/resource/plugin).
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a mark, not a secret)
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Unknown:
    """A value that is not known before the update."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is kept encrypted in the state."""

    value: object


def decode(struct: struct_pb2.Struct) -> Properties:
    """The values of a message; nulls in maps are left out, whole numbers are `int`."""
    return _decode_map(struct)


def encode(properties: Mapping[str, object]) -> struct_pb2.Struct:
    """The message for values; nulls in maps are left out."""
    struct = struct_pb2.Struct()
    struct.update(cast("Mapping[str, str]", _marked(properties)))  # the stub knows no nested values
    return struct


def _decode_map(struct: struct_pb2.Struct) -> Properties:
    found = {key: _decode(value) for key, value in struct.fields.items()}
    return {key: value for key, value in found.items() if value is not None}


def _decode(value: struct_pb2.Value) -> object:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return _special(_decode_map(value.struct_value))
        case "list_value":
            return [_decode(item) for item in value.list_value.values]
        case _:
            return None


def _special(found: Properties) -> object:
    match found.get(_SIGNATURE):
        case signature if signature == _SECRET:
            return Secret(found.get("value"))
        case signature if signature == _OUTPUT:
            value = found.get("value", UNKNOWN)
            return Secret(value) if found.get("secret") is True else value
        case _:
            return found


def _marked(value: object) -> object:
    if isinstance(value, Secret):
        return {_SIGNATURE: _SECRET, "value": _marked(value.value)}
    if isinstance(value, Unknown):
        return _UNKNOWN_TEXT
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {key: _marked(inner) for key, inner in items if inner is not None}
    if isinstance(value, list):
        return [_marked(item) for item in cast("list[object]", value)]
    return value


def plain(properties: Mapping[str, object]) -> Properties:
    """The same values without marks of secrecy. Unknowns stay."""
    return cast("Properties", renamed(properties, str))


def renamed(value: object, rename: Callable[[str], str]) -> object:
    """A value without marks of secrecy, each name in it put through a function."""
    if isinstance(value, Secret):
        return renamed(value.value, rename)
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        return {rename(key): renamed(inner, rename) for key, inner in items}
    if isinstance(value, list):
        return [renamed(item, rename) for item in cast("list[object]", value)]
    return value


def any_in(value: object, wanted: type[Secret | Unknown]) -> bool:
    """Whether a value is, or holds anywhere, something of a special type."""
    if isinstance(value, wanted):
        return True
    if isinstance(value, Secret):
        return any_in(value.value, wanted)
    if isinstance(value, Mapping):
        return any(any_in(inner, wanted) for inner in cast("Mapping[str, object]", value).values())
    if isinstance(value, list):
        return any(any_in(item, wanted) for item in cast("list[object]", value))
    return False


def has_unknown(value: object) -> bool:
    """Whether anything in a value is not known yet."""
    return any_in(value, Unknown)
