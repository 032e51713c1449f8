"""Answers and failures in the form of the engine's protocol."""

from contextlib import AbstractContextManager

import grpc
from pulumi.runtime.proto import provider_pb2

from flotilla.sandbox.kubernetes.diff import Change
from flotilla.sandbox.kubernetes.differing import Plan
from flotilla.sandbox.kubernetes.errors import ApiError, NoMatchError, UnreachableError
from flotilla.sandbox.plugin import replies


def plan_reply(plan: Plan) -> provider_pb2.DiffResponse:
    """The answer to Diff."""
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if plan.changes else provider_pb2.DiffResponse.DIFF_NONE,
        replaces=plan.replaces,
        deleteBeforeReplace=plan.delete_first,
        detailedDiff={path: _property_diff(change) for path, change in plan.differences.changes.items()},
        hasDetailedDiff=True,
    )


def _property_diff(change: Change) -> provider_pb2.PropertyDiff:
    return provider_pb2.PropertyDiff(
        kind=replies.PROPERTY_DIFFS[change.kind, change.replace], inputDiff=change.inputs_only
    )


def told_to_engine(context: grpc.ServicerContext) -> AbstractContextManager[None]:
    """Turn what goes wrong inside into the engine's kinds of failures."""
    return replies.told_to_engine(
        context, "the sandbox Kubernetes provider", ApiError, NoMatchError, UnreachableError
    )
