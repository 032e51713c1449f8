"""What is impossible in the files and volumes of a service."""

from collections.abc import Iterator

from components.errors import Path, Problem, listing, nearest
from components.naming import is_dns_label, is_object_name
from components.quantities import quantity
from components.service.rules.quantities import size_problems
from components.service.volumes import OWN_VOLUMES
from components.types import AccessMode, Claim, EmptyDir, ServiceSpec, Volume

MAX_FILES_BYTES = 1024 * 1024
"""Most bytes of a ConfigMap (Kubernetes, "ConfigMaps")."""


MAX_CLAIM = 63
"""Longest name of a claim that operators can put into a label; Kubernetes itself would take more."""


def file_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of the files of a service, the secret ones included."""
    files = spec.get("files", {})
    kinds = {"files": files, "secretFiles": spec.get("secret_files", {})}
    for kind, path in ((kind, path) for kind, paths in kinds.items() for path in paths):
        if not path.startswith("/") or path.endswith("/") or {"", ".", ".."} & set(path[1:].split("/")):
            yield Problem(
                (kind, path),
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


def volume_problems(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of the volumes of a service.

    Args:
        name: The service, which its own container is named after.
        spec: What it is.
    """
    mounted: dict[str, str] = dict.fromkeys([*spec.get("files", {}), *spec.get("secret_files", {})], "a file")
    containers = [
        name,
        *spec.get("init_containers", {}),
        *spec.get("sidecars", {}),
        *spec.get("containers", {}),
    ]
    for key, volume in spec.get("volumes", {}).items():
        path = ("volumes", key)
        if not is_dns_label(key) or key in OWN_VOLUMES:
            cure = f"Use a-z, 0-9 and -, at most 63, and none of {listing(OWN_VOLUMES)}."
            yield Problem(path, f'"{key}" cannot name a volume', cure)
        yield from _mount_path(key, volume, mounted, path)
        kinds = [kind for kind in ("empty_dir", "claim", "existing_claim") if kind in volume]
        if len(kinds) != 1:
            what = "is several things at once" if kinds else "does not say what it is"
            yield Problem(
                path, what, "Give exactly one of emptyDir: {}, claim: {size: 10Gi} and existingClaim."
            )
        for index, container in enumerate(volume.get("containers", [])):
            if container not in containers:
                cure = f"Name one of {listing(containers)}."
                what = f"{container} is no container of the service"
                yield Problem((*path, "containers", index), what, cure, nearest(container, containers))
        yield from _empty_dir(volume.get("empty_dir", {}), (*path, "emptyDir"))
        if "claim" in volume:
            sized = ("volumeSizes", key) if key in spec.get("volume_sizes", {}) else (*path, "claim", "size")
            yield from _size(volume["claim"]["size"], sized)
            yield from _claim(name, key, volume["claim"], (*path, "claim"))
    yield from _sizes(spec)


def _size(size: str, path: Path) -> Iterator[Problem]:
    yield from size_problems(size, path)
    if quantity(size) == 0:
        yield Problem(path, "a disk of no bytes", "Give it a size such as 10Gi.")


def _claim(name: str, key: str, claim: Claim, path: Path) -> Iterator[Problem]:
    if claim.get("access_mode") == AccessMode.READ_ONLY_MANY:
        cure = "Remove it. What is only read and shared is an existingClaim."
        yield Problem((*path, "accessMode"), "a new disk is empty, and nobody could write to it", cure)
    storage_class = claim.get("storage_class", "any")
    if not is_object_name(storage_class):
        what = f'"{storage_class}" cannot name a StorageClass'
        yield Problem((*path, "storageClass"), what, "Use a-z, 0-9, - and .")
    longest = MAX_CLAIM - len(name) - len("--000")
    if len(key) > longest:
        what = f"the claims of its pods would be named {key}-{name}-0 and so on, too long for a label"
        cure = (
            f"Give the volume a name of at most {longest}." if longest > 0 else "Shorten the service's name."
        )
        yield Problem(path[:-1], what, cure)


def _sizes(spec: ServiceSpec) -> Iterator[Problem]:
    volumes = spec.get("volumes", {})
    possible = [key for key, volume in volumes.items() if "claim" in volume]
    for key in spec.get("volume_sizes", {}):
        if key not in possible:
            what = f"volume {key} has no claim" if key in volumes else f"there is no volume {key}"
            cure = f"Name one of {listing(possible)}." if possible else "Remove it: no volume has a claim."
            yield Problem(("volumeSizes", key), what, cure, nearest(key, possible))


def _mount_path(key: str, volume: Volume, mounted: dict[str, str], path: Path) -> Iterator[Problem]:
    mount_path = volume["mount_path"]
    if not mount_path.startswith("/") or ":" in mount_path:
        yield Problem((*path, "mountPath"), "not an absolute path", "Write it from /, such as /data.")
    if mount_path in mounted:
        what = f"{mount_path} is taken by {mounted[mount_path]}"
        yield Problem((*path, "mountPath"), what, "Choose another.")
    mounted[mount_path] = f"volume {key}"


def _empty_dir(empty_dir: EmptyDir, path: Path) -> Iterator[Problem]:
    if "size_limit" in empty_dir:
        yield from size_problems(empty_dir["size_limit"], (*path, "sizeLimit"))
    medium = empty_dir.get("medium", "Memory")
    if medium != "Memory":
        yield Problem(
            (*path, "medium"), f'"{medium}" is not possible', "Write Memory, or remove it for a disk."
        )
