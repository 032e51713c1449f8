"""Where images may come from, and whether each is the one that was tried."""

from collections.abc import Iterator

from components.errors import Path, Problem, listing
from components.naming import begins_with_host
from components.types import Container, EnvironmentSpec, ProjectSpec, ServiceSpec

_DOCKER = "docker.io"


def image_problems(
    spec: ServiceSpec, environment: EnvironmentSpec, project: ProjectSpec
) -> Iterator[Problem]:
    """Images from registries that are not allowed, and releases without digest where one is required.

    Args:
        spec: A service, merged.
        environment: The environment, which may require digests.
        project: The project, which may bound where images come from.
    """
    images = [*_images(spec)]
    if allowed := project.get("allowed_registries"):
        known = [project["registry"], *allowed]
        for path, image in images:
            if not any(_is_of(image, registry) for registry in known):
                cure = f"Take it from one of {listing(known)}, or add its registry to allowedRegistries."
                yield Problem(path, f"{image} comes from elsewhere", cure)
    if environment.get("require_digests") and "chart" not in spec:
        if "digest" not in spec:
            cure = "Add digest: sha256:… beside release, as the registry tells it."
            yield Problem(("release",), "this environment wants the digest of each release", cure)
        if "digest" not in spec.get("canary", {"digest": ""}):
            cure = "Add digest: sha256:… to it, as the registry tells it."
            yield Problem(("canary",), "this environment wants the digest of each release", cure)
        for path, image in images:
            if path != ("image",) and "@sha256:" not in image:
                cure = f"Write {image}@sha256:…, as the registry tells it."
                yield Problem(path, "this environment wants the digest of each image", cure)


def _images(spec: ServiceSpec) -> Iterator[tuple[Path, str]]:
    """Every image that a service names, with its path."""
    if "chart" in spec:
        chart = spec["chart"]
        source = chart.get("repository", chart["name"])
        if "://" in source:
            yield ("chart",), source.partition("://")[2]
        return
    if "image" in spec:
        yield ("image",), spec["image"]
    for kind, containers in _others(spec):
        for name, container in containers.items():
            if "image" in container:
                yield (kind, name, "image"), container["image"]


def _others(spec: ServiceSpec) -> Iterator[tuple[str, dict[str, Container]]]:
    yield "initContainers", {**spec.get("init_containers", {})}
    yield "sidecars", {**spec.get("sidecars", {})}
    yield "containers", {**spec.get("containers", {})}
    yield "jobs", {**spec.get("jobs", {})}


def _is_of(image: str, registry: str) -> bool:
    """Whether an image is in a registry, or in a part of it; without a host it is Docker's."""
    path = image if "/" in image else f"library/{image}"
    whole = image if begins_with_host(image) else f"{_DOCKER}/{path}"
    return whole.startswith((f"{registry}/", f"{registry}:", f"{registry}@")) or whole == registry
