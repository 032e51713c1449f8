"""Write docs/online-boutique.md: the shop's own manifests beside what our catalog makes of it.

python scripts/online_boutique_page.py              write it
python scripts/online_boutique_page.py --check      exit code 1 if it is not up to date
"""

import sys
from collections.abc import Iterator, Mapping, Sequence

from pages import ROOT, keep

sys.path.insert(0, str(ROOT))

from tests.published_shop import (
    FACTS,
    THERE,
    Difference,
    Explanation,
    Objects,
    differences,
    explained,
    published,
    rendered,
)

PAGE = ROOT / "docs" / "online-boutique.md"

INTRODUCTION = """\
# Online Boutique as published, and as our catalog renders it

The catalog in [services/](../services/) is Online Boutique, which its authors publish as Kubernetes
manifests too ([microservices-demo](https://github.com/GoogleCloudPlatform/microservices-demo),
`release/kubernetes-manifests.yaml`). Here stands all that differs between those, at {release}, and what our
catalog makes of the same services at the same release, one pod each, in a staging environment on one
cluster; and for each difference why it is wanted.

What means the same to Kubernetes is not told: a field that it fills in by itself, a port by its name or by
its number, a variable by its value or by a reference to another. A test fails on a difference without an
explanation and on an explanation without a difference (`tests/contract/test_published_shop.py`); another
sends both to a real API server and compares what comes back (`tests/engine/test_published_manifests.py`).

Made by `make schemas` from [the published facts](../tests/published/online-boutique.yaml) and
[the explanations](../tests/published/differences.yaml).

{counts}

| object | field | published | ours | services | why |
| --- | --- | --- | --- | --- | --- |
"""

MOST_VALUES, WIDEST_VALUE = 2, 60
"""So many different values stand in a cell, none of them wider than that; of others, only their number."""


def values_of(side: Sequence[str | None]) -> str:
    """A cell for the values of one side."""
    different = sorted({value for value in side if value is not None})
    if not different:
        return "—"
    if len(different) > MOST_VALUES or any(len(value) > WIDEST_VALUE for value in different):
        return f"{len(different)} values"
    return "; ".join(value if value == THERE else f"`{value}`" for value in different)


def services_of(found: Sequence[Difference], everyone: Sequence[str]) -> str:
    """A cell that names the services of some differences, or those that have none."""
    names = [name for name in everyone if any(each.name.startswith(name) for each in found)]
    if not names:
        return "—"
    if len(names) == len(everyone):
        return "all"
    if len(names) > len(everyone) / 2:
        return "all but " + ", ".join(name for name in everyone if name not in names)
    return ", ".join(names)


def row(explanation: Explanation, found: Sequence[Difference]) -> str:
    """A row of the table."""
    cells = [
        "all" if explanation.kind == "*" else explanation.kind,
        " ".join(f"`{path.replace('[[]', '[')}`" for path in explanation.paths),
        values_of([each.published for each in found]),
        values_of([each.ours for each in found]),
        services_of(found, list(FACTS["pods"])),
        explanation.why,
    ]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def counts(sides: Mapping[str, Objects]) -> str:
    """How many objects each side has, by kind."""
    lines = [
        f"- {side}: "
        + ", ".join(
            f"{sum(kind == one for one, _ in objects)} {kind}"
            for kind in sorted({kind for kind, _ in objects})
        )
        for side, objects in sides.items()
    ]
    return "\n".join(lines)


def rows(theirs: Objects, ours: Objects) -> Iterator[str]:
    """The rows of the table."""
    for explanation, found in explained(differences(theirs, ours)):
        if explanation is not None and found:
            yield row(explanation, found)


def page() -> str:
    """The whole page."""
    theirs, ours = published(), rendered()
    counted = counts({"Published": theirs, "Ours": ours})
    return (
        INTRODUCTION.format(release=FACTS["release"], counts=counted) + "\n".join(rows(theirs, ours)) + "\n"
    )


if __name__ == "__main__":
    sys.exit(keep(PAGE, page()))
