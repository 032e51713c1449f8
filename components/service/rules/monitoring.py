"""What is impossible in how a service is watched, and in names that only hosts and registries know."""

import re
from collections.abc import Iterator

from components.errors import Problem, listing, nearest
from components.naming import is_label_key, is_object_name
from components.networks import is_address
from components.service.monitoring import metrics_ports
from components.service.ports import protocol_of
from components.service.rules.numbers import range_problems
from components.types import Protocol, ServiceSpec

_ADDRESS = re.compile(r"https?://\S+")
_HOST = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


def monitoring_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of metrics and links."""
    for name, address in spec.get("links", {}).items():
        if not _ADDRESS.fullmatch(address):
            yield Problem(("links", name), f'"{address}" is no address', "Write it from https://.")
        if not is_label_key(name) or "/" in name:
            yield Problem(("links", name), f'"{name}" cannot name a link', "Use letters, digits, -, _ and .")
    if "metrics" not in spec:
        return
    metrics, ports = spec["metrics"], metrics_ports(spec)
    if metrics["port"] not in ports:
        cure = f"Name one of {listing(ports)}." if ports else "Declare it in ports."
        meant = nearest(metrics["port"], ports)
        yield Problem(("metrics", "port"), f"{metrics['port']} is no port of any container", cure, meant)
    elif protocol_of(metrics["port"]) == Protocol.UDP:
        yield Problem(("metrics", "port"), "is UDP; metrics are read by HTTP", "Name another port.")
    if not metrics.get("path", "/").startswith("/"):
        yield Problem(("metrics", "path"), "does not start with /", f"Write /{metrics.get('path')}.")
    yield from range_problems({"intervalSeconds": metrics.get("interval_seconds")}, ("metrics",), 1)
    if "interval_seconds" in metrics and not metrics.get("pod_monitor"):
        cure = "Add podMonitor: true, or remove it."
        yield Problem(("metrics", "intervalSeconds"), "only a PodMonitor says it", cure)


def host_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of host aliases and registry credentials."""
    for address, names in spec.get("host_aliases", {}).items():
        path = ("hostAliases", address)
        if not is_address(address):
            yield Problem(path, f'"{address}" is no IP address', "Write it as 192.0.2.10 or 2001:db8::10.")
        if not names:
            yield Problem(path, "names nothing", "Give host names, or remove it.")
        for index, name in enumerate(names):
            if not _HOST.fullmatch(name):
                yield Problem((*path, index), f'"{name}" is no host name', "Use a-z, 0-9, - and .")
    for index, name in enumerate(spec.get("image_pull_secrets", [])):
        if not is_object_name(name):
            yield Problem(
                ("imagePullSecrets", index), f'"{name}" cannot name a Secret', "Use a-z, 0-9 and -."
            )
