"""Kubeconfigs of clusters on Google Cloud: they hold no token, the caller's own login is asked for one."""

import yaml

from components.kubeconfig import exec_kubeconfig

PLUGIN = "gke-gcloud-auth-plugin"


def kubeconfig(name: str, host: str, certificate_authority: str = "") -> str:
    """The contents of a kubeconfig.

    Args:
        name: What cluster, user and context are called.
        host: The endpoint: a name of Google's, or an address.
        certificate_authority: PEM in base64; empty for a public one, as an endpoint with a name has.
    """
    cluster = {"server": f"https://{host}"}
    if certificate_authority:
        cluster["certificate-authority-data"] = certificate_authority
    plugin = {
        "command": PLUGIN,
        "installHint": "gcloud components install gke-gcloud-auth-plugin",
        "provideClusterInfo": True,
    }
    return yaml.safe_dump(exec_kubeconfig(name, cluster, plugin), sort_keys=False)
