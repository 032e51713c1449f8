"""What types cannot say of a container: its variables and its resources."""

from collections.abc import Collection, Iterator, Mapping

from components.errors import Path, Problem, nearest
from components.naming import is_variable
from components.quantities import quantity
from components.service.references import reference_problems
from components.types import Container, EmptyDir

_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_QUANTITY_CURE = "Write a number with a unit, such as 250m (thousandths of a CPU), 64Mi or 1Gi (bytes)."


def container_problems(container: Container, given: Collection[str], path: Path) -> Iterator[Problem]:
    """Problems of a container's variables and resources.

    Args:
        container: A service or one of its init containers.
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
    resources = container.get("resources", {})
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    yield from _amounts(requests, (*path, "resources", "requests"))
    yield from _amounts(limits, (*path, "resources", "limits"))
    for name in requests.keys() & limits.keys():
        request, limit = quantity(requests[name]), quantity(limits[name])
        if request is not None and limit is not None and limit < request:
            yield Problem(
                (*path, "resources", "limits", name),
                f"{limits[name]} is below the request of {requests[name]}",
                "Raise the limit or lower the request.",
            )


def empty_dir_problems(empty_dir: EmptyDir, path: Path) -> Iterator[Problem]:
    """Problems of scratch space."""
    size = empty_dir.get("size_limit")
    if size is not None and quantity(size) is None:
        yield Problem((*path, "sizeLimit"), f'"{size}" is not a quantity', _QUANTITY_CURE)
    medium = empty_dir.get("medium", "Memory")
    if medium != "Memory":
        yield Problem(
            (*path, "medium"), f'"{medium}" is not possible', "Write Memory, or remove it for a disk."
        )


def _amounts(amounts: Mapping[str, str], path: Path) -> Iterator[Problem]:
    for name, amount in amounts.items():
        # Extended resources have a domain: nvidia.com/gpu.
        if name not in _RESOURCES and "/" not in name and not name.startswith("hugepages-"):
            meant = nearest(name, _RESOURCES)
            yield Problem(
                (*path, name),
                "unknown resource",
                "Possible: cpu, memory, ephemeral-storage, DOMAIN/NAME.",
                meant,
            )
        if quantity(amount) is None:
            yield Problem((*path, name), f'"{amount}" is not a quantity', _QUANTITY_CURE)
