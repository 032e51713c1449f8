"""Projects: the APIs that are enabled in them, and who may do what."""

import re
from collections.abc import Iterator
from typing import Final

from flotilla.sandbox.clouds.gcp.package import fingerprint
from flotilla.sandbox.clouds.gcp.places import SERVICE, needs, project_number
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.plugin.protocol import Properties

MEMBER: Final = "gcp:projects/iAMMember:IAMMember"
ACCOUNT: Final = "gcp:serviceaccount/account:Account"
CLUSTER: Final = "gcp:container/cluster:Cluster"

_ROLE: Final = re.compile(r"(roles|projects/[^/]+/roles|organizations/[^/]+/roles)/[A-Za-z][A-Za-z0-9_.]*")
_KINDS_OF_MEMBERS: Final = re.compile(
    r"(user|group|domain|serviceAccount|principal|principalSet|deleted|projectOwner|projectEditor"
    r"|projectViewer):.+|allUsers|allAuthenticatedUsers"
)
_PRINCIPAL: Final = re.compile(
    r"principal(Set)?://iam\.googleapis\.com/projects/(?P<number>\d+)/locations/global/"
    r"workloadIdentityPools/(?P<pool>[^/]+)/.+"
)


def etag(_request: Request) -> Properties:
    """The version of a policy."""
    return {"etag": fingerprint()}


def refuse_role(request: Request) -> None:
    """A role is given by its whole name."""
    if not _ROLE.fullmatch(request.text("role")):
        request.refuse("badRole", role=request.text("role"))


def refuse_member(request: Request) -> None:
    """A member is there: a service account of the sandbox's projects, a pool of a cluster's identities."""
    member = request.text("member")
    kind, _, who = member.partition(":")
    if not _KINDS_OF_MEMBERS.fullmatch(member):
        request.refuse_with("400 badRequest", f"Invalid argument: member '{member}' has no known kind.")
    if kind == "serviceAccount" and not _is_account(request, who):
        request.refuse_with("400 badRequest", f"Service account {who} does not exist.")
    principal = _PRINCIPAL.fullmatch(member)
    if principal and principal["pool"].endswith(".svc.id.goog"):
        _refuse_pool(request, principal["number"], principal["pool"])


def _is_account(request: Request, email: str) -> bool:
    """Whether there is such a service account, as far as the sandbox can tell: of a project it has seen."""
    _, _, domain = email.partition("@")
    project = domain.removesuffix(".iam.gserviceaccount.com")
    if project == domain or project != request.word("project"):
        return True
    return any(account.outputs.get("email") == email for account in request.store.all(ACCOUNT))


def _refuse_pool(request: Request, number: str, pool: str) -> None:
    project = pool.removesuffix(".svc.id.goog")
    if number != project_number(project) or not any(_with_pool(request.store.all(CLUSTER), project)):
        request.refuse_with("400 badRequest", f"Identity Pool does not exist ({pool}).")


def _with_pool(clusters: Iterator[Resource], project: str) -> Iterator[Resource]:
    """The clusters of a project whose pods have identities: they make its pool."""
    for cluster in clusters:
        has = cluster.outputs.get("enableAutopilot") or cluster.outputs.get("workloadIdentityConfig")
        if has and cluster.id.startswith(f"projects/{project}/"):
            yield cluster


def _member_id(request: Request) -> str:
    titled = request.text("condition.title")
    plain = "/".join((request.word("project"), request.text("role"), request.text("member")))
    return f"{plain}/{titled}" if titled else plain


def _enable(request: Request) -> None:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", request.text("service")):
        request.refuse_with("400 badRequest", f"Service {request.text('service')} is not a service name.")


def _refuse_member(request: Request) -> None:
    needs("cloudresourcemanager")(request)
    refuse_role(request)
    refuse_member(request)


KINDS: Final = (
    Kind(
        SERVICE,
        creating=_enable,
        repeatable=True,
    ),
    Kind(MEMBER, _member_id, computed=etag, creating=_refuse_member, repeatable=True),
)
"""What is special of projects' types."""
