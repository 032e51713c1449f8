"""Helm releases: requests of the engine handed to `helm`, and its answers handed back."""

import json
from collections.abc import Generator
from contextlib import contextmanager

from pulumi.runtime.proto import provider_pb2

from flotilla.sandbox.kubernetes.helm import HelmError, HelmRelease
from flotilla.sandbox.kubernetes.kinds import parse_urn
from flotilla.sandbox.kubernetes.manifest import text
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.reading import without_cluster
from flotilla.sandbox.kubernetes.secrecy import hide_like
from flotilla.sandbox.kubernetes.session import Session
from flotilla.sandbox.plugin.errors import OperationError, PartialError
from flotilla.sandbox.plugin.protocol import Properties, decode, encode, has_unknown


def check(session: Session, request: provider_pb2.CheckRequest) -> provider_pb2.CheckResponse:
    """Name the release, fill its inputs in, say what is wrong with them."""
    name = parse_urn(request.urn).logical_name
    with _told():
        old, new = decode(request.olds), decode(request.news)
        inputs, failures = _helm(session).check(name, old, new, request.randomSeed)
    reasons = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures]
    return provider_pb2.CheckResponse(inputs=encode(hide_like(inputs, new)), failures=reasons)


def diff(session: Session, request: provider_pb2.DiffRequest) -> provider_pb2.DiffResponse:
    """Which inputs differ. A release under the same name is deleted before its replacement is made."""
    old, new = decode(request.old_inputs), decode(request.news)
    changed, replaces = _helm(session).diff(old, new)
    ignored = {path.partition(".")[0].partition("[")[0] for path in request.ignoreChanges}
    changed = [key for key in changed if key not in ignored]
    replaces = [key for key in replaces if key not in ignored]
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if changed else none,
        diffs=changed,
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and _place(plain(old)) == _place(plain(new)),
    )


def create(session: Session, request: provider_pb2.CreateRequest) -> provider_pb2.CreateResponse:
    """Install a release."""
    inputs = decode(request.properties)
    if request.preview and (has_unknown(inputs) or session.reached is None):
        return provider_pb2.CreateResponse(properties=request.properties)
    with _told("/".join(_place(plain(inputs))), inputs):
        identity, outputs = _reached(session).create(
            inputs, preview=request.preview, timeout=request.timeout or None
        )
        return provider_pb2.CreateResponse(
            id="" if request.preview else identity, properties=encode(hide_like(outputs, inputs))
        )


def update(session: Session, request: provider_pb2.UpdateRequest) -> provider_pb2.UpdateResponse:
    """Upgrade a release."""
    inputs = decode(request.news)
    if request.preview and (has_unknown(inputs) or session.reached is None):
        return provider_pb2.UpdateResponse(properties=request.news)
    with _told(request.id, inputs):
        outputs = _reached(session).update(inputs, preview=request.preview, timeout=request.timeout or None)
        return provider_pb2.UpdateResponse(properties=encode(hide_like(outputs, inputs)))


def read(session: Session, request: provider_pb2.ReadRequest) -> provider_pb2.ReadResponse:
    """What helm knows of a release."""
    state, inputs = decode(request.properties), decode(request.inputs)
    if session.reached is None:
        kept = without_cluster(session, parse_urn(request.urn), state, inputs)
        return (
            provider_pb2.ReadResponse(
                id=request.id, properties=encode(kept.state), inputs=encode(kept.inputs)
            )
            if kept
            else provider_pb2.ReadResponse()
        )
    with _told():
        found = _helm(session).read(request.id, inputs or None)
    if found is None:
        return provider_pb2.ReadResponse()
    live_inputs, outputs = (hide_like(part, inputs) for part in found)
    return provider_pb2.ReadResponse(id=request.id, properties=encode(outputs), inputs=encode(live_inputs))


def delete(session: Session, request: provider_pb2.DeleteRequest) -> None:
    """Uninstall a release."""
    if session.reached is None and session.options.delete_unreachable:
        return
    with _told():
        _reached(session).delete(decode(request.properties), timeout=request.timeout or None)


def _helm(session: Session) -> HelmRelease:
    kubeconfig = json.dumps(session.kubeconfig.with_absolute_paths()) if session.kubeconfig else ""
    return HelmRelease(
        kubeconfig, None, session.namespace, cluster=session.reached, cancelled=session.cancelled
    )


def _reached(session: Session) -> HelmRelease:
    """Helm for a cluster that is there.

    Raises:
        UnreachableError: it is not.
    """
    _ = session.cluster
    return _helm(session)


def _place(inputs: dict[str, object]) -> tuple[str, str]:
    return text(inputs, "namespace"), text(inputs, "name")


@contextmanager
def _told(identity: str = "", inputs: Properties | None = None) -> Generator[None]:
    """Turn helm's failures into those of the provider."""
    try:
        yield
    except HelmError as error:
        if error.initialised is None:
            raise OperationError(str(error)) from error
        raise PartialError(
            str(error),
            identity=identity,
            properties=hide_like(error.initialised, inputs or {}),
            reasons=error.causes,
        ) from error
