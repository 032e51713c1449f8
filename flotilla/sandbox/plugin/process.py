"""The life of a provider's process: it says its port, serves, and ends when nobody needs it any more."""

import os
import signal
import socket
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

WORKERS: Final = 256
"""Requests at once: each resource that waits holds one."""
LARGEST_MESSAGE: Final = 400 * 1024 * 1024
"""Bytes, as in the engine (sdk/go/common/util/rpcutil)."""
LOOK_SECONDS: Final = 2.0
"""How often the process looks whether its engine is still there."""
MISSES: Final = 3
"""How often the engine may be missed before it counts as gone."""


def serve(provider: provider_pb2_grpc.ResourceProviderServicer, engine_address: str) -> None:
    """Let a provider serve the engine at this address until it ends, or a signal does.

    Prints the port, and nothing else.
    """
    done = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        done.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    limits = [
        ("grpc.max_receive_message_length", LARGEST_MESSAGE),
        ("grpc.max_send_message_length", LARGEST_MESSAGE),
    ]
    # The Kubernetes client writes keys to temporary files, and the exit below would leave them there.
    private = tempfile.TemporaryDirectory(prefix="flotilla-")
    tempfile.tempdir = private.name
    server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=limits)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=_watch_engine, args=(engine_address, done), daemon=True).start()
    done.wait()
    server.stop(None)
    private.cleanup()
    # Requests that still wait would hold the interpreter until their objects are ready.
    os._exit(0)


def _watch_engine(address: str, done: threading.Event) -> None:
    """End when the parent or the engine has gone: killed, it cannot say so."""
    parent, missed = os.getppid(), 0
    while missed < MISSES and os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
        missed = 0 if not address or _answers(address) else missed + 1
    done.set()


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=LOOK_SECONDS):
            return True
    except OSError:
        return False
