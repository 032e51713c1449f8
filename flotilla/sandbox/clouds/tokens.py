"""The bearer tokens of a workspace: the played credential plugins give them, its control planes check them.

Each is derived from one random secret of the workspace, so that it is the same whoever asks first. Only the
standard library is used: this runs with every call of a credential plugin.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

PREFIXES = {"aws": "k8s-aws-v1.", "gcp": "ya29.", "azure-native": "entra."}
"""How the tokens of each cloud begin."""

USER = "rehearsal"
"""Whom a control plane takes the bearer for: a user in no group, who may do what RBAC allows."""


def directory_of(workspace: Path) -> Path:
    """The directory of what proves who is who in a workspace."""
    return workspace / "credentials"


def token(workspace: Path, cloud: str, cluster: str = "") -> str:
    """The caller's token: for AWS that of the cluster named, elsewhere one for all clusters of the cloud.

    Raises:
        OSError: the workspace is not there, or cannot be written.
    """
    subject = f"{cloud}/{cluster if cloud == 'aws' else ''}"
    mac = hmac.new(_secret(workspace), subject.encode(), hashlib.sha256).digest()
    return PREFIXES[cloud] + base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _secret(workspace: Path) -> bytes:
    """The workspace's secret, made on first need; of several who make it at once, the first one's counts."""
    file = directory_of(workspace) / "secret"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_name(f".secret.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(secrets.token_bytes(32))
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        return file.read_bytes()
    finally:
        draft.unlink()
    return file.read_bytes()
