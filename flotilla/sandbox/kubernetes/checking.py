"""Check: inputs as the program gives them become inputs as the state keeps them."""

from flotilla.sandbox.kubernetes.kinds import Resource, removal
from flotilla.sandbox.kubernetes.manifest import Manifest, annotations, api_version, dig, kind
from flotilla.sandbox.kubernetes.naming import (
    Autonaming,
    adopt_name,
    find_name,
    is_generated,
    is_managed_by_pulumi,
    is_named,
    mark_managed,
    with_metadata,
)
from flotilla.sandbox.kubernetes.normalisation import normalise
from flotilla.sandbox.kubernetes.properties import plain
from flotilla.sandbox.kubernetes.secrecy import hide_like
from flotilla.sandbox.kubernetes.session import Session
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Properties, Unknown

_HOOK = "helm.sh/hook"
_TEST_HOOKS = ("test", "test-success", "test-failure")


def check(
    session: Session,
    resource: Resource,
    old: Properties,
    new: Properties,
    *,
    seed: bytes = b"",
    autonaming: Autonaming | None = None,
) -> Properties:
    """The inputs of a resource, normalised, named and placed. `old` are those of the state, if there is one.

    Raises:
        OperationError: such an object cannot be made.
    """
    if session.unreachable and session.options.skip_update_unreachable and old:
        session.log.note_warning(
            resource.urn, "the cluster is unreachable and skipUpdateUnreachable is set: nothing is changed"
        )
        return old
    if resource.is_list:
        raise OperationError(
            f"{resource.type_name}: list resources exist so that manifests and charts can hold them, and "
            "cannot be created. Create the objects in it instead."
        )
    inputs = _kind_filled_in(plain(new), resource)
    _refuse_patches(session, resource, inputs)
    inputs = normalise(inputs, session.schemas)
    before = plain(old)
    inputs = find_name(adopt_name(inputs, before), resource.logical_name, seed, autonaming)
    inputs = _marked(session, inputs, before)
    _warn(session, resource, inputs)
    inputs = _placed(session, inputs)
    session.note_definition(inputs)
    return hide_like(inputs, new)


def _kind_filled_in(inputs: Manifest, resource: Resource) -> Manifest:
    return {"apiVersion": resource.api_version, "kind": resource.type_name, **inputs}


def _refuse_patches(session: Session, resource: Resource, inputs: Manifest) -> None:
    if not resource.is_patch(inputs):
        return
    if not session.options.server_side_apply:
        raise OperationError(
            f"{resource.type_name}: patch resources require server-side apply: set the provider's option "
            "`enableServerSideApply`"
        )
    if not is_named(inputs):
        raise OperationError(
            f"{resource.type_name}: patch resources require the `.metadata.name` field to be set"
        )


def _marked(session: Session, inputs: Manifest, old: Manifest) -> Manifest:
    """The inputs with the label of client-side apply: on new objects, and where it has been before."""
    client_side = not session.options.server_side_apply
    if is_managed_by_pulumi(old) if old else client_side:
        inputs = mark_managed(inputs)
    if is_generated(inputs) and not client_side:
        raise OperationError(
            "the `.metadata.generateName` field is not supported in server-side apply mode: leave both name "
            "and generateName out for an automatic name"
        )
    return inputs


def _placed(session: Session, inputs: Manifest) -> Manifest:
    namespace = dig(inputs, "metadata", "namespace")
    if isinstance(namespace, Unknown) or namespace:
        return inputs
    if not session.namespaced(api_version(inputs), kind(inputs)):
        return inputs
    return with_metadata(inputs, namespace=session.namespace)


def _warn(session: Session, resource: Resource, inputs: Manifest) -> None:
    gone = removal(api_version(inputs), kind(inputs), session.version)
    if gone:
        session.log.note_warning(resource.urn, gone)
    hooks = annotations(inputs).get(_HOOK, "")
    if hooks and hooks.strip() not in _TEST_HOOKS and not session.options.suppress_hook_warnings:
        session.log.note_warning(
            resource.urn,
            f"this object is a Helm hook ({hooks}); it is created like any other and not run as a hook. "
            "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS=true silences this warning.",
        )
