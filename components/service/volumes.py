"""The volumes of a service's pods: scratch space, claims, files and secrets."""

import string
from collections.abc import Collection, Iterator

from components.naming import derived_name
from components.service.manifest import Manifest
from components.service.sources import Sources, secret_key
from components.types import Claim, EmptyDir, ServiceSpec, Volume

FILES_VOLUME = "files"
"""The volume of a service's configuration files, beside the ones it names itself."""
SECRET_FILES_VOLUME = "secret-files"  # noqa: S105 (the name of a volume)
"""The volume of the secrets that are files."""
OWN_VOLUMES = (FILES_VOLUME, SECRET_FILES_VOLUME)


def claims_of(spec: ServiceSpec) -> dict[str, Claim]:
    """The disks that each pod has of its own, by their volumes' names, sorted."""
    volumes = sorted(spec.get("volumes", {}).items())
    return {name: volume["claim"] for name, volume in volumes if "claim" in volume}


def is_stateful(spec: ServiceSpec) -> bool:
    """Whether a service holds data: whether its pods have disks of their own."""
    return bool(claims_of(spec))


def claim_name(name: str, volume: str, ordinal: int) -> str:
    """The name under which a StatefulSet looks for the claim of one of its pods.

    Example:
        claim_name("postgres", "data", 0) == "data-postgres-0"
    """
    return f"{volume}-{name}-{ordinal}"


def governing_name(name: str) -> str:
    """The name of the headless Kubernetes Service that gives each pod of a StatefulSet a name."""
    return derived_name(name, "pods")


def volumes(spec: ServiceSpec, sources: Sources, *, claims: bool = True) -> list[Manifest]:
    """The volumes of a pod, but for claims of its own, which a StatefulSet adds.

    Args:
        spec: The service.
        sources: Where files and secrets are.
        claims: Whether the pod sees volumes that outlive it.
    """
    found = [
        _volume(name, volume)
        for name, volume in sorted(spec.get("volumes", {}).items())
        if "claim" not in volume and (claims or "existing_claim" not in volume)
    ]
    if sources.files is not None:
        found.append({"name": FILES_VOLUME, "configMap": {"name": sources.files}})
    if spec.get("secret_files"):
        found.append({"name": SECRET_FILES_VOLUME, "projected": {"sources": [*_projected(spec, sources)]}})
    return found


def mounts(
    container: str, spec: ServiceSpec, chosen: Collection[str] | None, *, claims: bool
) -> list[Manifest]:
    """Where a container sees them.

    Args:
        container: Name of the container.
        spec: The service.
        chosen: The secrets that the container gets; None for all.
        claims: Whether it sees volumes that outlive the pod.
    """
    seen = [
        (name, volume)
        for name, volume in sorted(spec.get("volumes", {}).items())
        if container in volume.get("containers", [container]) and (claims or "empty_dir" in volume)
    ]
    directories = [_mount(name, volume) for name, volume in seen]
    secret_files = {
        path: SECRET_FILES_VOLUME
        for path, variable in spec.get("secret_files", {}).items()
        if chosen is None or variable in chosen
    }
    files = dict.fromkeys(spec.get("files", {}), FILES_VOLUME)
    return directories + [
        {"name": volume, "mountPath": path, "subPath": file_key(path), "readOnly": True}
        for path, volume in sorted({**files, **secret_files}.items())
    ]


def file_key(path: str) -> str:
    """The key in a ConfigMap for the file at an absolute path: one for each, of letters a key may have.

    Example:
        file_key("/etc/app.ini") == "etc_2f_app.ini"
    """
    kept = string.ascii_letters + string.digits + "-."
    return "".join(letter if letter in kept else f"_{ord(letter):x}_" for letter in path[1:])


def _projected(spec: ServiceSpec, sources: Sources) -> Iterator[Manifest]:
    for path, variable in sorted(spec.get("secret_files", {}).items()):
        source = secret_key(variable, spec, sources)
        yield {"secret": {"name": source["name"], "items": [{"key": source["key"], "path": file_key(path)}]}}


def _mount(name: str, volume: Volume) -> Manifest:
    mount: Manifest = {"name": name, "mountPath": volume["mount_path"]}
    return {**mount, "readOnly": True} if volume.get("read_only") else mount


def _volume(name: str, volume: Volume) -> Manifest:
    if "existing_claim" in volume:
        return {"name": name, "persistentVolumeClaim": {"claimName": volume["existing_claim"]}}
    return {"name": name, "emptyDir": _empty_dir(volume.get("empty_dir", {}))}


def _empty_dir(scratch: EmptyDir) -> Manifest:
    described: Manifest = {}
    if "medium" in scratch:
        described["medium"] = scratch["medium"]
    if "size_limit" in scratch:
        described["sizeLimit"] = scratch["size_limit"]
    return described
