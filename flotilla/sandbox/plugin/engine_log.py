"""What the provider says to the user, through the engine, so that it stands beside the resource."""

import threading

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class EngineLog:
    """Messages and status texts for resources; without an engine's address they go nowhere."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None
        self._status: dict[str, str] = {}
        self._lock = threading.Lock()

    def note_warning(self, urn: str, text: str) -> None:
        """A warning that stays."""
        self._send(urn, engine_pb2.WARNING, text)

    def note(self, urn: str, text: str) -> None:
        """Something good to know that stays."""
        self._send(urn, engine_pb2.INFO, text)

    def status(self, urn: str, text: str) -> None:
        """What is going on right now: replaces the last such text; an empty one takes it away."""
        with self._lock:
            if self._status.get(urn, "") == text:
                return
            self._status[urn] = text
        self._send(urn, engine_pb2.INFO, text, ephemeral=True)

    def _send(
        self, urn: str, severity: engine_pb2.LogSeverity.ValueType, text: str, *, ephemeral: bool = False
    ) -> None:
        if self._engine is None:
            return
        message = engine_pb2.LogRequest(severity=severity, message=text, urn=urn, ephemeral=ephemeral)
        try:
            self._engine.Log(message)  # pyright: ignore[reportUnknownMemberType] (a type of grpc without stubs)
        except grpc.RpcError:
            self._engine = None  # the engine is gone, and nobody is left to read
