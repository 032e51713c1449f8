"""The containers of a service's pods."""

from collections.abc import Collection
from typing import cast

from components.service.environment_variables import environment_variables
from components.service.manifest import Manifest
from components.service.ports import protocol_of
from components.service.probes import probe_manifests, probes_of
from components.service.sources import Sources, environment_secrets
from components.service.volumes import mounts
from components.types import Container, Job, Lifecycle, PodContainer, Security, ServiceSpec

GRACE_SECONDS = 30
"""Seconds between the request to stop and the end by force (Kubernetes' default)."""
PRE_STOP_SECONDS = 5
"""Seconds that a pod goes on serving after it left the Kubernetes Service: others learn of that late."""

RUN_AS = 1000
"""User and group of the processes unless a service says otherwise: any but root."""


def image_of(name: str, spec: ServiceSpec) -> str:
    """The image of a release, by its digest too once that is known."""
    reference = f"{spec.get('image', name)}:{spec['release']}"
    return f"{reference}@{spec['digest']}" if "digest" in spec else reference


def main_container(name: str, spec: ServiceSpec, sources: Sources) -> Manifest:
    """The container with the service itself."""
    described = _container(name, image_of(name, spec), spec, spec, sources)
    lifecycle = _lifecycle(spec.get("lifecycle", {}), pre_stop_seconds(spec))
    return described | _ports(spec.get("ports", {})) | probe_manifests(probes_of(spec)) | lifecycle


def other_containers(name: str, spec: ServiceSpec, sources: Sources) -> list[Manifest]:
    """The containers beside it, in the order of their names; they serve as long as it does."""
    return [
        _beside(name, key, container, spec, sources)
        | _lifecycle(container.get("lifecycle", {}), pre_stop_seconds(spec))
        for key, container in sorted(spec.get("containers", {}).items())
    ]


def first_containers(name: str, spec: ServiceSpec, sources: Sources) -> list[Manifest]:
    """What starts before it: sidecars, which go on running, then what has to end; each in order of names."""
    running = [
        _beside(name, key, container, spec, sources)
        | _lifecycle(container.get("lifecycle", {}), 0)
        | {"restartPolicy": "Always"}
        for key, container in sorted(spec.get("sidecars", {}).items())
    ]
    ending = [
        _container(key, container.get("image", image_of(name, spec)), container, spec, sources)
        for key, container in sorted(spec.get("init_containers", {}).items())
    ]
    return running + ending


def job_container(name: str, key: str, job: Job, spec: ServiceSpec, sources: Sources) -> Manifest:
    """The container of a job."""
    return _container(key, job.get("image", image_of(name, spec)), job, spec, sources, claims=False)


def pre_stop_seconds(spec: ServiceSpec) -> int:
    """Seconds that containers go on serving before they are asked to stop."""
    if "pre_stop_seconds" in spec:
        return int(spec["pre_stop_seconds"])
    grace = int(spec.get("termination_grace_period_seconds", GRACE_SECONDS))
    return min(PRE_STOP_SECONDS, grace // 2) if spec.get("ports") else 0


def _beside(name: str, key: str, container: PodContainer, spec: ServiceSpec, sources: Sources) -> Manifest:
    image = container.get("image", image_of(name, spec))
    security = container.get("security", spec.get("security", {}))
    chosen = container.get("secrets", [])
    described = _container(key, image, container, spec, sources, chosen=chosen, security=security)
    if "security" in container:
        own = cast("Manifest", described["securityContext"])
        described["securityContext"] = own | user_of(container["security"])
    return described | _ports(container.get("ports", {})) | probe_manifests(container.get("probes", {}))


def _container(
    name: str,
    image: str,
    container: Container,
    spec: ServiceSpec,
    sources: Sources,
    *,
    chosen: Collection[str] | None = None,
    security: Security | None = None,
    claims: bool = True,
) -> Manifest:
    """What all containers have.

    Args:
        name: Name of the container.
        image: Its image, with tag or digest.
        container: What it is.
        spec: The service it belongs to.
        sources: Where files and secrets are.
        chosen: The secrets it gets; None for all.
        security: Its relaxations of the restricted defaults; None for the service's.
        claims: Whether it sees volumes that outlive the pod.
    """
    manifest: Manifest = {
        "name": name,
        "image": image,
        "securityContext": _security(spec.get("security", {}) if security is None else security),
    }
    if "command" in container:
        manifest["command"] = container["command"]
    if "args" in container:
        manifest["args"] = container["args"]
    if "working_dir" in container:
        manifest["workingDir"] = container["working_dir"]
    if env := environment_variables(
        container.get("env", {}), spec, sources, environment_secrets(spec, chosen)
    ):
        manifest["env"] = env
    if "resources" in container:
        manifest["resources"] = container["resources"]
    if mounted := mounts(name, spec, chosen, claims=claims):
        manifest["volumeMounts"] = mounted
    return manifest


def user_of(security: Security) -> Manifest:
    """Who the processes are."""
    user, group = int(security.get("run_as_user", RUN_AS)), int(security.get("run_as_group", RUN_AS))
    return {"runAsNonRoot": user != 0, "runAsUser": user, "runAsGroup": group}


def _ports(ports: dict[str, int]) -> Manifest:
    if not ports:
        return {}
    described = [
        {"name": port, "containerPort": int(number), "protocol": str(protocol_of(port))}
        for port, number in sorted(ports.items())
    ]
    return {"ports": described}


def _lifecycle(lifecycle: Lifecycle, seconds: int) -> Manifest:
    """Commands at the ends of a container's life; a pause before the end where no command is given."""
    hooks: Manifest = {}
    if "post_start" in lifecycle:
        hooks["postStart"] = {"exec": {"command": lifecycle["post_start"]}}
    if "pre_stop" in lifecycle:
        hooks["preStop"] = {"exec": {"command": lifecycle["pre_stop"]}}
    elif seconds:
        hooks["preStop"] = {"sleep": {"seconds": seconds}}
    return {"lifecycle": hooks} if hooks else {}


def _security(security: Security) -> Manifest:
    capabilities: Manifest = {"drop": ["ALL"]}
    if security.get("capabilities"):
        capabilities["add"] = sorted(security.get("capabilities", []))
    described: Manifest = {
        "allowPrivilegeEscalation": security.get("allow_privilege_escalation", False),
        "readOnlyRootFilesystem": not security.get("writable_root_filesystem", False),
        "capabilities": capabilities,
    }
    return described
