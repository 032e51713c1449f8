"""Ports on the loopback interface."""

import secrets
import socket
from collections.abc import Collection, Iterable, Mapping

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


def choose(names: Iterable[str], before: Mapping[str, int], reserved: Collection[int]) -> dict[str, int]:
    """A port for each name: the one it had before if that is free, else another free one.

    `reserved` are ports that others will want back and that are not taken for new ones.
    """
    chosen = {name: before[name] for name in names if name in before and is_free(before[name])}
    shuffled = iter(secrets.SystemRandom().sample(RANGE, len(RANGE)))
    for name in names:
        if name not in chosen:
            used = {*reserved, *chosen.values()}
            chosen[name] = next(port for port in shuffled if port not in used and is_free(port))
    return chosen
