"""What can be said of a cluster on Google Cloud."""

from typing import NotRequired

from components.types.clusters import ManagedCluster
from components.types.strictly import strictly


@strictly
class GkeClusterSpec(ManagedCluster):
    """A cluster on Google Cloud: Google Kubernetes Engine."""

    project: NotRequired[str]
    """The Google Cloud project, by its id. Default: the stack's `gcp:project`."""
    region: NotRequired[str]
    """The Google Cloud region. Default: the stack's `gcp:region`."""
