"""What all components share: their type token, and the provider of their Kubernetes objects."""

from collections.abc import Mapping, Sequence

import pulumi

from components.kubernetes_object import KubernetesObject


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
        *,
        delete_before_replace: bool | None = None,
        ignore_changes: Sequence[str] = (),
        replace_on_changes: Sequence[str] = (),
        protect: bool | None = None,
    ) -> KubernetesObject:
        """Register a child on this component's cluster.

        Args:
            role: What it is to the component, the end of its Pulumi name; empty for the main one.
            manifest: The object.
            namespace: Its namespace; None for objects that have none.
            depends_on: What has to be there before it.
            delete_before_replace: Whether it goes before its successor comes; None for the provider's way.
            ignore_changes: Paths of properties that somebody else changes once it is there.
            replace_on_changes: Paths of properties whose change makes it anew.
            protect: Whether Pulumi refuses to delete it; None for the component's way.
        """
        return KubernetesObject(
            f"{self._name}-{role}" if role else self._name,
            manifest,
            parent=self,
            provider=self._kubernetes,
            namespace=namespace,
            depends_on=depends_on,
            delete_before_replace=delete_before_replace,
            ignore_changes=ignore_changes,
            replace_on_changes=replace_on_changes,
            protect=protect,
        )
