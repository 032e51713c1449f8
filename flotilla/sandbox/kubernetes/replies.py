"""Answers and failures in the form of the engine's protocol."""

import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from flotilla.sandbox.kubernetes.diff import Change
from flotilla.sandbox.kubernetes.differing import Plan
from flotilla.sandbox.kubernetes.errors import (
    ApiError,
    NoMatchError,
    OperationError,
    PartialError,
    UnreachableError,
)
from flotilla.sandbox.kubernetes.protocol import encode

_FOR_USERS: Final = (ApiError, NoMatchError, OperationError, UnreachableError)
_DETAILS: Final = "grpc-status-details-bin"

_KINDS: Final = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


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
    return provider_pb2.PropertyDiff(kind=_KINDS[change.kind, change.replace], inputDiff=change.inputs_only)


@contextmanager
def told_to_engine(context: grpc.ServicerContext) -> Generator[None]:
    """Turn what goes wrong inside into the engine's kinds of failures.

    An object that is there but not ready goes with its state, so that the engine keeps it.
    """
    try:
        yield
    except PartialError as error:
        detail = any_pb2.Any()
        detail.Pack(_init_failed(error))
        code: int = grpc.StatusCode.UNKNOWN.value[0]
        status = status_pb2.Status(code=code, message=str(error), details=[detail])
        context.set_trailing_metadata(((_DETAILS, status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except _FOR_USERS as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:  # noqa: BLE001 (a mistake of ours must not leave the engine without an answer)
        traceback.print_exc(file=sys.stderr)
        context.abort(grpc.StatusCode.INTERNAL, f"the sandbox Kubernetes provider failed: {error!r}")


def _init_failed(error: PartialError) -> provider_pb2.ErrorResourceInitFailed:
    return provider_pb2.ErrorResourceInitFailed(
        id=error.identity,
        properties=encode(error.properties),
        reasons=error.reasons,
        inputs=encode(error.inputs) if error.inputs is not None else None,
    )
