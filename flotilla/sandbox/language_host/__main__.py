"""Start the language host: prints its port and serves until the engine ends.

The engine starts it as `pulumi-language-python [OPTIONS] ENGINE_ADDRESS`.
"""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from flotilla.sandbox.language_host.host import LanguageHost

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes of the largest gRPC message: what the Pulumi SDK itself allows."""


def main() -> int:
    """Serve one engine; return the exit code."""
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if len(addresses) != 1:
        print("usage: pulumi-language-python ENGINE_ADDRESS (the Pulumi engine starts this)", file=sys.stderr)
        return 2
    limits = [
        ("grpc.max_receive_message_length", MESSAGE_LIMIT),
        ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=16), options=limits)
    host = LanguageHost(addresses[0])
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    # The engine gives each plugin a process group of its own, so an interrupt here is its word to end.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    print(port, flush=True)
    engine = os.getppid()
    while os.getppid() == engine and not ended.wait(timeout=0.5):
        pass
    host.end()
    server.stop(grace=0).wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
