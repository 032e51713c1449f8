"""Values to ask sandbox clouds with: of a type, beyond a pattern, and whole inputs that a cloud takes."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from flotilla.sandbox.clouds.asking import Made

Inputs = dict[str, Any]
Make = Callable[[str], Made]
"""Makes a resource of a type once, to refer to."""

PROVIDERS: Final[dict[str, dict[str, object]]] = {
    "aws": {"region": "eu-west-1"},
    "gcp": {"project": "acme", "region": "europe-west1"},
    "azure-native": {"subscriptionId": "00000000-0000-4000-8000-000000000001", "location": "westeurope"},
}
"""The configuration of the providers that are asked."""

ALWAYS: Final[dict[str, Inputs]] = {
    "azure-native:containerservice:MaintenanceConfiguration": {"configName": "default"},
}
"""Inputs without which a cloud finds nothing else wrong, by type."""

ALSO: Final[dict[tuple[str, str], Inputs]] = {("aws:route53/record:Record", "aliases"): {"ttl": 300}}
"""What stood beside a value when it was tried: by type and property."""

_EKS: Final = {"Service": ["eks.amazonaws.com", "ec2.amazonaws.com", "pods.eks.amazonaws.com"]}
_PLATFORM: Final = "arn:aws:iam::123456789012:role/platform"


def policy(**parts: object) -> str:
    """A document of IAM with one statement."""
    statement: Inputs = {"Effect": "Allow", "Action": "sts:AssumeRole", **parts}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


BASES: Final[dict[str, Callable[[Make], Inputs]]] = {
    "aws:ec2/vpc:Vpc": lambda _: {"cidrBlock": "10.0.0.0/16"},
    "aws:ec2/subnet:Subnet": lambda make: {
        "vpcId": make("aws:ec2/vpc:Vpc").id, "cidrBlock": "10.0.0.0/24", "availabilityZone": "eu-west-1a",
    },
    "aws:ec2/securityGroup:SecurityGroup": lambda make: {"name": "it", "vpcId": make("aws:ec2/vpc:Vpc").id},
    "aws:ec2/routeTable:RouteTable": lambda make: {"vpcId": make("aws:ec2/vpc:Vpc").id},
    "aws:ec2/internetGateway:InternetGateway": lambda make: {"vpcId": make("aws:ec2/vpc:Vpc").id},
    "aws:iam/role:Role": lambda _: {"name": "it", "assumeRolePolicy": policy(Principal=_EKS)},
    "aws:iam/policy:Policy": lambda _: {"name": "it", "policy": policy(Resource="*")},
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": lambda make: {
        "role": make("aws:iam/role:Role").id, "policyArn": "arn:aws:iam::123456789012:policy/own",
    },
    "aws:eks/cluster:Cluster": lambda make: {
        "name": "it",
        "roleArn": make("aws:iam/role:Role").outputs["arn"],
        "vpcConfig": {"subnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]},
        "accessConfig": {"authenticationMode": "API"},
        "tags": {"after": make("aws:iam/rolePolicyAttachment:RolePolicyAttachment").id},
    },
    "aws:ec2/route:Route": lambda make: {
        "routeTableId": make("aws:ec2/routeTable:RouteTable").id,
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": make("aws:ec2/internetGateway:InternetGateway").id,
    },
    "aws:eks/nodeGroup:NodeGroup": lambda make: {
        "clusterName": make("aws:eks/cluster:Cluster").id,
        "nodeGroupName": "it",
        "nodeRoleArn": make("aws:iam/role:Role").outputs["arn"],
        "subnetIds": ["subnet-0123456789abcdef0"],
        "scalingConfig": {"minSize": 0, "desiredSize": 0, "maxSize": 1},
    },
    "aws:route53/zone:Zone": lambda _: {"name": "example.com"},
    "aws:route53/record:Record": lambda make: {
        "zoneId": make("aws:route53/zone:Zone").id,
        "name": "www",
        "type": "A",
        "ttl": 60,
        "records": ["203.0.113.1"],
    },
    "aws:eks/addon:Addon": lambda make: {
        "clusterName": make("aws:eks/cluster:Cluster").id, "addonName": "vpc-cni",
    },
    "aws:eks/accessEntry:AccessEntry": lambda make: {
        "clusterName": make("aws:eks/cluster:Cluster").id, "principalArn": _PLATFORM,
    },
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": lambda make: {
        "clusterName": make("aws:eks/cluster:Cluster").id,
        "namespace": "it",
        "serviceAccount": "it",
        "roleArn": make("aws:iam/role:Role").outputs["arn"],
    },
    "gcp:compute/network:Network": lambda _: {"name": "it", "autoCreateSubnetworks": False},
    "gcp:compute/subnetwork:Subnetwork": lambda make: {
        "name": "it", "ipCidrRange": "10.0.0.0/20", "network": make("gcp:compute/network:Network").id,
    },
    "azure-native:resources:ResourceGroup": lambda _: {"resourceGroupName": "it", "location": "westeurope"},
    "azure-native:network:VirtualNetwork": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "virtualNetworkName": "it",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    },
    "azure-native:network:NatGateway": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "natGatewayName": "it",
    },
    "azure-native:network:PublicIPAddress": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "publicIpAddressName": "it",
        "sku": {"name": "Standard"},
        "publicIPAllocationMethod": "Static",
    },
    "azure-native:managedidentity:UserAssignedIdentity": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "resourceName": "it",
    },
    "azure-native:managedidentity:FederatedIdentityCredential": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "resourceName": make("azure-native:managedidentity:UserAssignedIdentity").outputs["name"],
        "federatedIdentityCredentialResourceName": "it",
        "issuer": "https://it", "subject": "it", "audiences": ["it"],
    },
    "azure-native:containerregistry:Registry": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "registryName": "itself",
        "sku": {"name": "Basic"},
    },
    "azure-native:dns:Zone": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "zoneName": "it.example.com",
    },
    "azure-native:dns:RecordSet": lambda make: {
        "resourceGroupName": make("azure-native:resources:ResourceGroup").outputs["name"],
        "zoneName": make("azure-native:dns:Zone").outputs["name"],
        "relativeRecordSetName": "www", "recordType": "A", "ttl": 300,
        "aRecords": [{"ipv4Address": "192.0.2.1"}],
    },
    "azure-native:authorization:RoleAssignment": lambda make: {
        "scope": make("azure-native:resources:ResourceGroup").id,
        "principalId": "00000000-0000-4000-8000-00000000000a",
        "roleDefinitionId": (
            "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
        ),
        "roleAssignmentName": "00000000-0000-4000-8000-00000000000b",
    },
}  # fmt: skip
"""Inputs that a cloud takes, by type."""


def nest(path: str, value: object) -> Inputs:
    """Inputs with nothing but a value at a path; nothing at all for None."""
    if value is None:
        return {}
    first, _, rest = path.partition(".")
    inner = nest(rest, value) if rest else value
    bare = first.removesuffix("[]").removesuffix("{}")
    return {bare: [inner] if first.endswith("[]") else {"key": inner} if first.endswith("{}") else inner}


def sample(kind: str, rule: Inputs, number: int) -> object:
    """The first or the second value of a type; of objects, first none and then an empty one."""
    options = cast("list[object]", rule.get("enum", []))
    least = int(rule.get("min", 1))
    empty: Inputs = {}
    if kind in ("object[]", "object"):
        items: list[object] = [empty] * number
        return items if kind.endswith("[]") else empty if number else None
    match kind:
        case "boolean":
            return bool(number) if rule.get("default") is not True else not number
        case "integer" | "number":
            return least + number
        case _ if kind.endswith("[]"):
            return [sample(kind[:-2], rule, number)]
        case _ if kind.endswith("{}"):
            return {"key": sample(kind[:-2], {}, number)}
        case _:
            return options[-1 - number] if len(options) > 1 else ("one", "two")[number]


def beyond(rule: Inputs, kind: str) -> Iterator[tuple[str, object, object]]:
    """For each limit its name, a value that breaks it, and one that just does not, where one is known."""
    for name, bad, good in (*_of_texts(rule), *_of_numbers(rule, kind), *_of_networks(rule)):
        listed = kind.endswith("[]")
        yield name, [bad] if listed else bad, [good] if listed and good is not None else good
    if kind.endswith("[]"):
        if "maxItems" in rule:
            yield "maxItems", ["x"] * (int(rule["maxItems"]) + 1), None
        if rule.get("minItems"):
            yield "minItems", [], None


def _of_texts(rule: Inputs) -> Iterator[tuple[str, object, object]]:
    if "enum" in rule and "enumOf" not in rule:
        options = cast("list[object]", rule["enum"])
        yield "enum", "no-such-value" if isinstance(options[0], str) else 987654, options[-1]
    bad = _bad_text(str(rule["pattern"])) if "pattern" in rule else None
    if bad is not None:
        yield "pattern", bad, None
    if rule.get("minLength"):
        yield "minLength", "x" * (int(rule["minLength"]) - 1), None
    if "maxLength" in rule:
        yield "maxLength", "x" * (int(rule["maxLength"]) + 1), None


def _of_numbers(rule: Inputs, kind: str) -> Iterator[tuple[str, object, object]]:
    for name, step in (("min", -1), ("max", 1)):
        if name in rule and kind != "string":
            yield name, rule[name] + step, rule[name]


def _of_networks(rule: Inputs) -> Iterator[tuple[str, object, object]]:
    if "prefixMin" in rule:
        shortest, longest = int(rule["prefixMin"]), int(rule["prefixMax"])
        yield "prefix", f"10.0.0.0/{shortest - 1}", f"10.0.0.0/{shortest}"
        if longest < 32:  # noqa: PLR2004 (bits of an address)
            yield "prefix", f"10.0.0.0/{longest + 1}", f"10.0.0.0/{longest}"
    if "within" in rule:
        yield "within", "8.8.0.0/16", "10.0.0.0/16"


def _bad_text(pattern: str) -> str | None:
    """A text that does not match a pattern, or that begins or ends as it should not."""
    candidates = ("", "!", " ", "-", "A B", "\u20ac", "a\u20ac", "\u0000")
    try:
        return next((text for text in candidates if not re.fullmatch(pattern, text)), None)
    except re.error:
        return None
