"""The environment of a rehearsal: what its programs may know of the user, which is no credential."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from flotilla.home import flotilla_home

ACCOUNTS = (
    "AWS_", "AMAZON_", "GOOGLE_", "GCLOUD_", "GCP_", "CLOUDSDK_",
    "ARM_", "AZURE_", "AZCOPY_", "MSI_", "IDENTITY_", "PULUMI_", "KUBECONFIG",
)  # fmt: skip
"""Beginnings of variables that lead to an account of a cloud or of Pulumi, or to a cluster."""

_ELSEWHERE = (
    "KUBE",
    "HELM_",
    "DOCKER_",
    "VAULT_",
    "TF_",
    "GITHUB_",
    "GITLAB_",
    "CI_JOB_",
    "ACTIONS_",
    "XDG_",
)
"""Beginnings of further variables that lead out of the rehearsal."""

_SECRETIVE = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|(API|ACCESS|PRIVATE)_?KEY|SSH_(AUTH|AGENT)",
    re.IGNORECASE,
)
"""What the name of a variable that holds a credential says."""

_INHERITED_HOMES = {"PYENV_ROOT": ".pyenv", "ASDF_DATA_DIR": ".asdf"}
"""Where version managers look for Python, below the home directory that the rehearsal does not show."""


def harmless(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold no credential and lead to none."""
    return {
        name: value
        for name, value in variables.items()
        if not name.upper().startswith(ACCOUNTS + _ELSEWHERE) and not _SECRETIVE.search(name)
    }


def closed(variables: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment of a program that finds no credential of the user's: not in variables, not in files.

    Args:
        variables: The user's.
        home: An empty directory in place of the home directory, where every tool keeps its logins.
    """
    kept = harmless(variables)
    users_home = Path(variables.get("HOME", os.path.expanduser("~")))  # noqa: PTH111 (Path.home raises without one)
    for name, directory in _INHERITED_HOMES.items():
        if name not in kept and (users_home / directory).is_dir():
            kept[name] = str(users_home / directory)
    # Byte code of the SDKs makes each start of a program twice as fast.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **kept,
        "HOME": str(home),
        "FLOTILLA_HOME": str(flotilla_home()),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CLOUDSDK_CONFIG": str(home / "gcloud"),
        "AZURE_CONFIG_DIR": str(home / "azure"),
    }
