"""The kubeconfigs that AKS gives out."""

import base64
import json

from flotilla.sandbox.clouds import control_planes
from flotilla.sandbox.clouds.azure.package import CLOUD, plane_of
from flotilla.sandbox.clouds.azure.resources import MANAGED_CLUSTER
from flotilla.sandbox.clouds.credentials import AKS_SERVER
from flotilla.sandbox.clouds.errors import CloudError
from flotilla.sandbox.clouds.paths import value_at
from flotilla.sandbox.clouds.request import Account
from flotilla.sandbox.clouds.store import Resource
from flotilla.sandbox.clouds.tokens import token
from flotilla.sandbox.plugin.protocol import Properties


def user_credentials(account: Account, arguments: Properties) -> Properties:
    """A kubeconfig for whoever asks: one that signs a person in, where the cluster has Entra's accounts."""
    cluster = _cluster(account, arguments)
    name = cluster.id.rpartition("/")[2]
    user = f"clusterUser_{arguments['resourceGroupName']}_{name}"
    entra = value_at(cluster.outputs, "aadProfile.managed") is True
    tenant = str(value_at(cluster.outputs, "aadProfile.tenantID"))
    return _kubeconfig(
        account, cluster, user, {"exec": _plugin(tenant)} if entra else _token(account, cluster)
    )


def admin_credentials(account: Account, arguments: Properties) -> Properties:
    """A kubeconfig with the local account, where the cluster has one.

    Raises:
        CloudError: local accounts are disabled.
    """
    cluster = _cluster(account, arguments)
    if cluster.outputs.get("disableLocalAccounts") is True:
        message = (
            "Getting static credential is not allowed because this cluster is set to disable local accounts."
        )
        raise CloudError(f'Status=400 Code="BadRequest" Message="{message}"', "BadRequest")
    name = cluster.id.rpartition("/")[2]
    user = f"clusterAdmin_{arguments['resourceGroupName']}_{name}"
    return _kubeconfig(account, cluster, user, _token(account, cluster))


def _cluster(account: Account, arguments: Properties) -> Resource:
    group, name = arguments.get("resourceGroupName"), arguments.get("resourceName")
    identity = (
        f"/subscriptions/{account.words['sub']}/resourceGroups/{group}"
        f"/providers/Microsoft.ContainerService/managedClusters/{name}"
    )
    for found in account.store.all(MANAGED_CLUSTER):
        if found.id.casefold() == identity.casefold():
            return found
    what = f"Microsoft.ContainerService/ManagedClusters/{name}"
    raise CloudError(
        f'Status=404 Code="ResourceNotFound" Message="The Resource \'{what}\' under resource group '
        f"'{group}' was not found. For more details please go to "
        'https://aka.ms/ARMResourceNotFoundFix"',
        "ResourceNotFound",
    )


def _kubeconfig(account: Account, cluster: Resource, user: str, credentials: Properties) -> Properties:
    endpoint = control_planes.endpoint(account.directory, CLOUD, plane_of(cluster.id))
    if endpoint is None:
        message = f"The control plane of {cluster.id} does not run."
        raise CloudError(f'Status=409 Code="OperationNotAllowed" Message="{message}"', "OperationNotAllowed")
    name = cluster.id.rpartition("/")[2]
    where = {"server": endpoint.server, "certificate-authority-data": endpoint.certificate_authority}
    contents: Properties = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": where}],
        "users": [{"name": user, "user": credentials}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        "current-context": name,
        "preferences": {},
    }
    encoded = base64.b64encode(json.dumps(contents).encode()).decode()
    return {"kubeconfigs": [{"name": user.partition("_")[0], "value": encoded}]}


def _plugin(tenant: str) -> Properties:
    """As AKS has it: the login method that asks a person."""
    return {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": [
            "get-token", "--login", "devicecode", "--server-id", AKS_SERVER, "--tenant-id", tenant,
            "--environment", "AzurePublicCloud", "--client-id", "80faf920-1908-4b52-b5ef-a8e7bedfc67a",
        ],
        "env": None,
        "provideClusterInfo": False,
    }  # fmt: skip


def _token(account: Account, cluster: Resource) -> Properties:
    return {"token": token(account.directory, CLOUD, cluster.id.rpartition("/")[2])}
