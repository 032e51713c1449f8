"""Create: make an object, or say what the server would make of it."""

from typing import Final

from flotilla.sandbox.kubernetes import checkpoint
from flotilla.sandbox.kubernetes.awaiting import misread
from flotilla.sandbox.kubernetes.errors import INVALID, ApiError, NoMatchError
from flotilla.sandbox.kubernetes.forcing import conflict_text, force
from flotilla.sandbox.kubernetes.kinds import Resource, removal
from flotilla.sandbox.kubernetes.manifest import (
    SKIP_AWAIT,
    Manifest,
    api_version,
    identity,
    is_true,
    kind,
    name,
)
from flotilla.sandbox.kubernetes.naming import manager_name
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.session import Session
from flotilla.sandbox.plugin.errors import OperationError, PartialError
from flotilla.sandbox.plugin.protocol import Properties, has_unknown

PAUSES: Final = (1, 2, 4, 8, 16, 32)
"""Seconds between tries while the namespace or the definition of an object is not there."""


def create(
    session: Session, resource: Resource, properties: Properties, *, preview: bool, timeout: float | None
) -> tuple[str, Properties]:
    """The id and state of a new object. In a preview: no id, and what a dry run gives, if one can be made.

    Raises:
        OperationError: it was not made.
        PartialError: it was made and is not ready.
        UnreachableError: there is no cluster.
    """
    inputs = plain(properties)
    if preview and not _can_be_tried(session, resource, inputs):
        return "", properties
    manager = manager_name(inputs, None, server_side=session.options.server_side_apply)
    try:
        live = _submit_patiently(session, resource, inputs, manager, preview=preview)
    except ApiError as error:
        if preview and _says_nothing_of_the_update(error):
            return "", properties
        raise OperationError(_refused(resource, inputs, error, manager)) from error
    except NoMatchError as error:
        raise OperationError(_unknown_kind(session, resource, inputs, error)) from error

    def state(obj: Manifest) -> Properties:
        return checkpoint.write(checkpoint.Checkpoint(inputs, obj, api_version(inputs), manager), properties)

    if preview:
        return "", state({key: value for key, value in live.items() if key != "status"})
    session.definition_changed(inputs)
    if not is_true(inputs, SKIP_AWAIT) and (why := misread(live)):
        # The real provider forgets an object that it has made but does not know how to wait for.
        raise OperationError(_creation_failed(resource, why))
    outcome = session.wait_until_ready(resource, live, inputs, timeout)
    if outcome.problems:
        raise PartialError(
            f'resource "{resource.urn}" was successfully created, but the Kubernetes API server reported '
            f"that it failed to fully initialize or become live: {outcome.sentence}",
            identity=identity(live),
            properties=state(outcome.live),
            reasons=outcome.problems,
        )
    return identity(live), state(outcome.live)


def _can_be_tried(session: Session, resource: Resource, inputs: Manifest) -> bool:
    return (
        session.options.server_side_apply
        and not has_unknown(inputs)
        and not resource.is_patch(inputs)
        and session.knows(inputs)
    )


def _says_nothing_of_the_update(error: ApiError) -> bool:
    """Whether a dry run failed for a reason that may be gone by then."""
    replaced_in_place = error.code == INVALID and "field is immutable" in str(error)
    return error.forbidden or error.already_exists or error.namespace_not_found or replaced_in_place


def _submit_patiently(
    session: Session, resource: Resource, inputs: Manifest, manager: str, *, preview: bool
) -> Manifest:
    """Make the object; where what it needs is not there yet, try again for a while."""
    for number, pause in enumerate(PAUSES, 1):
        try:
            return _submit(session, resource, inputs, manager, preview=preview)
        except (ApiError, NoMatchError) as error:
            missing = isinstance(error, NoMatchError) or error.not_found
            if preview or not missing or removal(api_version(inputs), kind(inputs), session.version):
                raise
            session.log.status(resource.urn, f"creation failed, try {number} of {len(PAUSES)}: {error}")
            if session.cancelled.wait(pause):
                raise
    return _submit(session, resource, inputs, manager, preview=preview)


def _submit(
    session: Session, resource: Resource, inputs: Manifest, manager: str, *, preview: bool
) -> Manifest:
    cluster = session.cluster
    upsert = session.options.upsert and session.options.server_side_apply
    if not resource.is_patch(inputs) and not upsert:
        return cluster.create(inputs, dry_run=preview)
    forced = force(session.options, inputs, None, preview=preview)
    return cluster.apply(inputs, manager, force=forced, dry_run=preview)


def _creation_failed(resource: Resource, cause: str) -> str:
    return f'resource "{resource.urn}" was not successfully created by the Kubernetes API server: {cause}'


def _refused(resource: Resource, inputs: Manifest, error: ApiError, manager: str) -> str:
    cause = conflict_text(error, manager)
    if error.already_exists:
        cause += (
            f". To take it over, import it (import: {identity(inputs)}) or set the provider's option "
            f"upsertExistingObjects; to change some fields only, use {kind(inputs)}Patch; if "
            f"{name(inputs)} is an object of this stack under a new logical name, give it an alias"
        )
    return _creation_failed(resource, cause)


def _unknown_kind(session: Session, resource: Resource, inputs: Manifest, error: NoMatchError) -> str:
    gone = removal(api_version(inputs), kind(inputs), session.version)
    if gone:
        return _creation_failed(resource, gone)
    return (
        f'creation of resource "{resource.urn}" with kind {api_version(inputs)}/{kind(inputs)} failed '
        "because the Kubernetes API server reported that the apiVersion for this resource does not exist. "
        f"Verify that any required CRDs have been created: {error}"
    )
