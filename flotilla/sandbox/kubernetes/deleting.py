"""Delete: take an object away and wait until it is gone."""

from flotilla.sandbox.kubernetes import checkpoint
from flotilla.sandbox.kubernetes.awaiting import propagation_policy, wait_until_gone
from flotilla.sandbox.kubernetes.checkpoint import Checkpoint
from flotilla.sandbox.kubernetes.errors import ApiError, NoMatchError
from flotilla.sandbox.kubernetes.kinds import Resource
from flotilla.sandbox.kubernetes.manifest import Manifest, identity
from flotilla.sandbox.kubernetes.naming import manager_name, split_identity, with_metadata
from flotilla.sandbox.kubernetes.session import ONCE_DELETED, Session
from flotilla.sandbox.kubernetes.updating import relinquish
from flotilla.sandbox.plugin.errors import OperationError, PartialError
from flotilla.sandbox.plugin.protocol import Properties


def delete(
    session: Session, resource: Resource, object_id: str, state: Properties, *, timeout: float | None
) -> None:
    """Delete an object; one that is gone already is fine. A patch gives its fields back instead.

    Raises:
        OperationError: it is still there.
        PartialError: it is being deleted and does not go.
    """
    if session.reached is None:
        _unreachable(session, resource)
        return
    old = checkpoint.read(state)
    live = with_metadata(old.live, name=split_identity(object_id)[1])
    manager = manager_name(old.inputs, old.manager, server_side=session.options.server_side_apply)
    try:
        if resource.is_patch(old.inputs):
            _give_back(session, live, manager)
            return
        session.reached.delete(live, propagation_policy(old.inputs))
    except NoMatchError:
        return
    except ApiError as error:
        if error.not_found or (error.forbidden and _let_go(session, resource, live, manager)):
            return
        raise OperationError(str(error)) from error
    outcome = wait_until_gone(
        session.reached,
        live,
        timeout_seconds=timeout,
        cancelled=session.cancelled,
        report=lambda text: session.log.status(resource.urn, text),
    )
    session.log.status(resource.urn, "")
    session.definition_changed(old.inputs)
    if outcome.problems:
        raise PartialError(
            outcome.sentence,
            identity=identity(live),
            properties=checkpoint.write(
                Checkpoint(old.inputs, outcome.live, old.initial_api_version, old.manager), state
            ),
            reasons=outcome.problems,
        )


def _let_go(session: Session, resource: Resource, live: Manifest, manager: str) -> bool:
    """Leave an object that may not be deleted, such as the namespace `default`, to its other managers."""
    if not session.options.server_side_apply:
        return False
    try:
        relinquish(session, live, manager)
    except ApiError:
        return False
    session.log.note(
        resource.urn, f"{identity(live)} may not be deleted: it stays, and its fields are given up"
    )
    return True


def _give_back(session: Session, live: Manifest, manager: str) -> None:
    try:
        session.cluster.read(live)  # an apply would make what is gone
        relinquish(session, live, manager)
    except ApiError as error:
        field = error.required_field()
        if field is None:
            raise
        raise OperationError(
            f"this Patch resource is the only manager of {field}, which the object cannot be without, so it "
            "can't be deleted. Set the `retainOnDelete` resource option, or let another manager own it first."
        ) from error


def _unreachable(session: Session, resource: Resource) -> None:
    session.log.note_warning(
        resource.urn, f"configured Kubernetes cluster is unreachable: {session.unreachable}"
    )
    if session.options.delete_unreachable:
        session.log.note(resource.urn, "deleteUnreachable is set: the resource leaves the state")
        return
    raise OperationError(f"configured Kubernetes cluster is unreachable. {ONCE_DELETED}")
