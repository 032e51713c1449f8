"""What the configuration knows of each cloud: its name, its provider, and what names a cluster there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud, as the type of its clusters names it."""

    title: str
    """Its name for people."""
    provider: str
    """Pulumi's package for it."""
    permissions: str
    """Its key in `permissions`, and the beginning of its clusters' identifiers."""
    nothing: str
    """How `permissions` say that nothing is allowed there."""
    place: tuple[str, ...]
    """Fields of a cluster's specification that, together, no two clusters of the cloud share."""


CLOUDS = {
    "eks": Cloud("AWS", "aws", "aws", "{}", ("account_id", "region", "name")),
    "gke": Cloud("Google Cloud", "gcp", "gcp", "{ roles: [] }", ("project", "region", "name")),
    "aks": Cloud("Azure", "azure-native", "azure", "{ roles: [] }", ("subscription_id", "location", "name")),
}
"""The clouds by their type of cluster."""
