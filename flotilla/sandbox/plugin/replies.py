"""Failures in the form of the engine's protocol."""

import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import grpc
from google.protobuf import any_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from flotilla.sandbox.plugin.errors import OperationError, PartialError
from flotilla.sandbox.plugin.protocol import encode

PROPERTY_DIFFS: Final = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
"""What the engine calls a difference, by its kind and whether it replaces."""

_DETAILS: Final = "grpc-status-details-bin"


@contextmanager
def told_to_engine(
    context: grpc.ServicerContext, provider: str, *for_users: type[Exception]
) -> Generator[None]:
    """Turn what goes wrong inside into the engine's kinds of failures.

    An object that is there but not ready goes with its state, so that the engine keeps it.

    Args:
        context: The request's.
        provider: What the provider is called where it has made a mistake itself.
        for_users: Failures besides `OperationError` whose text is for the user as it stands.
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
    except (OperationError, *for_users) as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    except Exception as error:  # noqa: BLE001 (a mistake of ours must not leave the engine without an answer)
        traceback.print_exc(file=sys.stderr)
        context.abort(grpc.StatusCode.INTERNAL, f"{provider} failed: {error!r}")


def _init_failed(error: PartialError) -> provider_pb2.ErrorResourceInitFailed:
    return provider_pb2.ErrorResourceInitFailed(
        id=error.identity,
        properties=encode(error.properties),
        reasons=error.reasons,
        inputs=encode(error.inputs) if error.inputs is not None else None,
    )
