"""Charts that lie in the project: whether each is there, at the version that the stack runs."""

from collections.abc import Iterator
from pathlib import Path

from components.document import is_map, read_document
from components.errors import Problem
from components.naming import is_path
from components.types import ServiceSpec

_FILE = "Chart.yaml"


def local_chart_problems(project_dir: Path, spec: ServiceSpec) -> Iterator[Problem]:
    """Problems of a chart that a service names by a path, seen from the directory with `Pulumi.yaml`.

    Helm takes no version for a chart in a directory: a release that is not the one there would go unnoticed.
    """
    chart = spec.get("chart", {"name": ""})["name"]
    if not is_path(chart):
        return
    file = project_dir / chart / _FILE
    if not file.is_file():
        cure = "Put the chart there; the path begins at the directory of Pulumi.yaml."
        yield Problem(("chart", "name"), f"there is no {chart}/{_FILE}", cure)
        return
    # What else is wrong with the file, helm says: it is of helm's form, not of ours.
    document, _ = read_document(f"{chart}/{_FILE}", file.read_text(encoding="utf-8", errors="replace"))
    version = document.data.get("version") if is_map(document.data) else None
    if version is not None and str(version) != spec["release"]:
        cure = f'Write release: "{version}", or change the version in {chart}/{_FILE}.'
        yield Problem(("release",), f"{chart} is at version {version}", cure)
