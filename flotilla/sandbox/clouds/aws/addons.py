"""Add-ons of clusters of EKS."""

import re
from typing import Final, cast

from flotilla.sandbox.clouds.aws.access import refuse_role_of_pods
from flotilla.sandbox.clouds.aws.clusters import items
from flotilla.sandbox.clouds.aws.node_groups import ADDON
from flotilla.sandbox.clouds.aws.planes import cluster_of, has_nodes
from flotilla.sandbox.clouds.aws.tagging import all_tags, now
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties

_VERSION: Final = re.compile(r"v\d+\.\d+\.\d+(?:-[a-z0-9.]+)*-eksbuild\.\d+")
_ON_NODES: Final = frozenset(
    {"aws-ebs-csi-driver", "aws-efs-csi-driver", "cert-manager", "coredns", "external-dns", "metrics-server"}
)
"""Those that are not ready until a node runs them."""
VERSIONS: Final = {
    "adot": "v0.141.0-eksbuild.1",
    "amazon-cloudwatch-observability": "v4.5.0-eksbuild.1",
    "aws-ebs-csi-driver": "v1.53.0-eksbuild.1",
    "aws-efs-csi-driver": "v2.1.15-eksbuild.1",
    "aws-fsx-csi-driver": "v1.7.0-eksbuild.1",
    "aws-guardduty-agent": "v1.12.1-eksbuild.2",
    "aws-mountpoint-s3-csi-driver": "v2.2.0-eksbuild.1",
    "aws-network-flow-monitoring-agent": "v1.1.2-eksbuild.1",
    "aws-privateca-connector-for-kubernetes": "v1.6.0-eksbuild.1",
    "aws-secrets-store-csi-driver-provider": "v2.1.1-eksbuild.1",
    "cert-manager": "v1.19.1-eksbuild.1",
    "coredns": "v1.13.1-eksbuild.1",
    "eks-node-monitoring-agent": "v1.5.0-eksbuild.1",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.1",
    "external-dns": "v0.20.0-eksbuild.1",
    "fluent-bit": "v4.2.0-eksbuild.1",
    "kube-proxy": "v1.36.0-eksbuild.1",
    "kube-state-metrics": "v2.17.0-eksbuild.1",
    "metrics-server": "v0.8.0-eksbuild.5",
    "prometheus-node-exporter": "v1.10.2-eksbuild.1",
    "snapshot-controller": "v8.4.0-eksbuild.1",
    "vpc-cni": "v1.21.0-eksbuild.1",
}
"""AWS's add-ons, each with a version that is taken where the program gives none."""


def _outputs(request: Request) -> Properties:
    return {
        "addonVersion": VERSIONS.get(request.text("addonName"), "v1.0.0-eksbuild.1"),
        "configurationValues": "",
        "createdAt": now(),
        "modifiedAt": now(),
    }


def _refuse(request: Request) -> None:
    name, cluster = request.text("addonName"), cluster_of(request)
    if name not in VERSIONS and "_" not in name:  # those of other vendors are called VENDOR_NAME
        request.refuse("unknownAddon", name=name, **{"k8s version": cluster.outputs.get("version")})
    _refuse_settings(request)
    if name in _ON_NODES and not has_nodes(request, cluster):
        request.refuse("notActive", cluster=cluster.id, name=name)


def _refuse_settings(request: Request) -> None:
    version = request.text("addonVersion")
    if version and not _VERSION.fullmatch(version):
        request.refuse("versionNotSupported")
    for each in items(request.value("podIdentityAssociations")):
        refuse_role_of_pods(request, cast("Properties", each).get("roleArn"))


KINDS: Final = (
    Kind(ADDON, computed=_outputs, derived=all_tags, creating=_refuse, updating=_refuse_settings),
)
"""What is special of add-ons."""
