"""Service accounts."""

import secrets
from typing import Final

from flotilla.sandbox.clouds.gcp.places import needs
from flotilla.sandbox.clouds.gcp.projects import ACCOUNT
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties


def _outputs(request: Request) -> Properties:
    email = request.identity.rpartition("/")[2]
    return {
        "member": f"serviceAccount:{email}",
        "name": request.identity,
        "uniqueId": str(10**20 + secrets.randbelow(10**20)),
        "disabled": False,
    }


KINDS: Final = (Kind(ACCOUNT, computed=_outputs, creating=needs("iam")),)
"""What is special of service accounts."""
