"""Kubeconfigs of clusters on Google Cloud: they hold no token, the caller's own login is asked for one."""

import yaml

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
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": PLUGIN,
        "installHint": "gcloud components install gke-gcloud-auth-plugin",
        "provideClusterInfo": True,
    }
    contents: dict[str, object] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"exec": plugin}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return yaml.safe_dump(contents, sort_keys=False)
