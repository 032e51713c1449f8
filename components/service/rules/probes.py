"""What is impossible in the probes of a container."""

from collections.abc import Iterator, Mapping

from components.errors import Path, Problem
from components.types import Probe, Probes


def probe_problems(probes: Probes, declared: Mapping[str, int], path: Path) -> Iterator[Problem]:
    """Problems of the probes of a container.

    Args:
        probes: Its probes.
        declared: Its ports.
        path: Where `probes` stands.
    """
    for kind in ("startup", "readiness", "liveness"):
        probe = probes.get(kind)
        if probe is not None:
            yield from _probe(kind, probe, declared, (*path, kind))


def _probe(kind: str, probe: Probe, declared: Mapping[str, int], path: Path) -> Iterator[Problem]:
    handlers = [handler for handler in ("grpc", "http", "tcp", "exec") if handler in probe]
    if len(handlers) != 1:
        what = (
            f"asks in {len(handlers)} ways: {', '.join(handlers)}" if handlers else "does not say what to ask"
        )
        yield Problem(path, what, "Give exactly one of grpc, http, tcp and exec.")
    asked: list[tuple[Path, int | None]] = [(("grpc",), probe.get("grpc")), (("tcp",), probe.get("tcp"))]
    if "http" in probe:
        asked.append((("http", "port"), probe["http"]["port"]))
        if not probe["http"]["path"].startswith("/"):
            yield Problem(
                (*path, "http", "path"), "does not start with /", f"Write /{probe['http']['path']}."
            )
    for where, port in asked:
        if port is not None and port not in declared.values():
            ports = ", ".join(f"{number} ({name})" for name, number in declared.items())
            cure = f"Ask one of {ports}, or declare it." if ports else "Declare it in ports."
            yield Problem((*path, *where), f"port {port} is not declared", cure)
    if probe.get("exec") == []:
        yield Problem(
            (*path, "exec"), "no command", "Give the command and its arguments, each an item of the list."
        )
    yield from _probe_timings(kind, probe, path)


def _probe_timings(kind: str, probe: Probe, path: Path) -> Iterator[Problem]:
    if probe.get("initial_delay_seconds", 0) < 0:
        yield Problem((*path, "initialDelaySeconds"), "is negative", "Give seconds, from 0.")
    timings = {
        "periodSeconds": probe.get("period_seconds", 1),
        "timeoutSeconds": probe.get("timeout_seconds", 1),
        "successThreshold": probe.get("success_threshold", 1),
        "failureThreshold": probe.get("failure_threshold", 1),
    }
    for key, value in timings.items():
        if value < 1:
            yield Problem((*path, key), f"{value} is too little", "Give at least 1.")
    if kind != "readiness" and probe.get("success_threshold", 1) > 1:
        yield Problem((*path, "successThreshold"), f"must be 1 for a {kind} probe", "Remove it.")
