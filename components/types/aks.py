"""What can be said of a cluster on Azure."""

from typing import NotRequired

from components.types.clusters import ManagedCluster
from components.types.strictly import strictly


@strictly
class AksClusterSpec(ManagedCluster):
    """A cluster on Azure: Azure Kubernetes Service."""

    subscription_id: NotRequired[str]
    """The Azure subscription, by its id. Default: the stack's `azure-native:subscriptionId`."""
    location: NotRequired[str]
    """The Azure region. Default: the stack's `azure-native:location`."""
