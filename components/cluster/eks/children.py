"""What everything that a cluster on AWS consists of has in common: parent, provider, names."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, slots=True)
class Children:
    """How children of a component on AWS are named and made."""

    name: str
    """Name of the component."""
    cloud_name: str
    """Name of the cluster on AWS, from which the console's names are made."""
    region: str
    """Its region; empty where the provider alone knows it."""
    component: pulumi.Resource
    provider: pulumi.ProviderResource
    """The component's own provider of AWS."""
    protect: bool
    """Whether what holds data, addresses or a cluster is protected."""
    boundary: str | None = None
    """ARN of the policy that bounds every role."""

    def named(self, role: str) -> str:
        """The Pulumi name of the child with a role."""
        return f"{self.name}-{role}"

    def tags(self, role: str) -> dict[str, str]:
        """The name that AWS's console shows."""
        return {"Name": f"{self.cloud_name}-{role}"}

    def options(
        self,
        *,
        depends_on: Sequence[pulumi.Resource] = (),
        protected: bool = False,
        delete_before_replace: bool | None = None,
        replace_on_changes: Sequence[str] = (),
        ignore_changes: Sequence[str] = (),
        replacement_trigger: str | None = None,
    ) -> pulumi.ResourceOptions:
        """Options of a child; `protected` ones are so where the cluster is."""
        return pulumi.ResourceOptions(
            parent=self.component,
            provider=self.provider,
            depends_on=list(depends_on),
            protect=True if protected and self.protect else None,
            delete_before_replace=delete_before_replace,
            replace_on_changes=list(replace_on_changes) or None,
            ignore_changes=list(ignore_changes) or None,
            replacement_trigger=replacement_trigger,
        )
