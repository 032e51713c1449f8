"""What a cluster can know of the stack it belongs to, before any resource is registered."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.naming import on_cluster
from components.tiers import TIERS
from components.types import EnvironmentSpec


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The stack around a cluster."""

    cluster: str
    """The cluster's name in the stack."""
    stack: str
    """Name of the stack."""
    project: str
    """Name of the project whose services run there."""
    environment: EnvironmentSpec
    """The environment the stack is."""
    config: Mapping[str, object]
    """Plain configuration of the clouds' providers, such as `aws:region`."""

    @property
    def cloud_name(self) -> str:
        """The cluster's name in the cloud unless it is given one: another for each cluster of an account."""
        return on_cluster(f"{self.project}-{self.stack}", self.cluster)

    @property
    def deletion_protection(self) -> bool:
        """Whether the tier protects what holds data, addresses or a cluster."""
        return TIERS[self.environment["tier"]].deletion_protection

    @property
    def labels(self) -> Mapping[str, str]:
        """Labels for all that is created in the cloud."""
        return self.environment.get("labels", {})

    def text(self, key: str) -> str:
        """A setting of a cloud's provider; empty where the stack has none."""
        value = self.config.get(key, "")
        return value if isinstance(value, str) else ""
