"""Fields that other managers own: whether an apply takes them, and what to say if it may not."""

from flotilla.sandbox.kubernetes.errors import ApiError
from flotilla.sandbox.kubernetes.managers import created_by_us
from flotilla.sandbox.kubernetes.manifest import PATCH_FORCE, Manifest, dig, is_true
from flotilla.sandbox.kubernetes.options import Options


def force(options: Options, inputs: Manifest, live: Manifest | None, *, preview: bool) -> bool:
    """By the object's annotation, else by option, else never.

    A preview is forced where the real update will have moved the fields of the creation first, and where
    there is no object to be in conflict with. An object of which nobody owns anything is taken as a whole.
    """
    if is_true(inputs, PATCH_FORCE):
        return True
    if options.force is not None:
        return options.force
    if live is None:
        return preview
    return (preview and created_by_us(live)) or not dig(live, "metadata", "managedFields")


def conflict_text(error: ApiError, manager: str) -> str:
    """What to say of a refused apply by a manager."""
    if not error.conflict:
        return str(error)
    return (
        f'the field manager "{manager}" met an apply conflict: {error}. '
        "Leave the fields to their manager (ignoreChanges), or take them with the annotation "
        "pulumi.com/patchForce or the provider's option enablePatchForce."
    )
