"""EKS: clusters, node groups, add-ons, access."""

from typing import Final

from flotilla.sandbox.clouds.aws import access, clusters, node_groups

KINDS: Final = (*clusters.KINDS, *node_groups.KINDS, *access.KINDS)
"""What is special of EKS's types."""
