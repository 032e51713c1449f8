"""The containers of a service's pods."""

import string
from collections.abc import Mapping

from components.service.manifest import Manifest
from components.service.references import in_order_of_use
from components.types import Container, Probe, Probes, Security, ServiceSpec

FILES_VOLUME = "files"
"""The volume of a service's configuration files, beside the ones it names itself."""
RUN_AS = 1000
"""User and group of the processes unless a service says otherwise: any but root."""


def image_of(name: str, spec: ServiceSpec) -> str:
    """The image of a release, by its digest too once that is known."""
    reference = f"{spec.get('image', name)}:{spec['release']}"
    return f"{reference}@{spec['digest']}" if "digest" in spec else reference


def main_container(name: str, spec: ServiceSpec, secret: object) -> Manifest:
    """The container with the service itself.

    Args:
        name: The service.
        spec: What it is.
        secret: Name of the Secret with the values of `secrets`; None if there are none.
    """
    ports = spec.get("ports", {})
    container = _container(name, image_of(name, spec), spec, spec, secret)
    if ports:
        container["ports"] = [
            {"name": port, "containerPort": int(number), "protocol": "TCP"}
            for port, number in sorted(ports.items())
        ]
    return container | _probes(spec.get("probes", {}))


def init_containers(name: str, spec: ServiceSpec, secret: object) -> list[Manifest]:
    """The containers that run before it, in the order of their names."""
    return [
        _container(key, container.get("image", image_of(name, spec)), container, spec, secret)
        for key, container in sorted(spec.get("init_containers", {}).items())
    ]


def _container(name: str, image: str, container: Container, spec: ServiceSpec, secret: object) -> Manifest:
    manifest: Manifest = {
        "name": name,
        "image": image,
        "securityContext": _security(spec.get("security", {})),
    }
    if "command" in container:
        manifest["command"] = container["command"]
    if "args" in container:
        manifest["args"] = container["args"]
    if env := _env(container.get("env", {}), spec, secret):
        manifest["env"] = env
    if "resources" in container:
        manifest["resources"] = container["resources"]
    if mounts := _mounts(spec):
        manifest["volumeMounts"] = mounts
    return manifest


def _env(own: Mapping[str, str], spec: ServiceSpec, secret: object) -> list[Manifest]:
    """Addresses and secrets come first, so that a container's own variables can refer to them."""
    addresses = [
        (name, value) for name, value in sorted(spec.get("addresses", {}).items()) if name not in own
    ]
    secrets = [
        (name, {"secretKeyRef": {"name": secret, "key": name}}) for name in sorted(spec.get("secrets", []))
    ]
    return [
        *({"name": name, "value": value} for name, value in addresses),
        *({"name": name, "valueFrom": source} for name, source in secrets if name not in own),
        *({"name": name, "value": value} for name, value in in_order_of_use(own)),
    ]


def _mounts(spec: ServiceSpec) -> list[Manifest]:
    volumes = sorted(spec.get("volumes", {}).items())
    mounts: list[Manifest] = [{"name": name, "mountPath": volume["mount_path"]} for name, volume in volumes]
    files: list[Manifest] = [
        {"name": FILES_VOLUME, "mountPath": path, "subPath": file_key(path), "readOnly": True}
        for path in sorted(spec.get("files", {}))
    ]
    return mounts + files


def file_key(path: str) -> str:
    """The key in a ConfigMap for the file at an absolute path: one for each, of letters a key may have.

    Example:
        file_key("/etc/app.ini") == "etc_2f_app.ini"
    """
    kept = string.ascii_letters + string.digits + "-."
    return "".join(letter if letter in kept else f"_{ord(letter):x}_" for letter in path[1:])


def _security(security: Security) -> Manifest:
    capabilities: Manifest = {"drop": ["ALL"]}
    if security.get("capabilities"):
        capabilities["add"] = sorted(security.get("capabilities", []))
    return {
        "allowPrivilegeEscalation": security.get("allow_privilege_escalation", False),
        "readOnlyRootFilesystem": not security.get("writable_root_filesystem", False),
        "capabilities": capabilities,
    }


def _probes(probes: Probes) -> Manifest:
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
