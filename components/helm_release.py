"""Helm releases as Pulumi resources."""

from collections.abc import Mapping

import pulumi

from components.kubernetes_object import provider_version


class HelmRelease(pulumi.CustomResource):
    """A Helm release, given as the inputs of `kubernetes:helm.sh/v3:Release` in their own keys.

    Args:
        name: Pulumi name.
        inputs: What is released.
        parent: The component it belongs to.
        provider: The cluster it lives on.

    Example:
        HelmRelease("traefik", {"chart": "oci://ghcr.io/traefik/helm/traefik", "version": "37.0.0", …},
                    parent=self, provider=cluster.provider)
    """

    def __init__(
        self,
        name: str,
        inputs: Mapping[str, object],
        *,
        parent: pulumi.Resource,
        provider: pulumi.ProviderResource,
    ) -> None:
        options = pulumi.ResourceOptions(parent=parent, provider=provider, version=provider_version())
        super().__init__("kubernetes:helm.sh/v3:Release", name, {**inputs}, options)
