"""The administrator's kubeconfig of a control plane."""

import base64
import json
from pathlib import Path


def kubeconfig(name: str, server: str, pki: Path) -> str:
    """A kubeconfig that works wherever it is copied to: certificate and key are inside.

    It is in JSON, which is YAML too. Cluster, user and context all have the control plane's name.
    """
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {"server": server, "certificate-authority-data": _encoded(pki / "ca.crt")},
            }
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate-data": _encoded(pki / "admin.crt"),
                    "client-key-data": _encoded(pki / "admin.key"),
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return json.dumps(document, indent=2) + "\n"


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()
