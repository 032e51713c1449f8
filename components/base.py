"""What all components share: their type token, and the provider of their Kubernetes objects."""

from collections.abc import Mapping, Sequence

import pulumi
from typing_extensions import Unpack

from components.kubernetes_object import KubernetesObject, ObjectOptions


class FlotillaComponent(pulumi.ComponentResource):
    """A component with the token `flotilla:index:CLASS`.

    Args:
        name: Pulumi name.
        opts: Options of the component; its children inherit the providers.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(f"flotilla:index:{type(self).__name__}", name, None, opts)
        self._name = name


class KubernetesComponent(FlotillaComponent):
    """A component whose children are Kubernetes objects on the cluster of the provider it is given.

    Raises:
        ValueError: no Kubernetes provider is given, by `providers` or by a parent (never the ambient one).
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        provider = self.get_provider("kubernetes:core/v1:Namespace")
        if provider is None:
            raise ValueError(
                f"{type(self).__name__} {name} does not know its cluster. "
                "Give it one: ResourceOptions(providers=[cluster.provider])."
            )
        self._kubernetes = provider

    def kubernetes_object(
        self,
        role: str,
        manifest: Mapping[str, object],
        namespace: pulumi.Input[str] | None = None,
        depends_on: Sequence[pulumi.Resource] = (),
        **options: Unpack[ObjectOptions],
    ) -> KubernetesObject:
        """Register a child on this component's cluster.

        Args:
            role: What it is to the component, the end of its Pulumi name; empty for the main one.
            manifest: The object.
            namespace: Its namespace; None for objects that have none.
            depends_on: What has to be there before it.
            options: How Pulumi goes about it.
        """
        return KubernetesObject(
            f"{self._name}-{role}" if role else self._name,
            manifest,
            parent=self,
            provider=self._kubernetes,
            namespace=namespace,
            depends_on=depends_on,
            **options,
        )
