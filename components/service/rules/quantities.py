"""What is impossible in compute resources and sizes."""

from collections.abc import Iterator, Mapping

from components.errors import Path, Problem, nearest
from components.quantities import quantity
from components.types import Resources

QUANTITY_CURE = "Write a number with a unit, such as 250m (thousandths of a CPU), 64Mi or 1Gi (bytes)."

_RESOURCES = ("cpu", "memory", "ephemeral-storage")


def resource_problems(resources: Resources, path: Path) -> Iterator[Problem]:
    """Problems of a container's resources.

    Args:
        resources: Its requests and limits.
        path: Where they stand.
    """
    requests, limits = resources.get("requests", {}), resources.get("limits", {})
    yield from amount_problems(requests, (*path, "requests"))
    yield from amount_problems(limits, (*path, "limits"))
    for name in requests.keys() & limits.keys():
        request, limit = quantity(requests[name]), quantity(limits[name])
        if request is not None and limit is not None and limit < request:
            yield Problem(
                (*path, "limits", name),
                f"{limits[name]} is below the request of {requests[name]}",
                "Raise the limit or lower the request.",
            )


def size_problems(size: str, path: Path) -> Iterator[Problem]:
    """Problems of one quantity."""
    if quantity(size) is None:
        yield Problem(path, f'"{size}" is not a quantity', QUANTITY_CURE)


def amount_problems(amounts: Mapping[str, str], path: Path) -> Iterator[Problem]:
    """Problems of amounts by resource."""
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
            yield Problem((*path, name), f'"{amount}" is not a quantity', QUANTITY_CURE)
