"""Whom programs of a workspace trust: the system's authorities, and those of the workspace's control planes.

A GKE cluster's kubeconfig for its DNS endpoint names no authority, since Google's is a public one. That of a
control plane on this computer is not, so the workspace has a bundle of its own, named by `SSL_CERT_FILE`. Go
on Linux and Python's ssl heed it; Go on macOS asks the system's keychain only.
"""

import os
import ssl
from pathlib import Path

from filelock import FileLock

from flotilla.controlplane import find
from flotilla.controlplane.layout import Layout, write_private
from flotilla.sandbox.clouds.tokens import directory_of

KNOWN_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep their authorities: Debian, Fedora, openSUSE, RHEL, Alpine and macOS."""


def environment(workspace: Path) -> dict[str, str]:
    """The variables by which programs of the workspace trust its control planes.

    The bundle is brought up to date; the system's authorities are those of the calling process.

    Raises:
        OSError: the workspace is not there, or cannot be written.

    Example:
        subprocess.run(["kubectl", "get", "nodes"], env={**os.environ, **environment(workspace)})
    """
    directory = directory_of(workspace)
    directory.mkdir(mode=0o700, exist_ok=True)
    system = _system_bundle(bundle(workspace))
    # Comments between certificates may be in any encoding.
    roots = system.read_text(encoding="latin-1") if system else ""
    write_private(directory / "system-roots.pem", roots)
    update(workspace)
    return {"SSL_CERT_FILE": str(bundle(workspace))}


def bundle(workspace: Path) -> Path:
    """The file with all certificates that programs of the workspace trust, in PEM."""
    return directory_of(workspace) / "roots.pem"


def update(workspace: Path) -> None:
    """Bring the bundle up to date with the control planes there are; safe to call by several at once."""
    directory = directory_of(workspace)
    directory.mkdir(mode=0o700, exist_ok=True)
    with FileLock(directory / ".roots.lock"):
        write_private(bundle(workspace), "\n".join(_certificates(workspace)))


def _certificates(workspace: Path) -> list[str]:
    clusters = workspace / "clusters"
    planes = [Layout(clusters, name).pki / "ca.crt" for name in find(clusters)]
    files = [directory_of(workspace) / "system-roots.pem", *planes]
    return [file.read_text(encoding="utf-8") for file in files if file.is_file()]


def _system_bundle(ours: Path) -> Path | None:
    """The file of authorities that programs would use without us.

    Not ours: the caller may run in the workspace's environment already, and then the file we took is kept.
    """
    named = os.environ.get("SSL_CERT_FILE")
    if named and Path(named) == ours:
        kept = ours.with_name("system-roots.pem")
        return kept if kept.is_file() else None
    candidates = [named, ssl.get_default_verify_paths().openssl_cafile, *KNOWN_BUNDLES]
    return next((Path(path) for path in candidates if path and Path(path).is_file()), None)
