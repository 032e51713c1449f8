"""What is there already and a cluster is to use: asked for, so that a wrong name is found before anything."""

import pulumi
import pulumi_azure_native as azure

from components.cluster.aks.ids import REGISTRY_ID, SUBNET_ID
from components.cluster.aks.place import Place


def adopted_group(
    component: pulumi.Resource, provider: pulumi.ProviderResource, name: str
) -> pulumi.Output[str]:
    """The name of an existing resource group."""
    options = pulumi.InvokeOutputOptions(parent=component, provider=provider)
    return azure.resources.get_resource_group_output(resource_group_name=name, opts=options).name


def adopted_subnet(place: Place, subnet_id: str) -> pulumi.Output[str]:
    """The id of an existing subnet."""
    found = SUBNET_ID.fullmatch(subnet_id)
    _, group, network, name = found.groups() if found else ("", "", "", "")
    subnet = azure.network.get_subnet_output(
        resource_group_name=group,
        virtual_network_name=network,
        subnet_name=name,
        opts=_options(place),
    )
    return subnet.id.apply(lambda known: known or subnet_id)


def adopted_registry(place: Place, registry_id: str) -> pulumi.Output[str]:
    """The id of an existing registry."""
    found = REGISTRY_ID.fullmatch(registry_id)
    _, group, name = found.groups() if found else ("", "", "")
    return azure.containerregistry.get_registry_output(
        resource_group_name=group, registry_name=name, opts=_options(place)
    ).id


def adopted_zone(place: Place, group: str, zone: str) -> pulumi.Output[str]:
    """The name of an existing DNS zone."""
    return azure.dns.get_zone_output(resource_group_name=group, zone_name=zone, opts=_options(place)).name


def _options(place: Place) -> pulumi.InvokeOutputOptions:
    return pulumi.InvokeOutputOptions(parent=place.component, provider=place.provider)
