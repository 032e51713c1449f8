"""Ports on the loopback interface."""

import secrets
import socket
from collections.abc import Collection, Mapping

RANGE = range(20000, 30000)
"""Below the ports systems give to outgoing connections, and below Kubernetes' node ports."""


def is_free(port: int) -> bool:
    """Whether nobody listens on a port."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def choose(names: Collection[str], before: Mapping[str, int], reserved: Collection[int]) -> dict[str, int]:
    """A port for each name: the one it had before if that is free, else another free one.

    `reserved` are ports that others will want back and that are not taken for new ones.
    """
    chosen: dict[str, int] = {}
    for name, port in before.items():
        if name in names and port not in chosen.values() and is_free(port):
            chosen[name] = port
    used = {*reserved, *chosen.values()}
    shuffled = secrets.SystemRandom().sample(RANGE, len(RANGE))
    others = (port for port in shuffled if port not in used and is_free(port))
    return {name: chosen[name] if name in chosen else next(others) for name in names}
