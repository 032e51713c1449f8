"""What a project on Google Cloud has without making it: its number, regions and zones, and its APIs."""

import hashlib
from collections.abc import Callable
from typing import Final, NoReturn

from components.cluster.gke.offers import REGIONS
from flotilla.sandbox.clouds.request import Request

SERVICE: Final = "gcp:projects/service:Service"

TITLES: Final = {
    "artifactregistry": "Artifact Registry API",
    "cloudresourcemanager": "Cloud Resource Manager API",
    "compute": "Compute Engine API",
    "container": "Kubernetes Engine API",
    "dns": "Cloud DNS API",
    "iam": "Identity and Access Management (IAM) API",
}
"""What Google Cloud calls its APIs."""

_FROM_B: Final = {"europe-west1", "us-east1"}
"""Regions that have no zone a."""


def project_number(project: str) -> str:
    """The number of a project: always the same twelve digits."""
    return str(10**11 + int(hashlib.sha256(project.encode()).hexdigest(), 16) % (9 * 10**11))


def zones_of(location: str) -> list[str]:
    """The zones of a region, or the one zone that a location is."""
    if location not in REGIONS:
        return [location]
    return [f"{location}-{letter}" for letter in ("bcd" if location in _FROM_B else "abc")]


def is_location(location: str) -> bool:
    """Whether there is such a region, or a zone of one."""
    return location in REGIONS or location.rpartition("-")[0] in REGIONS


def needs(api: str) -> Callable[[Request], None]:
    """Refuse what asks an API that is not enabled.

    A project of which the stack enables no API counts as one where somebody else enabled all of them.
    """

    def refuse(request: Request) -> None:
        project = request.word("project")
        enabled = {
            str(service.outputs.get("service"))
            for service in request.store.all(SERVICE)
            if service.id.partition("/")[0] == project
        }
        if enabled and f"{api}.googleapis.com" not in enabled:
            refuse_disabled(request, api, project)

    return refuse


def refuse_disabled(request: Request, api: str, project: str) -> NoReturn:
    """Say that an API is not enabled."""
    number = project_number(project)
    overview = (
        f"https://console.developers.google.com/apis/api/{api}.googleapis.com/overview?project={number}"
    )
    request.refuse_with(
        "403 accessNotConfigured",
        f"{TITLES[api]} has not been used in project {number} before or it is disabled. Enable it by "
        f"visiting {overview} then retry. If you enabled this API recently, wait a few minutes for the "
        "action to propagate to our systems and retry.",
    )


def all_of(*refusals: Callable[[Request], None]) -> Callable[[Request], None]:
    """Several reasons to refuse, one after the other."""

    def refuse(request: Request) -> None:
        for each in refusals:
            each(request)

    return refuse
