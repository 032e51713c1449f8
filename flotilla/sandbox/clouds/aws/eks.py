"""EKS: clusters, their nodes, their add-ons, and who gets in."""

from typing import Final

from flotilla.sandbox.clouds.aws import access, addons, node_groups
from flotilla.sandbox.clouds.aws.clusters import (
    CLUSTER,
    cluster_outputs,
    refuse_change,
    refuse_cluster,
    refuse_while_in_use,
)
from flotilla.sandbox.clouds.aws.index import region_of
from flotilla.sandbox.clouds.aws.planes import start, stop
from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.kinds import Invoke, Kind
from flotilla.sandbox.clouds.request import Account
from flotilla.sandbox.plugin.errors import OperationError
from flotilla.sandbox.plugin.protocol import Properties

KINDS: Final = (
    Kind(
        CLUSTER,
        computed=cluster_outputs,
        derived=all_tags,
        creating=refuse_cluster,
        updating=refuse_change,
        deleting=refuse_while_in_use,
        made=start,
        removing=stop,
    ),
    *node_groups.KINDS,
    *access.KINDS,
    *addons.KINDS,
)
"""What is special of EKS's types."""


def _token(_account: Account, _arguments: Properties) -> Properties:
    raise OperationError(
        "aws.eks.get_cluster_auth gives a token that ends after 15 minutes and stays in the state. Give the "
        "Kubernetes provider a kubeconfig whose exec plugin is `aws eks get-token` instead."
    )


def _addon_version(account: Account, arguments: Properties) -> Properties:
    name, most_recent = str(arguments.get("addonName")), bool(arguments.get("mostRecent"))
    version = addons.VERSIONS.get(name)
    if version is None:
        raise OperationError(f"reading EKS Add-On version info ({name}): couldn't find resource")
    region = region_of(account, arguments)
    return {**arguments, "id": name, "version": version, "mostRecent": most_recent, "region": region}


INVOKES: Final[dict[str, Invoke]] = {
    "aws:eks/getAddonVersion:getAddonVersion": _addon_version,
    "aws:eks/getClusterAuth:getClusterAuth": _token,
}
"""The functions."""
