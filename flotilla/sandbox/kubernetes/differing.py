"""Diff: what an update would change, and whether it takes a new object."""

from dataclasses import dataclass

from flotilla.sandbox.kubernetes import checkpoint
from flotilla.sandbox.kubernetes.diff import Differences, compare, prune
from flotilla.sandbox.kubernetes.errors import ApiError, NoMatchError
from flotilla.sandbox.kubernetes.kinds import Resource
from flotilla.sandbox.kubernetes.manifest import (
    REPLACE_UNREADY,
    Manifest,
    api_version,
    dig,
    is_true,
    kind,
    mapping,
    mappings,
    text,
)
from flotilla.sandbox.kubernetes.naming import is_autonamed, is_named, with_metadata
from flotilla.sandbox.kubernetes.normalisation import normalise
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.replacement import IDENTITY, replacing_fields
from flotilla.sandbox.kubernetes.session import Session
from flotilla.sandbox.plugin.protocol import Properties, Unknown

_UNREADY_KEY = f'.metadata.annotations["{REPLACE_UNREADY}"]'


@dataclass(frozen=True)
class Plan:
    """What has changed, and what follows from it."""

    differences: Differences
    replaces: list[str]
    delete_first: bool

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.differences.changes or self.replaces)


def diff(
    session: Session, resource: Resource, state: Properties, new: Properties, ignored: list[str]
) -> Plan:
    """The differences between the last known live object, cut to what the old inputs name, and new inputs."""
    known = checkpoint.read(state)
    old_inputs = normalise(known.inputs, session.schemas)
    inputs = normalise(plain(new), session.schemas)
    old, inputs = _comparable(session, prune(known.live, old_inputs), inputs, known.live)
    fields = IDENTITY
    if not resource.is_patch(inputs):
        fields = replacing_fields(
            inputs,
            mutable_config_maps=session.options.mutable_config_maps,
            mutable_secrets=session.options.mutable_secrets,
        )
    differences = compare(old, inputs, fields).without(ignored)
    replaces = differences.replaces
    if is_true(inputs, REPLACE_UNREADY) and _is_unready(session, resource, known.live):
        replaces = [*replaces, _UNREADY_KEY]
    return Plan(differences, replaces, bool(replaces) and _takes_the_same_name(inputs, known.live))


def _comparable(session: Session, old: Manifest, new: Manifest, live: Manifest) -> tuple[Manifest, Manifest]:
    """Both sides with the same idea of names and namespaces: none and `default` are one."""
    if session.namespaced(api_version(new), kind(new)):
        old = with_metadata(old, namespace=text(old, "metadata", "namespace") or "default")
        if not isinstance(dig(new, "metadata", "namespace"), Unknown):
            new = with_metadata(new, namespace=text(new, "metadata", "namespace") or "default")
    else:
        old, new = _without_namespace(old), _without_namespace(new)
    if text(new, "metadata", "name"):
        old = with_metadata(old, name=text(live, "metadata", "name"))
    return {"apiVersion": api_version(new), "kind": kind(new), **old}, new


def _without_namespace(obj: Manifest) -> Manifest:
    if "namespace" not in mapping(obj, "metadata"):
        return obj
    kept = {key: value for key, value in mapping(obj, "metadata").items() if key != "namespace"}
    return {**obj, "metadata": kept}


def _is_unready(session: Session, resource: Resource, live: Manifest) -> bool:
    if session.reached is None:
        session.log.note_warning(
            resource.urn, f"the cluster is unreachable: {REPLACE_UNREADY} is not looked at"
        )
        return False
    if kind(live) != "Job":
        session.log.note_warning(resource.urn, f"{REPLACE_UNREADY} has a meaning for Jobs only")
        return False
    try:
        job = session.reached.read(live)
    except (ApiError, NoMatchError):
        return False
    conditions = mappings(job, "status", "conditions")
    return not any(text(c, "type") == "Complete" and text(c, "status") == "True" for c in conditions)


def _takes_the_same_name(inputs: Manifest, live: Manifest) -> bool:
    """Whether the new object cannot be made while the old one is there."""
    return (
        is_named(inputs)
        and not is_autonamed(inputs)
        and all(
            dig(inputs, "metadata", part) == dig(live, "metadata", part) for part in ("name", "namespace")
        )
    )
