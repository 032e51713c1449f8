"""The Helm release of a service that comes as a chart."""

from collections.abc import Mapping
from typing import cast

import pulumi

from components.naming import is_path
from components.service.manifest import Manifest
from components.service.rollout_settings import timeout_of
from components.types import ServiceSpec


def chart_release(
    name: str,
    spec: ServiceSpec,
    namespace: pulumi.Input[str],
    secret_values: pulumi.Input[dict[str, str]] | None = None,
) -> Manifest:
    """The inputs of a Helm release, which is rolled back if it does not become ready.

    Args:
        name: The service.
        spec: What it is.
        namespace: Its namespace.
        secret_values: Values of `secrets`, by variable.
    """
    chart = spec.get("chart", {"name": name})
    values: Manifest = {**chart.get("values", {})}
    known = pulumi.Output.secret(secret_values or {})
    for path, variable in sorted(chart.get("secret_values", {}).items()):
        value = known.apply(lambda found, variable=variable: found[variable])
        values = laid_in(values, path.split("."), value)
    inputs: Manifest = {
        "chart": chart["name"],
        "name": name,
        "namespace": namespace,
        "values": values,
        "atomic": True,
        "cleanupOnFail": True,
        "skipAwait": False,
        "timeout": timeout_of(spec),
    }
    if not is_path(chart["name"]):
        inputs["version"] = spec["release"]
    if "repository" in chart:
        inputs["repositoryOpts"] = {"repo": chart["repository"]}
    return inputs


def laid_in(values: Mapping[str, object], path: list[str], value: object) -> Manifest:
    """Values with one more at a path, whose maps are made where they are not there.

    Example:
        laid_in({"auth": {"user": "a"}}, ["auth", "key"], "b") == {"auth": {"user": "a", "key": "b"}}
    """
    first, *rest = path
    if not rest:
        return {**values, first: value}
    inner = values.get(first)
    below: Manifest = {**cast("Mapping[str, object]", inner)} if isinstance(inner, Mapping) else {}
    return {**values, first: laid_in(below, rest, value)}
