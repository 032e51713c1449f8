"""What is impossible in a service that comes as a Helm chart."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from pydantic.alias_generators import to_camel

from components.errors import Path, Problem, listing, nearest
from components.naming import is_path
from components.types import CatalogService, Chart, Deployed, ServiceSpec

POSSIBLE = {
    "chart",
    "clusters",
    "links",
    "owner",
    "ports",
    "release",
    "repository",
    "rollout",
    "secrets",
    "service_ports",
}
"""The keys that mean something beside a chart; all else is the chart's."""

_VERSION = re.compile(r"v?[0-9]+(\.[0-9]+){0,2}([-+][0-9A-Za-z.+-]+)?")


def chart_problems(spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of a chart, and of what stands beside it."""
    if "chart" not in spec:
        return
    chart = spec["chart"]
    for key in (*CatalogService.__annotations__, *Deployed.__annotations__):
        if key in spec and key not in POSSIBLE:
            cure = "Say it in the words of the chart, in chart.values, and remove it here."
            yield Problem((to_camel(key),), "has no place beside a chart", cure)
    if not _VERSION.fullmatch(spec["release"]):
        cure = 'The release of a chart is its version, such as "1.4.2".'
        yield Problem(("release",), f'"{spec["release"]}" is not a version', cure)
    for key in spec.get("rollout", {}):
        if key != "timeout_seconds":
            yield Problem(
                ("rollout", to_camel(key)), "is up to the chart", "Remove it; timeoutSeconds may stay."
            )
    yield from _source(chart, ("chart",))
    yield from _secret_values(chart, spec.get("secrets", []), ("chart", "secretValues"))
    for variable in spec.get("secrets", []):
        if variable not in chart.get("secret_values", {}).values():
            cure = f"Say where it goes: chart: {{secretValues: {{PATH: {variable}}}}}."
            yield Problem(("secrets",), f"{variable} is given to nobody", cure)


def _source(chart: Chart, path: Path) -> Iterator[Problem]:
    name = chart["name"]
    whole = is_path(name) or name.startswith("oci://")
    if "repository" in chart and whole:
        yield Problem((*path, "repository"), f"{name} says where it is already", "Remove it.")
    if "repository" not in chart and not whole:
        cure = "Add repository: https://…, or write oci://HOST/PATH or ./charts/NAME."
        yield Problem((*path, "name"), f"nobody knows where {name} is", cure)
    if not chart.get("repository", "https://any").startswith("https://"):
        yield Problem((*path, "repository"), "is not an address from https://", "Write it whole.")


def _secret_values(chart: Chart, secrets: list[str], path: Path) -> Iterator[Problem]:
    for key, variable in chart.get("secret_values", {}).items():
        if variable not in secrets:
            cure = f"Name one of {listing(secrets)}." if secrets else f"Add it: secrets: [{variable}]."
            what = f"{variable} is no secret of the service"
            yield Problem((*path, key), what, cure, nearest(variable, secrets))
        if _is_given(chart.get("values", {}), key.split(".")):
            yield Problem((*path, key), "stands in values too", "Keep it in one of the two.")


def _is_given(values: Mapping[str, object], path: list[str]) -> bool:
    first, *rest = path
    if first not in values or not rest:
        return first in values
    inner = values[first]
    return isinstance(inner, Mapping) and _is_given(cast("Mapping[str, object]", inner), rest)
