"""Inputs in the form in which the API server gives them back, so that equal things compare equal.

Built-in kinds go through their types: unknown fields vanish, quantities and times get their canonical
form, a Secret's `stringData` becomes `data`. Custom resources stay as they are.
"""

import base64
import binascii
from datetime import UTC, datetime
from typing import Final, cast

from flotilla.sandbox.kubernetes.kinds import BUILT_IN_GROUPS, group_of, is_definition
from flotilla.sandbox.kubernetes.manifest import Manifest, api_version, kind, mapping
from flotilla.sandbox.kubernetes.protocol import has_unknown
from flotilla.sandbox.kubernetes.quantity import canonical
from flotilla.sandbox.kubernetes.schemas import Schema, Schemas

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
"""Fields of the Go types that are no pointers: `false`, 0 or an empty text is left out, as if it were not said."""


class _MismatchError(Exception):
    """A value is not of the type that its field has."""


def normalise(obj: Manifest, schemas: Schemas) -> Manifest:
    """The object as its type has it. With unknown values, or a value of a wrong type, it stays as it is.

    What the server sets in `metadata` is taken out in any case.
    """
    if has_unknown(obj):
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
    if schema.reference.endswith(_AS_THEY_ARE) or value is None:
        return value
    if schema.reference.endswith(".Quantity"):
        return _quantity(value)
    if schema.reference.endswith((".Time", ".MicroTime")) or schema.body.get("format") == "date-time":
        return _time(value, micro=schema.reference.endswith(".MicroTime"))
    if schema.body.get("format") == "int-or-string":
        return _of_type(value, str, int)
    if schema.properties:
        return _fields(_of_type(value, dict), schema)
    match schema.body.get("type"):
        case "object":
            found = cast("Manifest", _of_type(value, dict))
            inner = schema.resolve(schema.body.get("additionalProperties"))
            return {key: _value(item, inner) for key, item in found.items()}
        case "array":
            inner = schema.resolve(schema.body.get("items"))
            return [_value(item, inner) for item in cast("list[object]", _of_type(value, list))]
        case "string":
            text = _of_type(value, str)
            return _bytes(str(text)) if schema.body.get("format") == "byte" else text
        case "integer":
            return _of_type(value, int)
        case "number":
            return _of_type(value, int, float)
        case "boolean":
            return _of_type(value, bool)
        case _:
            return value


def _fields(value: object, schema: Schema) -> Manifest:
    """Known fields only. Empty lists and maps are gone too, where the type does not insist on them."""
    found = cast("Manifest", value)
    result: Manifest = {}
    for name, inner in found.items():
        if name not in schema.properties:
            continue
        field = schema.field(name)
        if name in schema.required or not _means_nothing(name, inner, field):
            result[name] = _value(inner, field)
    return result


def _means_nothing(name: str, value: object, field: Schema) -> bool:
    """Whether the Go type leaves such a value out: an empty list or map, or a zero that is the default."""
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


def _time(value: object, *, micro: bool) -> object:
    text = str(_of_type(value, str))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _MismatchError from error
    if moment.tzinfo is None:
        raise _MismatchError
    moment = moment.astimezone(UTC)
    fraction = f".{moment.microsecond:06}" if micro else ""
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def _bytes(text: str) -> str:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode()
    except binascii.Error as error:
        raise _MismatchError from error
