"""A stack's file as a rehearsal has it: made-up secrets, and clusters of its own in place of others'."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from components.config.keys import CLUSTERS
from components.document import is_list, is_map

PASSPHRASE = "flotilla-rehearsal"  # noqa: S105 (public on purpose: what it encrypts is made up)
"""What encrypts the made-up values of a rehearsal."""

SALT = "v1:VlbeQg/JeSM=:v1:P/9fw8Crlp830H5S:/ioKF39/eEB8mldf6/SKP5fKDfLBfg=="
"""The engine's check of that passphrase, as `pulumi stack init` writes it."""

MADE_UP = "made-up-by-a-rehearsal"
"""The value that every secret has."""

ENCRYPTED = "v1:fQkP7qpcaF7aVuTR:V//UKnWAGr22uRWTgIWarx5NCzPhLaWv+a2VYLMu4eS4gIK2sBU="
"""That value, encrypted with that passphrase and salt; once and for all, so that no engine has to start."""

_OF_THE_REAL_STACK = ("encryptionsalt", "encryptedkey", "secretsprovider", "environment")
"""Keys that lead to the real stack's secrets: how they are encrypted, and environments of Pulumi ESC."""


@dataclass
class Prepared:
    """A stack's file, prepared for a rehearsal."""

    data: dict[str, object]
    """What it holds."""
    secrets: int = 0
    """How many encrypted values were replaced."""
    left_out: list[str] = field(default_factory=list[str])
    """Names of environments of Pulumi ESC, whose values the rehearsal does without."""

    @property
    def text(self) -> str:
        """The file."""
        return written(self.data)


def clusters_in(data: object) -> dict[str, dict[str, object]]:
    """The clusters that a stack's file names, as it describes them; those that are no map are left out."""
    config = data.get("config") if is_map(data) else None
    clusters = config.get(CLUSTERS) if is_map(config) else None
    return {name: dict(spec) for name, spec in clusters.items() if is_map(spec)} if is_map(clusters) else {}


def prepare(data: object, clusters: Mapping[str, Mapping[str, object]]) -> Prepared:
    """Prepare what a stack's file holds: nothing encrypted in it is read, and no foreign cluster is left.

    Args:
        data: What the file holds.
        clusters: Descriptions that take the place of the file's, by the names of the clusters.
    """
    whole: dict[str, object] = dict(data) if is_map(data) else {}
    environments = whole.get("environment")
    prepared = Prepared({})
    if environments is not None:
        named = environments if is_list(environments) else []
        prepared.left_out = [name for name in named if isinstance(name, str)] or ["one written into the file"]
    for key, value in whole.items():
        if key not in _OF_THE_REAL_STACK:
            prepared.data[key] = _without_secrets(value, prepared)
    prepared.data["encryptionsalt"] = SALT
    config = prepared.data.get("config")
    if is_map(config) and clusters:
        others = config.get(CLUSTERS)
        prepared.data["config"] = {**config, CLUSTERS: {**(others if is_map(others) else {}), **clusters}}
    return prepared


def _without_secrets(value: object, prepared: Prepared) -> object:
    if is_map(value):
        if set(value) == {"secure"}:
            prepared.secrets += 1
            return {"secure": ENCRYPTED}
        return {key: _without_secrets(inner, prepared) for key, inner in value.items()}
    if is_list(value):
        return [_without_secrets(inner, prepared) for inner in value]
    return value


class _Dumper(yaml.SafeDumper):
    """Writes text in quotes, so that no reader of YAML takes it for a number."""


def _quoted(_dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = text.replace("-", "").replace(":", "").isalpha() and text.lower() not in _WORDS
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=None if plain else '"')


_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}

_Dumper.add_representer(str, _quoted)


def written(data: object) -> str:
    """A document as YAML."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
