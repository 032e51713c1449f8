"""Update: change an object in place, or say what the server would make of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flotilla.sandbox.kubernetes import checkpoint, client_side
from flotilla.sandbox.kubernetes.checkpoint import Checkpoint
from flotilla.sandbox.kubernetes.diff import prune
from flotilla.sandbox.kubernetes.errors import ApiError, NoMatchError
from flotilla.sandbox.kubernetes.forcing import conflict_text, force
from flotilla.sandbox.kubernetes.kinds import Resource, is_definition
from flotilla.sandbox.kubernetes.managers import leave_ignored, moved_to, with_live_values
from flotilla.sandbox.kubernetes.manifest import (
    Manifest,
    api_version,
    identity,
    kind,
    mapping,
    name,
    namespace,
)
from flotilla.sandbox.kubernetes.naming import manager_name, with_metadata
from flotilla.sandbox.kubernetes.normalisation import normalise
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.session import Session
from flotilla.sandbox.plugin.errors import OperationError, PartialError
from flotilla.sandbox.plugin.protocol import Properties, has_unknown

WRITES: Final = 5
"""How often a write is tried that needs the object as it was read."""


@dataclass
class _Change:
    """An update under way."""

    session: Session
    resource: Resource
    old: Checkpoint
    inputs: Manifest
    """What is applied: the state remembers that, and so not what was left out as ignored."""
    manager: str
    ignored: Sequence[str]
    preview: bool


def update(
    session: Session,
    resource: Resource,
    state: Properties,
    new: Properties,
    *,
    preview: bool,
    timeout: float | None,
    ignored: Sequence[str] = (),
) -> Properties:
    """The new state. In a preview: what a dry run gives, if one can be made, else the inputs.

    Raises:
        OperationError: the object is not there, or its kind is not known.
        PartialError: the server refused the change, or the object did not become ready.
        UnreachableError: there is no cluster.
    """
    inputs = normalise(plain(new), session.schemas)
    if preview and (has_unknown(inputs) or not session.knows(inputs)):
        return new
    old = checkpoint.read(state)
    manager = _manager(session, inputs, old)
    change = _Change(session, resource, old, inputs, manager, ignored, preview)

    def written(obj: Manifest) -> Properties:
        return checkpoint.write(Checkpoint(change.inputs, obj, old.initial_api_version, manager), new)

    try:
        live = _submit(change)
    except NoMatchError as error:
        raise OperationError(
            f'update of resource "{resource.urn}" failed because the Kubernetes API server reported that the '
            f"apiVersion for this resource does not exist. Verify that any required CRDs have been created: "
            f"{error}"
        ) from error
    except ApiError as error:
        if preview and error.forbidden:
            return new
        live = _still_there(change, error)
        raise PartialError(
            _not_live(live, conflict_text(error, manager)),
            identity=identity(live),
            properties=written(live),
            reasons=[],
        ) from error
    if preview:
        return written({key: value for key, value in live.items() if key != "status"})
    session.definition_changed(inputs)
    outcome = session.wait_until_ready(resource, live, inputs, timeout)
    if outcome.problems:
        raise PartialError(
            _not_live(outcome.live, outcome.sentence),
            identity=identity(live),
            properties=written(outcome.live),
            reasons=outcome.problems,
        )
    _give_up_old_manager(change, live)
    return written(outcome.live)


def _manager(session: Session, inputs: Manifest, old: Checkpoint) -> str:
    return manager_name(inputs, old.manager, server_side=session.options.server_side_apply)


def _not_live(live: Manifest, cause: str) -> str:
    return (
        f'the Kubernetes API server reported that "{identity(live)}" failed to fully initialize or become '
        f"live: {cause}"
    )


def _still_there(change: _Change, failure: ApiError) -> Manifest:
    """The live object after a failed update.

    Raises:
        OperationError: there is none.
    """
    try:
        return change.session.cluster.read(_target(change))
    except (ApiError, NoMatchError) as error:
        raise OperationError(
            f'update of resource "{change.resource.urn}" failed: {failure}\n'
            f"unable to get cluster state: {error}"
        ) from failure


def _target(change: _Change) -> Manifest:
    """The identity of the object that changes: its kind as the program has it, its name as it is."""
    inputs, live = change.inputs, change.old.live
    metadata = {"name": name(live), "namespace": namespace(inputs) or namespace(live)}
    return {"apiVersion": api_version(inputs), "kind": kind(inputs), "metadata": metadata}


def _submit(change: _Change) -> Manifest:
    cluster = change.session.cluster
    live = cluster.read(_target(change))
    if is_definition(change.inputs):
        return _written_onto(change, live, lambda newest: _replace_definition(change, newest))
    if not change.session.options.server_side_apply:
        change.inputs = with_live_values(change.inputs, live, change.ignored)
        last = prune(change.old.live, normalise(change.old.inputs, change.session.schemas))
        return client_side.update(
            change.session, last, _named(change.inputs, live), live, dry_run=change.preview
        )
    if not change.preview and not change.resource.is_patch(change.inputs):
        live = _written_onto(change, live, lambda newest: _take_over(change, newest))
    change.inputs = leave_ignored(change.inputs, live, change.manager, change.ignored)
    forced = force(change.session.options, change.inputs, live, preview=change.preview)
    named = _named(change.inputs, live)
    return cluster.apply(named, change.manager, force=forced, dry_run=change.preview)


def _named(inputs: Manifest, live: Manifest) -> Manifest:
    """The inputs under the name that the object has, which the server may have made up."""
    return with_metadata(inputs, name=name(live))


def _written_onto(change: _Change, live: Manifest, write: Callable[[Manifest], Manifest]) -> Manifest:
    """Write onto the object as it was read; if a controller was quicker, read it and try again."""
    for _ in range(WRITES - 1):
        try:
            return write(live)
        except ApiError as error:
            if not error.conflict:
                raise
            live = change.session.cluster.read(live)
    return write(live)


def _replace_definition(change: _Change, live: Manifest) -> Manifest:
    version = mapping(live, "metadata").get("resourceVersion")
    whole = with_metadata(_named(change.inputs, live), resourceVersion=version)
    return change.session.cluster.replace(whole, change.manager, dry_run=change.preview)


def _take_over(change: _Change, live: Manifest) -> Manifest:
    """Move the fields of the creation, and of kubectl, to the manager of applies."""
    entries = moved_to(live, change.manager)
    return live if entries is None else change.session.cluster.set_managed_fields(live, entries)


def _give_up_old_manager(change: _Change, live: Manifest) -> None:
    """Fields of the manager before a new `pulumi.com/patchFieldManager` belong to the new one alone."""
    before = _manager(change.session, change.old.inputs, change.old)
    if change.session.options.server_side_apply and before != change.manager:
        relinquish(change.session, live, before)


def relinquish(session: Session, live: Manifest, manager: str) -> None:
    """Let a manager own nothing of an object any more; what nobody else owns falls to its default."""
    bare: Manifest = {
        "apiVersion": api_version(live),
        "kind": kind(live),
        "metadata": {
            key: value for key in ("name", "namespace") if (value := mapping(live, "metadata").get(key))
        },
    }
    session.cluster.apply(bare, manager, force=False, dry_run=False)
