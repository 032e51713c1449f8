"""What can be said of a cluster on AWS."""

from typing import NotRequired

from components.types.clusters import ManagedCluster
from components.types.strictly import strictly


@strictly
class EksClusterSpec(ManagedCluster):
    """A cluster on AWS: Elastic Kubernetes Service."""

    account_id: str
    """The AWS account, twelve digits in quotes; nothing is ever made in another one."""
    region: NotRequired[str]
    """The AWS region. Default: the stack's `aws:region`."""
