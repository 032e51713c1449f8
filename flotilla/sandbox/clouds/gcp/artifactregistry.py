"""Artifact Registry: repositories of images, and who may pull from them."""

from typing import Final

from flotilla.sandbox.clouds.gcp.given import given, placed
from flotilla.sandbox.clouds.gcp.package import now
from flotilla.sandbox.clouds.gcp.places import all_of, needs
from flotilla.sandbox.clouds.gcp.projects import etag, refuse_member, refuse_role
from flotilla.sandbox.clouds.kinds import Invoke, Kind
from flotilla.sandbox.clouds.request import Account, Request
from flotilla.sandbox.plugin.protocol import Properties

REPOSITORY: Final = "gcp:artifactregistry/repository:Repository"
MEMBER: Final = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember"


def _place(request: Request) -> str:
    return (
        f"projects/{request.word('project')}/locations/{request.text('location') or request.word('region')}"
    )


def _outputs(request: Request) -> Properties:
    location = request.text("location") or request.word("region")
    return {
        "location": location,
        "createTime": now(),
        "updateTime": now(),
        "mode": "STANDARD_REPOSITORY",
    }


def _member(request: Request) -> str:
    name = request.text("repository").rpartition("/")[2]
    return "/".join((_place(request), "repositories", name, request.text("role"), request.text("member")))


KINDS: Final = (
    Kind(REPOSITORY, computed=_outputs, creating=needs("artifactregistry")),
    Kind(
        MEMBER,
        _member,
        computed=etag,
        creating=all_of(needs("artifactregistry"), refuse_role, refuse_member),
        repeatable=True,
    ),
)
"""What is special of Artifact Registry's types."""


def _get_repository(account: Account, arguments: Properties) -> Properties:
    project, location = placed(account, arguments, "project"), arguments.get("location")
    name = arguments.get("repositoryId")
    identity = f"projects/{project}/locations/{location}/repositories/{name}"
    outputs: Properties = {"name": name, "repositoryId": name, "location": location, "project": project}
    uri = f"{location}-docker.pkg.dev/{project}/{name}"
    return {"format": "DOCKER", "registryUri": uri, **given(account, REPOSITORY, identity, outputs)}


INVOKES: Final[dict[str, Invoke]] = {
    "gcp:artifactregistry/getRepository:getRepository": _get_repository,
}
"""The functions."""
