"""What is impossible in the containers of a pod."""

from collections.abc import Collection, Iterator

from components.errors import Path, Problem, listing, nearest
from components.naming import is_dns_label, is_variable
from components.service.references import reference_problems
from components.service.rules.ports import container_port_problems
from components.service.rules.probes import probe_problems
from components.service.rules.quantities import resource_problems
from components.service.sources import environment_secrets, secret_variables
from components.types import Container, PodContainer, ServiceSpec


def pod_problems(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of all containers of a service's pods."""
    if _is_pinned(spec.get("image", "")):
        yield Problem(
            ("image",),
            "holds a tag or digest",
            "Leave it out: environments say it, as release and digest in flotilla:services.",
        )
    yield from container_problems(spec, _given(spec), ())
    yield from _names(name, spec)
    yield from _shared_ports(spec)
    for key, container in spec.get("init_containers", {}).items():
        yield from _other(container, _given(spec), ("initContainers", key))
    for kind, containers in (
        ("sidecars", spec.get("sidecars", {})),
        ("containers", spec.get("containers", {})),
    ):
        for key, container in containers.items():
            yield from _beside(container, spec, (kind, key))


def other_container_problems(container: Container, spec: ServiceSpec, path: Path) -> Iterator[Problem]:
    """Problems of a container that has the service's secrets and addresses and may have its own image."""
    yield from _other(container, _given(spec), path)


def _given(spec: ServiceSpec, chosen: Collection[str] | None = None) -> set[str]:
    """The variables that a container has besides its own."""
    return {*spec.get("addresses", {}), *spec.get("pod_fields", {}), *environment_secrets(spec, chosen)}


def _names(name: str, spec: ServiceSpec) -> Iterator[Problem]:
    """Containers of one pod that would have the same name, or one that Kubernetes refuses."""
    taken = {name: "the service's own container"}
    kinds = {
        "initContainers": spec.get("init_containers", {}),
        "sidecars": spec.get("sidecars", {}),
        "containers": spec.get("containers", {}),
    }
    for kind, containers in kinds.items():
        for key in containers:
            if not is_dns_label(key):
                yield Problem(
                    (kind, key), f'"{key}" cannot name a container', "Use a-z, 0-9 and -, at most 63."
                )
            if key in taken:
                yield Problem((kind, key), f"{key} is the name of {taken[key]} too", "Rename one of them.")
            taken.setdefault(key, f"one of {kind}")


def _shared_ports(spec: ServiceSpec) -> Iterator[Problem]:
    """Ports that two containers of a pod would listen on, or would call by one name."""
    owners: dict[int | str, str] = {}
    for port, number in spec.get("ports", {}).items():
        owners |= {port: "the service", int(number): "the service"}
    for kind, containers in (
        ("sidecars", spec.get("sidecars", {})),
        ("containers", spec.get("containers", {})),
    ):
        for key, container in containers.items():
            for port, number in container.get("ports", {}).items():
                for word in (port, int(number)):
                    if owners.setdefault(word, key) != key:
                        what = f"{word} is a port of {owners[word]} already"
                        cure = "The containers of a pod share its address: give each port of its own."
                        yield Problem((kind, key, "ports", port), what, cure)


def _beside(container: PodContainer, spec: ServiceSpec, path: Path) -> Iterator[Problem]:
    chosen = container.get("secrets", [])
    yield from _other(container, _given(spec, chosen), path)
    ports = container.get("ports", {})
    yield from container_port_problems(ports, (*path, "ports"))
    yield from probe_problems(container.get("probes", {}), ports, (*path, "probes"))
    known = secret_variables(spec)
    for index, secret in enumerate(chosen):
        if secret not in known:
            cure = (
                f"Name one of them: {listing(known)}." if known else "Declare it in secrets of the service."
            )
            yield Problem(
                (*path, "secrets", index),
                f"{secret} is no secret of the service",
                cure,
                nearest(secret, known),
            )


def _other(container: Container, given: Collection[str], path: Path) -> Iterator[Problem]:
    if "image" in container and not _is_pinned(container["image"]):
        yield Problem((*path, "image"), "no tag or digest", f"Write which one: {container['image']}:TAG.")
    yield from container_problems(container, given, path)


def _is_pinned(image: str) -> bool:
    """Whether an image says its tag or digest."""
    return "@" in image or ":" in image.rpartition("/")[2]


def container_problems(container: Container, given: Collection[str], path: Path) -> Iterator[Problem]:
    """Problems of a container's variables and resources.

    Args:
        container: A service or another container of its pods.
        given: Variables it has besides its own: addresses and secrets.
        path: Where it stands.
    """
    env = container.get("env", {})
    for name in env:
        if not is_variable(name):
            yield Problem(
                (*path, "env", name),
                f'"{name}" cannot name an environment variable',
                "Use letters, digits and _.",
            )
    yield from reference_problems(env, given, (*path, "env"))
    yield from resource_problems(container.get("resources", {}), (*path, "resources"))
    directory = container.get("working_dir", "/")
    if not directory.startswith("/"):
        yield Problem((*path, "workingDir"), "does not start with /", f"Write /{directory}.")
