"""What all resources of one cluster on Google Cloud share: project, region, names and Pulumi options."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True, slots=True)
class Scope:
    """A component under construction."""

    parent: pulumi.Resource
    """The component."""
    provider: pulumi.ProviderResource
    """Google Cloud's provider: no child uses the ambient one."""
    name: str
    """Pulumi name of the component."""
    cloud_name: str
    """Name of the cluster in the cloud."""
    project: str
    """The project's id."""
    region: str
    """The region."""
    deletion_protection: bool
    """Whether what holds data, addresses or a cluster is protected."""
    apis: list[pulumi.Resource] = field(default_factory=list)
    """The enabled APIs, once there are any."""

    def child(self, role: str) -> str:
        """The Pulumi name of a child."""
        return f"{self.name}-{role}"

    def options(
        self,
        *,
        protect: bool = False,
        needs_apis: bool = False,
        depends_on: Sequence[pulumi.Resource] = (),
        ignore_changes: Sequence[str] = (),
    ) -> pulumi.ResourceOptions:
        """Options of a child.

        Args:
            protect: Whether it holds what must not get lost: it is protected if the cluster is.
            needs_apis: Whether it waits for the APIs itself, and not by way of another child.
            depends_on: What has to be there before it.
            ignore_changes: Properties that are left as the cloud has them.
        """
        return pulumi.ResourceOptions(
            parent=self.parent,
            provider=self.provider,
            protect=True if protect and self.deletion_protection else None,
            depends_on=[*(self.apis if needs_apis else ()), *depends_on],
            ignore_changes=list(ignore_changes) or None,
            # A cluster of another name comes before the old one goes. With the same name Google Cloud refuses
            # the new one, and nothing is lost.
            delete_before_replace=False,
        )

    def reading(self) -> pulumi.InvokeOutputOptions:
        """Options of a function that asks for what is there already, previews included."""
        return pulumi.InvokeOutputOptions(parent=self.parent, provider=self.provider)
