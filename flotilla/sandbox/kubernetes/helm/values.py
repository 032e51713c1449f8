"""The values of a release: files and inputs merged into one map."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

import yaml

from flotilla.sandbox.kubernetes.manifest import Manifest, dig, mapping, mappings, text


class ValuesError(ValueError):
    """Values that cannot be read; the message says which and why."""


def merged_values(inputs: Manifest) -> Manifest:
    """`values` laid over the files of `valueYamlFiles`.

    Of the files a later one replaces whole top-level keys of those before, as in the real provider; `values`
    is laid over them key by key, at any depth. Nulls are left out unless `allowNullValues` is set.

    Raises:
        ValuesError: a file cannot be read or is no YAML map.
    """
    found: Manifest = {}
    for asset in mappings(inputs, "valueYamlFiles"):
        found |= _read(asset)
    merged = _laid_over(found, mapping(inputs, "values"))
    return merged if dig(inputs, "allowNullValues") is True else cast("Manifest", _without_nulls(merged))


def _read(asset: Manifest) -> Manifest:
    where, contents = _contents(asset)
    try:
        found: object = yaml.safe_load(contents)
    except yaml.YAMLError as error:
        raise ValuesError(f"{where} of valueYamlFiles is no YAML: {error}") from error
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValuesError(f"{where} of valueYamlFiles has to hold a map")
    return {str(key): value for key, value in cast("dict[object, object]", found).items()}


def _contents(asset: Manifest) -> tuple[str, str]:
    if isinstance(asset.get("text"), str):
        return "a text", text(asset, "text")
    uri = urlsplit(text(asset, "uri"))
    path = text(asset, "path") or (unquote(uri.path) if uri.scheme == "file" else "")
    if not path:
        raise ValuesError("valueYamlFiles takes file and text assets; other kinds cannot be read")
    try:
        return path, Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValuesError(f"{path} of valueYamlFiles cannot be read: {error}") from error


def _laid_over(below: Mapping[str, object], above: Mapping[str, object]) -> Manifest:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            merged[key] = _laid_over(cast("Manifest", under), cast("Manifest", value))
        else:
            merged[key] = value
    return merged


def _without_nulls(value: object) -> object:
    if isinstance(value, dict):
        entries = cast("Manifest", value).items()
        return {key: _without_nulls(inner) for key, inner in entries if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in cast("list[object]", value) if inner is not None]
    return value
