"""How Azure answers under mocks: ids, addresses, issuers, and the kubeconfig of a cluster."""

import base64
from collections.abc import Callable, Mapping
from typing import Any, cast

import yaml
from pulumi.runtime import MockResourceArgs

SUBSCRIPTION = "00000000-0000-4000-8000-000000000001"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
ISSUER = "https://westeurope.oic.prod-aks.azure.com/tenant/issuer/"
ADDRESS = "203.0.113.7"
"""What every public address is (RFC 5737)."""
SERVER = "https://shop-uat-1234abcd.hcp.westeurope.azmk8s.io:443"


def _group(args: MockResourceArgs) -> dict[str, Any]:
    name = _inputs(args)["resourceGroupName"]
    return {"id": f"{GROUP}/{name}", "name": name}


def _network(args: MockResourceArgs) -> dict[str, Any]:
    return _named(args, "virtualNetworkName", "Microsoft.Network/virtualNetworks")


def _subnet(args: MockResourceArgs) -> dict[str, Any]:
    network = _inputs(args)["virtualNetworkName"]
    return _named(args, "subnetName", f"Microsoft.Network/virtualNetworks/{network}/subnets")


def _nat(args: MockResourceArgs) -> dict[str, Any]:
    return _named(args, "natGatewayName", "Microsoft.Network/natGateways")


def _address(args: MockResourceArgs) -> dict[str, Any]:
    found = _named(args, "publicIpAddressName", "Microsoft.Network/publicIPAddresses")
    return {**found, "ipAddress": ADDRESS}


def _identity(args: MockResourceArgs) -> dict[str, Any]:
    found = _named(args, "resourceName", "Microsoft.ManagedIdentity/userAssignedIdentities")
    name = found["name"]
    return {**found, "clientId": f"client-of-{name}", "principalId": f"principal-of-{name}"}


def _cluster(args: MockResourceArgs) -> dict[str, Any]:
    found = _named(args, "resourceName", "Microsoft.ContainerService/managedClusters")
    identity = cast("dict[str, Any]", _inputs(args)["identity"])
    # A list goes in, a map comes out.
    given = {each: dict[str, str]() for each in identity["userAssignedIdentities"]}
    return {
        **found,
        "identity": {**identity, "userAssignedIdentities": given},
        "oidcIssuerProfile": {"enabled": True, "issuerURL": ISSUER},
    }


def _pool(args: MockResourceArgs) -> dict[str, Any]:
    cluster = _inputs(args)["resourceName"]
    return _named(args, "agentPoolName", f"Microsoft.ContainerService/managedClusters/{cluster}/agentPools")


def _registry(args: MockResourceArgs) -> dict[str, Any]:
    return _named(args, "registryName", "Microsoft.ContainerRegistry/registries")


def _inputs(args: MockResourceArgs) -> dict[str, Any]:
    return cast("dict[str, Any]", args.inputs)


def _named(args: MockResourceArgs, key: str, path: str) -> dict[str, Any]:
    inputs = _inputs(args)
    name = inputs[key]
    return {"id": f"{GROUP}/{inputs['resourceGroupName']}/providers/{path}/{name}", "name": name}


def _credentials(args: dict[str, Any]) -> dict[str, Any]:
    assert args["format"] == "exec"
    contents = {
        "clusters": [
            {
                "name": args["resourceName"],
                "cluster": {"server": SERVER, "certificate-authority-data": "Q0E="},
            }
        ],
        "users": [
            {"name": "it", "user": {"exec": {"command": "kubelogin", "args": ["--login", "devicecode"]}}}
        ],
    }
    encoded = base64.b64encode(yaml.safe_dump(contents).encode()).decode()
    return {"kubeconfigs": [{"name": "clusterUser", "value": encoded}]}


OUTPUTS: Mapping[str, Callable[[MockResourceArgs], dict[str, Any]]] = {
    "azure-native:resources:ResourceGroup": _group,
    "azure-native:network:VirtualNetwork": _network,
    "azure-native:network:Subnet": _subnet,
    "azure-native:network:NatGateway": _nat,
    "azure-native:network:PublicIPAddress": _address,
    "azure-native:managedidentity:UserAssignedIdentity": _identity,
    "azure-native:containerservice:ManagedCluster": _cluster,
    "azure-native:containerservice:AgentPool": _pool,
    "azure-native:containerregistry:Registry": _registry,
}
"""What Azure computes of a resource, besides its inputs."""


def _existing(path: str, key: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Answers that something is there."""

    def answer(args: dict[str, Any]) -> dict[str, Any]:
        where = path.format(**args)
        return {"id": f"{GROUP}/{args['resourceGroupName']}{where}", "name": args[key]}

    return answer


CALLS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "azure-native:containerservice:listManagedClusterUserCredentials": _credentials,
    "azure-native:resources:getResourceGroup": _existing("", "resourceGroupName"),
    "azure-native:network:getSubnet": _existing(
        "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}", "subnetName"
    ),
    "azure-native:containerregistry:getRegistry": _existing(
        "/providers/Microsoft.ContainerRegistry/registries/{registryName}", "registryName"
    ),
    "azure-native:dns:getZone": _existing("/providers/Microsoft.Network/dnszones/{zoneName}", "zoneName"),
}
"""What Azure answers to a call, by token."""
