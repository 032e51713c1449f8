"""The kubeconfig of a cluster: how to reach it, with `kubelogin` in place of a token."""

import base64
from typing import cast

import pulumi
import pulumi_azure_native as azure
import yaml

from components.cluster.aks.place import Place
from components.kubeconfig import exec_kubeconfig
from components.types import AksLogin

SERVER_ID = "6dae42f8-4368-4678-94ff-3960e28e3630"
"""The application of every AKS cluster in Microsoft Entra (azure.github.io/kubelogin)."""


def kubeconfig(
    place: Place, cluster: "azure.containerservice.ManagedCluster", name: str, login: AksLogin
) -> pulumi.Output[str]:
    """The kubeconfig of a cluster that is there, for whoever `login` finds; `name` is the cluster's."""
    credentials = azure.containerservice.list_managed_cluster_user_credentials_output(
        resource_group_name=place.group,
        resource_name=cluster.name,
        format="exec",
        opts=pulumi.InvokeOutputOptions(
            parent=place.component, provider=place.provider, depends_on=[cluster]
        ),
    )
    return credentials.apply(lambda found: with_login(found.kubeconfigs[0].value, name, login))


def with_login(encoded: str, name: str, login: AksLogin) -> str:
    """A kubeconfig with the server and certificate of another, and `kubelogin` by a given way.

    AKS' own asks a person to sign in at a web page, which a pipeline would wait for until it is ended.

    Args:
        encoded: AKS' own kubeconfig, in base64.
        name: Name of the cluster.
        login: How `kubelogin` gets its token.
    """
    parsed = cast("dict[str, list[dict[str, dict[str, str]]]]", yaml.safe_load(base64.b64decode(encoded)))
    found = parsed["clusters"][0]["cluster"]
    plugin = {
        "command": "kubelogin",
        "args": ["get-token", "--login", str(login), "--server-id", SERVER_ID],
        "env": None,
        "installHint": "Get kubelogin: az aks install-cli",
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    cluster = {
        "server": found["server"],
        "certificate-authority-data": found["certificate-authority-data"],
    }
    return yaml.safe_dump(exec_kubeconfig(name, cluster, plugin), sort_keys=False)
