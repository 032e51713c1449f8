"""Read: what is there now, for a refresh, an import, or a program that only looks."""

from dataclasses import dataclass

from flotilla.sandbox.kubernetes import checkpoint
from flotilla.sandbox.kubernetes.awaiting import look, not_initialised
from flotilla.sandbox.kubernetes.checkpoint import Checkpoint
from flotilla.sandbox.kubernetes.diff import prune
from flotilla.sandbox.kubernetes.errors import ApiError, NoMatchError
from flotilla.sandbox.kubernetes.kinds import Resource, known_scope
from flotilla.sandbox.kubernetes.manifest import (
    LAST_APPLIED,
    Manifest,
    api_version,
    kind,
    mapping,
    name,
)
from flotilla.sandbox.kubernetes.naming import manager_name, split_identity, with_metadata
from flotilla.sandbox.kubernetes.normalisation import normalise
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.secrecy import hide_like
from flotilla.sandbox.kubernetes.session import ONCE_DELETED, Session
from flotilla.sandbox.plugin.errors import OperationError, PartialError
from flotilla.sandbox.plugin.protocol import Properties

_NOT_TO_IMPORT = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
_NOTES_NOT_TO_IMPORT = ("deployment.kubernetes.io/revision", LAST_APPLIED)


@dataclass(frozen=True)
class Found:
    """A resource as it is."""

    state: Properties
    inputs: Properties


def read(
    session: Session, resource: Resource, identity: str, state: Properties, inputs: Properties
) -> Found | None:
    """State and inputs of a resource as it is in the cluster; None if it is not there.

    The inputs are the live values of what the old inputs name; without old inputs, all that can be input.

    Raises:
        OperationError: the cluster is unreachable.
        PartialError: it is there and not ready.
    """
    if session.reached is None:
        return without_cluster(session, resource, state, inputs)
    known = normalise(plain(inputs), session.schemas)
    old = checkpoint.read(state)
    imported = not api_version(known) and not api_version(old.live)
    known = _identified(known, old, resource, identity)
    try:
        live = session.reached.read(with_metadata(known, name=split_identity(identity)[1]))
    except NoMatchError:
        return None
    except ApiError as error:
        if error.not_found:
            return None
        raise
    live_inputs = _importable(session, live, prune(live, known)) if imported else prune(live, known)
    manager = manager_name(known, old.manager, server_side=session.options.server_side_apply)
    initial = old.initial_api_version or api_version(known)
    found = Found(
        checkpoint.write(Checkpoint(live_inputs, live, initial, manager), inputs),
        hide_like(dict(live_inputs), inputs),
    )
    causes = [] if imported else look(session.reached, live, known)
    if causes:
        raise PartialError(
            not_initialised(name(live)),
            identity=identity,
            properties=found.state,
            reasons=causes,
            inputs=found.inputs,
        )
    return found


def _identified(known: Manifest, old: Checkpoint, resource: Resource, identity: str) -> Manifest:
    """The old inputs, or, where there are none, what id and type say of the object."""
    if api_version(known):
        return known
    space, object_name = split_identity(identity)
    metadata = {"name": object_name, **({"namespace": space} if space else {}), **mapping(known, "metadata")}
    kind_name = resource.type_name.removesuffix("Patch") if resource.is_patch({}) else resource.type_name
    return {
        **known,
        "apiVersion": api_version(old.live) or resource.api_version,
        "kind": kind(old.live) or kind_name,
        "metadata": metadata,
    }


def _importable(session: Session, live: Manifest, identified: Manifest) -> Manifest:
    """All fields of the type but the status, without what the server sets; of custom kinds, the identity."""
    schema = session.schemas.of(api_version(live), kind(live))
    if schema is None or known_scope(api_version(live), kind(live)) is None:
        return identified
    fields = {key: value for key, value in live.items() if key in schema.properties and key != "status"}
    metadata = {key: value for key, value in mapping(live, "metadata").items() if key not in _NOT_TO_IMPORT}
    if "annotations" in metadata:
        notes = mapping(live, "metadata", "annotations")
        metadata["annotations"] = {
            key: text for key, text in notes.items() if key not in _NOTES_NOT_TO_IMPORT
        }
    return {**identified, **fields, "metadata": metadata}


def without_cluster(
    session: Session, resource: Resource, state: Properties, inputs: Properties
) -> Found | None:
    """What becomes of a resource in a refresh while the cluster is unreachable.

    Raises:
        OperationError: nobody has said what is to become of it.
    """
    session.log.note_warning(
        resource.urn, f"configured Kubernetes cluster is unreachable: {session.unreachable}"
    )
    if session.options.delete_unreachable:
        session.log.note(resource.urn, "deleteUnreachable is set: the resource leaves the state")
        return None
    if session.options.skip_update_unreachable:
        session.log.note(resource.urn, "skipUpdateUnreachable is set: the state stays as it was")
        return Found(state, inputs)
    raise OperationError(f"failed to read resource state due to unreachable cluster. {ONCE_DELETED}")
