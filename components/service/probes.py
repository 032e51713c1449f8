"""The probes of a container."""

from components.service.manifest import Manifest
from components.service.ports import first_tcp_port
from components.types import Probe, Probes, ServiceSpec


def probes_of(spec: ServiceSpec) -> Probes:
    """A service's probes; where it says nothing, its first TCP port has to accept a connection."""
    if "probes" in spec:
        return spec["probes"]
    port = first_tcp_port(spec)
    return {"readiness": {"tcp": port}} if port else {}


def probe_manifests(probes: Probes) -> Manifest:
    """The probes as parts of a container."""
    asked = {
        "startupProbe": probes.get("startup"),
        "readinessProbe": probes.get("readiness"),
        "livenessProbe": probes.get("liveness"),
    }
    return {key: _probe(probe) for key, probe in asked.items() if probe is not None}


def _probe(probe: Probe) -> Manifest:
    timings = {
        "initialDelaySeconds": probe.get("initial_delay_seconds"),
        "periodSeconds": probe.get("period_seconds"),
        "timeoutSeconds": probe.get("timeout_seconds"),
        "successThreshold": probe.get("success_threshold"),
        "failureThreshold": probe.get("failure_threshold"),
    }
    return _handler(probe) | {key: int(value) for key, value in timings.items() if value is not None}


def _handler(probe: Probe) -> Manifest:
    if "grpc" in probe:
        return {"grpc": {"port": int(probe["grpc"])}}
    if "tcp" in probe:
        return {"tcpSocket": {"port": int(probe["tcp"])}}
    if "http" in probe:
        http = probe["http"]
        request: Manifest = {"path": http["path"], "port": int(http["port"])}
        if http.get("headers"):
            request["httpHeaders"] = [
                {"name": key, "value": value} for key, value in sorted(http.get("headers", {}).items())
            ]
        return {"httpGet": request}
    return {"exec": {"command": probe.get("exec", [])}}
