"""Where the resources of a cluster are made, and with which options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.types import AksClusterSpec


@dataclass(frozen=True, slots=True)
class Place:
    """Where the resources of a cluster are made: common to all of them."""

    component: pulumi.Resource
    """The component they belong to."""
    provider: pulumi.ProviderResource
    """The provider of the cluster's subscription."""
    prefix: str
    """Pulumi name of the component, the beginning of theirs."""
    name: pulumi.Input[str]
    """The cluster's name in Azure, the beginning of theirs."""
    subscription: pulumi.Input[str]
    location: pulumi.Input[str]
    group: pulumi.Input[str]
    """Name of the resource group."""
    tags: Mapping[str, str]
    protect: bool
    """Whether what holds data, addresses or the cluster is protected."""
    needed: Sequence[pulumi.Resource] = ()
    """What identities of services wait for: the resource group, where it is made here."""

    def options(
        self,
        *,
        protect: bool = False,
        depends_on: Sequence[pulumi.Resource] = (),
        ignore_changes: Sequence[str] = (),
        replace_on_changes: Sequence[str] = (),
        delete_before_replace: bool | None = False,
    ) -> pulumi.ResourceOptions:
        """The options of a resource.

        Args:
            protect: Whether it is of the kind that is protected.
            depends_on: What has to be there before it.
            ignore_changes: Inputs whose changes count for nothing.
            replace_on_changes: Inputs whose changes replace it, against what the provider thinks.
            delete_before_replace: Whether it goes before its successor comes; None for the provider's way,
                which is so. A cluster of another name comes before the old one goes. With the same name Azure
                refuses it, and nothing is lost.
        """
        return pulumi.ResourceOptions(
            parent=self.component,
            provider=self.provider,
            protect=protect and self.protect,
            depends_on=list(depends_on),
            ignore_changes=list(ignore_changes),
            replace_on_changes=list(replace_on_changes),
            delete_before_replace=delete_before_replace,
        )

    def child(self, role: str) -> str:
        """The Pulumi name of a resource."""
        return f"{self.prefix}-{role}"

    def called(self, role: str) -> pulumi.Input[str]:
        """The name in Azure of a resource."""
        return pulumi.Output.concat(self.name, "-", role)

    @property
    def group_id(self) -> pulumi.Output[str]:
        """Id of the resource group."""
        return pulumi.Output.concat("/subscriptions/", self.subscription, "/resourceGroups/", self.group)


def place_of(
    component: pulumi.Resource,
    provider: pulumi.ProviderResource,
    prefix: str,
    spec: AksClusterSpec,
    group: pulumi.Input[str],
) -> Place:
    """Where the resources of a cluster are made."""
    name = spec.get("name", prefix)
    return Place(
        component=component,
        provider=provider,
        prefix=prefix,
        name=name,
        subscription=spec.get("subscription_id", ""),
        location=spec.get("location", ""),
        group=group,
        tags=spec.get("labels", {}),
        protect=spec.get("deletion_protection", True),
    )
