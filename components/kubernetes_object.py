"""Kubernetes objects as Pulumi resources, registered in one place."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, cast

import pulumi
from typing_extensions import TypedDict, Unpack


@cache
def provider_version() -> str:
    """Version of the Kubernetes provider that belongs to the installed SDK."""
    return version("pulumi-kubernetes")


class ObjectOptions(TypedDict, total=False):
    """How Pulumi goes about an object, where not as usual."""

    delete_before_replace: bool | None
    """Whether it goes before its successor comes; None for the provider's way."""
    ignore_changes: list[str]
    """Paths of properties that somebody else changes once it is there."""
    replace_on_changes: list[str]
    """Paths of properties whose change makes it anew."""
    protect: bool | None
    """Whether Pulumi refuses to delete it; None for its parent's way."""


class KubernetesObject(pulumi.CustomResource):
    """One Kubernetes object, given as its manifest in Kubernetes' own keys.

    It is registered as it is, past the classes of the Kubernetes SDK: translating their arguments takes
    nearly half of a program's time.

    Args:
        name: Pulumi name.
        manifest: The object; without a name in its metadata the provider gives it one.
        parent: The component it belongs to.
        provider: The cluster it lives on.
        namespace: Its namespace; None for objects that have none.
        depends_on: What has to be there before it.
        options: How Pulumi goes about it (`ObjectOptions`).

    Example:
        KubernetesObject("quota", {"apiVersion": "v1", "kind": "ResourceQuota", "spec": {…}}, parent=self,
                         provider=cluster.provider, namespace="shop")
    """

    # The SDK checks outputs against annotations, and takes `object` for a class of its own: hence `Any`.
    metadata: pulumi.Output[dict[str, Any]]
    """Metadata as the cluster has it."""
    status: pulumi.Output[dict[str, Any] | None]
    """Status as it was when the update ended; None for kinds without one, and in previews."""

    def __init__(
        self,
        name: str,
        manifest: Mapping[str, object],
        *,
        parent: pulumi.Resource,
        provider: pulumi.ProviderResource,
        namespace: pulumi.Input[str] | None = None,
        depends_on: Sequence[pulumi.Resource] = (),
        **options: Unpack[ObjectOptions],
    ) -> None:
        metadata = {**cast("Mapping[str, object]", manifest.get("metadata", {}))}
        self._kind = {key: manifest[key] for key in ("apiVersion", "kind")}
        self._given_name = metadata.get("name")
        if namespace is not None:
            metadata["namespace"] = namespace
        whole = pulumi.ResourceOptions(
            parent=parent, provider=provider, depends_on=depends_on, version=provider_version(), **options
        )
        # A property without a value becomes an output.
        super().__init__(_token(manifest), name, {**manifest, "metadata": metadata, "status": None}, whole)

    @property
    def reference(self) -> dict[str, object]:
        """What another object says to refer to it: kind and name."""
        return {**self._kind, "name": self._given_name or self.object_name}

    @property
    def object_name(self) -> pulumi.Output[str]:
        """The object's name in the cluster, which the provider may have chosen."""
        return self.metadata.apply(lambda metadata: cast("str", metadata["name"]))


def _token(manifest: Mapping[str, object]) -> str:
    """Pulumi's type token of a manifest: `kubernetes:core/v1:Secret`."""
    group_version = str(manifest["apiVersion"])
    return (
        f"kubernetes:{group_version if '/' in group_version else f'core/{group_version}'}:{manifest['kind']}"
    )
