"""Functions about projects and the caller."""

from typing import Final

from flotilla.sandbox.clouds.gcp.places import project_number
from flotilla.sandbox.clouds.kinds import Invoke
from flotilla.sandbox.clouds.request import Account
from flotilla.sandbox.plugin.protocol import Properties


def _project(account: Account, arguments: Properties) -> Properties:
    given = arguments.get("projectId")
    project = given if isinstance(given, str) and given else account.words["project"]
    return {
        "id": f"projects/{project}",
        "projectId": project,
        "name": project,
        "number": project_number(project),
        "autoCreateNetwork": False,
        "billingAccount": "",
        "deletionPolicy": "",
        "folderId": "",
        "orgId": "",
        "labels": {},
        "effectiveLabels": {},
        "pulumiLabels": {},
        "tags": {},
    }


def _client(account: Account, _arguments: Properties) -> Properties:
    words = account.words
    return {
        "id": f'projects/"{words["project"]}"/regions/"{words["region"]}"/zones/"{words["zone"]}"',
        "project": words["project"],
        "region": words["region"],
        "zone": words["zone"],
        "accessToken": "",
        "defaultLabels": {},
    }


INVOKES: Final[dict[str, Invoke]] = {
    "gcp:organizations/getProject:getProject": _project,
    "gcp:organizations/getClientConfig:getClientConfig": _client,
}
"""The functions."""
