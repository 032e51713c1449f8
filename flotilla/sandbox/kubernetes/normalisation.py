"""Inputs in the form in which the API server gives them back, so that equal things compare equal.

Built-in kinds go through their types: unknown fields vanish, quantities and times get their canonical
form, a Secret's `stringData` becomes `data`. Custom resources stay as they are.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, cast

from flotilla.sandbox.kubernetes.kinds import BUILT_IN_GROUPS, group_of, is_definition
from flotilla.sandbox.kubernetes.manifest import Manifest, api_version, kind, mapping
from flotilla.sandbox.kubernetes.quantity import canonical
from flotilla.sandbox.kubernetes.schemas import Schema, Schemas
from flotilla.sandbox.plugin.protocol import has_unknown

_SERVER_SET: Final = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "uid",
    }
)

_AS_THEY_ARE: Final = ("JSON", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "RawExtension", "FieldsV1")


_ZERO_IS_DEFAULT: Final = frozenset(
    {
        "failureThreshold",
        "healthCheckNodePort",
        "hostIPC",
        "hostNetwork",
        "hostPID",
        "hostPort",
        "initialDelaySeconds",
        "minReadySeconds",
        "nodePort",
        "paused",
        "periodSeconds",
        "publishNotReadyAddresses",
        "readOnly",
        "stdin",
        "stdinOnce",
        "subPath",
        "successThreshold",
        "timeoutSeconds",
        "tty",
        "value",
    }
)
"""Fields of the Go types that are no pointers: `false`, 0 and an empty text are as good as nothing."""


class _MismatchError(Exception):
    """A value is not of the type that its field has."""


def normalise(obj: Manifest, schemas: Schemas) -> Manifest:
    """The object as its type has it; with unknown values, or one of a wrong type, it stays as it is.

    What the server sets in `metadata` is taken out in any case.
    """
    if has_unknown(obj) or not kind(obj):
        return _without_server_set(obj)
    if is_definition(obj):
        obj = _definition(obj)
    elif kind(obj) == "Secret" and api_version(obj) == "v1":
        obj = _secret(obj)
    elif group_of(api_version(obj)) in BUILT_IN_GROUPS:
        schema = schemas.of(api_version(obj), kind(obj))
        obj = _typed(obj, schema) if schema else obj
    return _without_server_set(obj)


def _definition(obj: Manifest) -> Manifest:
    spec = mapping(obj, "spec")
    if spec.get("preserveUnknownFields") is False:  # the default, which the server does not show
        obj = {**obj, "spec": {key: value for key, value in spec.items() if key != "preserveUnknownFields"}}
    return {key: value for key, value in obj.items() if key != "status"}


def _secret(obj: Manifest) -> Manifest:
    written = mapping(obj, "stringData")
    if not written or not all(isinstance(value, str) for value in written.values()):
        return obj
    encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in written.items()}
    rest = {key: value for key, value in obj.items() if key != "stringData"}
    return {**rest, "data": {**mapping(obj, "data"), **encoded}}


def _without_server_set(obj: Manifest) -> Manifest:
    metadata = obj.get("metadata")
    if not isinstance(metadata, dict):
        return obj
    kept = {key: value for key, value in cast("Manifest", metadata).items() if key not in _SERVER_SET}
    return {**obj, "metadata": kept}


def _typed(obj: Manifest, schema: Schema) -> Manifest:
    try:
        return cast("Manifest", _value(obj, schema))
    except _MismatchError:
        return obj  # the server will say what is wrong


def _value(value: object, schema: Schema) -> object:
    if value is None or schema.reference.endswith(_AS_THEY_ARE):
        return value
    convert = next(
        (convert for ending, convert in _BY_NAME.items() if schema.reference.endswith(ending)), None
    )
    convert = convert or _BY_FORMAT.get(str(schema.body.get("format")))
    if convert is not None:
        return convert(value)
    if schema.properties:
        return _fields(cast("Manifest", _of_type(value, dict)), schema)
    match schema.body.get("type"):
        case "object":
            found = cast("Manifest", _of_type(value, dict))
            inner = schema.resolve(schema.body.get("additionalProperties"))
            return {key: _value(item, inner) for key, item in found.items()}
        case "array":
            inner = schema.resolve(schema.body.get("items"))
            return [_value(item, inner) for item in cast("list[object]", _of_type(value, list))]
        case other:
            types = _SCALARS.get(str(other))
            return _of_type(value, *types) if types else value


def _fields(value: Manifest, schema: Schema) -> Manifest:
    """Known fields only. Empty lists and maps are gone too, where the type does not insist on them."""
    result: Manifest = {}
    for name, inner in value.items():
        if name not in schema.properties:
            continue
        field = schema.field(name)
        if name in schema.required or not _means_nothing(name, inner, field):
            result[name] = _value(inner, field)
    return result


def _means_nothing(name: str, value: object, field: Schema) -> bool:
    """Whether the Go type leaves such a value out: an empty list or map, a zero that is the default."""
    if value == [] or (value == {} and "additionalProperties" in field.body):
        return True
    return name in _ZERO_IS_DEFAULT and not value if isinstance(value, bool | int | str) else False


def _of_type(value: object, *types: type) -> object:
    if isinstance(value, bool) and bool not in types:
        raise _MismatchError
    if not isinstance(value, types):
        raise _MismatchError
    return value


def _quantity(value: object) -> str:
    found = canonical(cast("str | float", _of_type(value, str, int, float)))
    if found is None:
        raise _MismatchError
    return found


def _second(value: object) -> str:
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%SZ")


def _microsecond(value: object) -> str:
    return _moment(value).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(_of_type(value, str)))
    except ValueError as error:
        raise _MismatchError from error
    if moment.tzinfo is None:
        raise _MismatchError
    return moment.astimezone(UTC)


def _bytes(value: object) -> str:
    try:
        return base64.b64encode(base64.b64decode(str(_of_type(value, str)), validate=True)).decode()
    except binascii.Error as error:
        raise _MismatchError from error


def _text_or_number(value: object) -> object:
    return _of_type(value, str, int)


_SCALARS: Final[dict[str, tuple[type, ...]]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
}
_BY_NAME: Final[dict[str, Callable[[object], object]]] = {
    ".Quantity": _quantity,
    ".Time": _second,
    ".MicroTime": _microsecond,
}
_BY_FORMAT: Final[dict[str, Callable[[object], object]]] = {
    "byte": _bytes,
    "date-time": _second,
    "int-or-string": _text_or_number,
}
