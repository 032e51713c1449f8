"""What types cannot say of a service: rules, each a function that yields problems."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain

from components.errors import Path, Problem, listing, nearest
from components.naming import is_dns_label, is_port_name, is_variable
from components.service.container_rules import container_problems, empty_dir_problems
from components.service.discovery import service_ports
from components.types import Probe, ServiceSpec, ServiceType

MAX_PORT = 65535
MAX_FILES_BYTES = 1024 * 1024
"""Most bytes of a ConfigMap (Kubernetes, "ConfigMaps")."""

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""A tag, by the OCI distribution specification."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def service_problems(name: str, spec: ServiceSpec) -> list[Problem]:
    """Everything that is impossible in a service, each problem with its path inside of the service."""
    return list(
        chain(
            _release(spec),
            _ports(spec),
            _probes(spec),
            _containers(name, spec),
            _secrets(spec),
            _files(spec),
            _volumes(spec),
            _numbers(spec),
            _uses(name, spec),
        )
    )


def _release(spec: ServiceSpec) -> Iterator[Problem]:
    if not _TAG.fullmatch(spec["release"]):
        yield Problem(
            ("release",),
            f'"{spec["release"]}" is not a tag of an image',
            "A tag has letters, digits, dots, dashes and underscores, at most 128.",
        )
    if "digest" in spec and not _DIGEST.fullmatch(spec["digest"]):
        yield Problem(
            ("digest",),
            f'"{spec["digest"]}" is not a digest',
            "A digest is sha256: and 64 digits of 0-9 and a-f, as the registry tells it.",
        )


def _ports(spec: ServiceSpec) -> Iterator[Problem]:
    ports = spec.get("ports", {})
    for name in ports:
        if not is_port_name(name):
            yield Problem(
                ("ports", name),
                f'"{name}" cannot name a port',
                "Use at most 15 of a-z, 0-9 and -, with a letter, such as grpc or http-admin.",
            )
    yield from _port_numbers(ports, ("ports",))
    changed = spec.get("service_ports", {})
    for name in changed:
        if name not in ports:
            cure = f"Name one of ports: {listing(ports)}." if ports else "Declare it in ports."
            yield Problem(("servicePorts", name), "no port of this name", cure, nearest(name, ports))
    yield from _port_numbers(changed, ("servicePorts",))
    if not _clashes(changed) and not _clashes(ports):
        for first, second, port in _clashes(service_ports(spec)):
            at = second if second in changed else first
            yield Problem(
                ("servicePorts", at),
                f"{first} and {second} are both port {port} of the Kubernetes Service",
                "Give each a port of its own.",
            )
    if spec.get("static_address") and spec.get("service_type") != ServiceType.LOAD_BALANCER:
        cure = "Add serviceType: LoadBalancer, or remove it."
        yield Problem(("staticAddress",), "needs a load balancer, which alone has such an address", cure)
    if spec.get("service_type") == ServiceType.LOAD_BALANCER and not ports:
        yield Problem(
            ("serviceType",),
            "a load balancer for a service without ports",
            "Declare its ports in the catalog.",
        )


def _port_numbers(ports: Mapping[str, int], path: Path) -> Iterator[Problem]:
    for name, port in ports.items():
        if not 0 < port <= MAX_PORT:
            yield Problem((*path, name), f"{port} is not a port", f"Choose one of 1 to {MAX_PORT}.")
    for first, second, port in _clashes(ports):
        yield Problem(
            (*path, second), f"{port} is already the port of {first}", "Give each a port of its own."
        )


def _clashes(ports: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Names that have the same port: the first, a later one, the port."""
    owners: dict[int, str] = {}
    return [
        (owners[port], name, port) for name, port in ports.items() if owners.setdefault(port, name) != name
    ]


def _probes(spec: ServiceSpec) -> Iterator[Problem]:
    probes = spec.get("probes", {})
    declared = spec.get("ports", {})
    for kind in ("startup", "readiness", "liveness"):
        probe = probes.get(kind)
        if probe is not None:
            yield from _probe(kind, probe, declared)


def _probe(kind: str, probe: Probe, declared: Mapping[str, int]) -> Iterator[Problem]:
    path = ("probes", kind)
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


def _containers(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    given = {*spec.get("addresses", {}), *spec.get("secrets", [])}
    image = spec.get("image", "")
    if _is_pinned(image):
        yield Problem(
            ("image",),
            "holds a tag or digest",
            "Leave it out: environments say it, as release and digest in flotilla:services.",
        )
    yield from container_problems(spec, given, ())
    for key, container in spec.get("init_containers", {}).items():
        path = ("initContainers", key)
        if not is_dns_label(key) or key == name:
            yield Problem(path, f'"{key}" cannot name it', "Use a-z, 0-9 and -, and not the service's name.")
        if "image" in container and not _is_pinned(container["image"]):
            yield Problem((*path, "image"), "no tag or digest", f"Write which one: {container['image']}:TAG.")
        yield from container_problems(container, given, path)


def _is_pinned(image: str) -> bool:
    """Whether an image says its tag or digest."""
    return "@" in image or ":" in image.rpartition("/")[2]


def _secrets(spec: ServiceSpec) -> Iterator[Problem]:
    secrets = spec.get("secrets", [])
    for index, secret in enumerate(secrets):
        path = ("secrets", index)
        if not is_variable(secret):
            yield Problem(
                path, f'"{secret}" cannot name an environment variable', "Use letters, digits and _."
            )
        if secret in secrets[:index]:
            yield Problem(path, f"{secret} stands here twice", "Keep one.")
        if secret in spec.get("env", {}):
            yield Problem(
                path, f"{secret} is in env too", "Keep it in one of the two; nothing secret belongs in env."
            )


def _files(spec: ServiceSpec) -> Iterator[Problem]:
    files = spec.get("files", {})
    for path in files:
        if not path.startswith("/") or path.endswith("/") or {"", ".", ".."} & set(path[1:].split("/")):
            yield Problem(
                ("files", path),
                "not an absolute path of a file",
                "Write it from /, such as /etc/shop/app.ini.",
            )
    size = sum(len(content.encode()) for content in files.values())
    if size > MAX_FILES_BYTES:
        yield Problem(
            ("files",),
            f"{size} bytes of files",
            f"A ConfigMap holds {MAX_FILES_BYTES}: put them into the image.",
        )


def _volumes(spec: ServiceSpec) -> Iterator[Problem]:
    mounted: dict[str, str] = dict.fromkeys(spec.get("files", {}), "a file")
    for name, volume in spec.get("volumes", {}).items():
        path = ("volumes", name)
        mount_path = volume["mount_path"]
        if not is_dns_label(name):
            yield Problem(path, f'"{name}" cannot name a volume', "Use a-z, 0-9 and -, at most 63.")
        if not mount_path.startswith("/") or ":" in mount_path:
            yield Problem((*path, "mountPath"), "not an absolute path", "Write it from /, such as /data.")
        if mount_path in mounted:
            yield Problem(
                (*path, "mountPath"), f"{mount_path} is taken by {mounted[mount_path]}", "Choose another."
            )
        mounted[mount_path] = f"volume {name}"
        if "empty_dir" not in volume:
            yield Problem(path, "does not say what it is", "Add emptyDir: {}.")
            continue
        yield from empty_dir_problems(volume["empty_dir"], (*path, "emptyDir"))


def _numbers(spec: ServiceSpec) -> Iterator[Problem]:
    security = spec.get("security", {})
    numbers = {
        ("replicas",): spec.get("replicas", 0),
        ("terminationGracePeriodSeconds",): spec.get("termination_grace_period_seconds", 0),
        ("security", "runAsUser"): security.get("run_as_user", 0),
        ("security", "runAsGroup"): security.get("run_as_group", 0),
    }
    for path, number in numbers.items():
        if number < 0:
            yield Problem(path, f"{number} is negative", "Give a number from 0.")


def _uses(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    uses = spec.get("uses", [])
    for index, used in enumerate(uses):
        if used == name:
            yield Problem(("uses", index), "a service need not use itself", "Remove it.")
        if used in uses[:index]:
            yield Problem(("uses", index), f"{used} stands here twice", "Keep one.")
