"""A cluster that another stack owns, found by what that stack exports."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import cast

import pulumi
from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from components.cluster.base import Cluster, Connection, Offers
from components.cluster.rules import shared_cluster_problems
from components.errors import listing, nearest
from components.kubeconfig import with_current_context
from components.naming import PRIMARY_CLUSTER
from components.types import Permissions, SharedClusterSpec
from components.wiring import LoadBalancer, ServiceIdentity

Grant = Callable[[str, str, str, Permissions], ServiceIdentity | None]
"""What `Cluster.grant` does: service, namespace, service account and permissions to an identity."""
Granting = Callable[[pulumi.Resource, str, Mapping[str, pulumi.Input[str]]], Grant]
"""A cloud's way to grant on a cluster that it knows by its grantor: component, Pulumi name, grantor."""

GRANTING = {
    "aws": "components.cluster.eks.grants",
    "azure": "components.cluster.aks.grants",
    "gcp": "components.cluster.gke.grants",
}
"""The module of each cloud that has a function `granting`, by the beginning of identifiers."""

_exported = with_config(ConfigDict(extra="ignore", alias_generator=to_camel))


@_exported
class _Balancer(TypedDict, total=False):
    annotations: dict[str, str]
    load_balancer_class: str
    address: str
    external_traffic_policy: str


@_exported
class _Exported(TypedDict):
    identifier: str
    context: str
    ingress_addresses: list[str]
    load_balancer: _Balancer
    entrance: _Balancer
    storage_class: str
    registry: str
    grantor: dict[str, str]


_EXPORTED = TypeAdapter(_Exported)


class SharedCluster(Cluster):
    """A cluster that another stack owns.

    Creates a reference to the owner's stack and a Kubernetes provider; and, for services that are granted
    something in the cluster's cloud, a provider of that cloud and what the grant consists of, which belong to
    this stack. The cluster itself is left alone. The reserved addresses are for a service of the owner's.

    It reads these outputs of the owner's stack, which every stack of Flotilla exports:

    - `clusters`: by the cluster's name, a map of `identifier`, `context` (of the kubeconfig; empty for its
      current one), `ingressAddresses`, `loadBalancer` and `entrance` (each with `annotations`,
      `loadBalancerClass`, `address` and `externalTrafficPolicy`, as far as they are set), `storageClass`,
      `registry` (both may be empty), and `grantor` (`cloud` and what that cloud takes to grant something;
      empty where nothing can be granted). Nothing of it is secret.
    - `kubeconfigs`: by the cluster's name, the contents of its kubeconfig, secret.

    Args:
        name: Pulumi name.
        args: Which cluster of which stack (`SharedClusterSpec`).
        opts: Options of the component.

    Raises:
        ValueError: the arguments are impossible; the text says the cure.
        pulumi.RunError: during preview or update: the stack exports no such cluster, or another identifier.

    Example:
        SharedCluster("main", {
            "stack": "acme/shop/platform",
            "identifier": "aws:123456789012:eu-west-1:shop",
        })
    """

    def __init__(
        self, name: str, args: SharedClusterSpec, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        if problems := list(shared_cluster_problems(args)):
            raise ValueError("\n".join(f"SharedCluster {name}: {problem}" for problem in problems))
        super().__init__(name, opts)
        self._identifier = args["identifier"]
        self._grant: Grant | None = None
        owner = pulumi.StackReference(f"{name}-owner", args["stack"], pulumi.ResourceOptions(parent=self))
        found = owner.get_output("clusters").apply(lambda clusters: _read(name, args, clusters))
        kubeconfig = pulumi.Output.all(found, owner.get_output("kubeconfigs")).apply(
            lambda both: _kubeconfig(name, args, both[0], both[1])
        )
        self._grantor = found.apply(lambda cluster: cluster["grantor"])
        self.connect(name, Connection(kubeconfig, args["identifier"]), _offers(found))

    def grant(
        self, service: str, namespace: str, account: str, permissions: Permissions
    ) -> ServiceIdentity | None:
        """Let the pods of a service act in the cluster's cloud, which the identifier begins with.

        What that takes belongs to this stack, so it is made with this stack's credentials of the cloud.
        """
        cloud = self._identifier.partition(":")[0]
        if cloud not in GRANTING or not permissions.get(cloud):
            return None
        if self._grant is None:
            granting = cast("Granting", import_module(GRANTING[cloud]).granting)
            self._grant = granting(self, self._name, _Known(self._grantor))
        return self._grant(service, namespace, account, permissions)


class _Known(dict[str, pulumi.Input[str]]):
    """What is known of a cluster once its owner's stack is read, by key."""

    def __init__(self, values: pulumi.Output[dict[str, str]]) -> None:
        super().__init__()
        self._values = values

    def __missing__(self, key: str) -> pulumi.Output[str]:
        return self._values.apply(lambda values: values[key])


def _read(name: str, args: SharedClusterSpec, clusters: object) -> _Exported:
    """What the owner's stack exports of the cluster, once it is certain that it is the one that is meant."""
    stack, cluster = args["stack"], args.get("cluster", PRIMARY_CLUSTER)
    exported = cast("Mapping[str, object]", clusters or {})
    if not exported:
        raise pulumi.RunError(
            f"cluster {name}: the stack {stack} exports no clusters. Bring it up first, with this version."
        )
    if cluster not in exported:
        meant = nearest(cluster, exported)
        raise pulumi.RunError(
            f"cluster {name}: the stack {stack} has no cluster {cluster}"
            + (f'; did you mean "{meant}"?' if meant else ".")
            + f" It has {listing(exported)}: write one of them as cluster."
        )
    try:
        found = _EXPORTED.validate_python(exported[cluster])
    except ValidationError as error:
        raise pulumi.RunError(
            f"cluster {name}: the stack {stack} exports its cluster {cluster} in another form: "
            f"{'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}. "
            "Bring it up with this version."
        ) from None
    if found["identifier"] != args["identifier"]:
        raise pulumi.RunError(
            f"cluster {name}: the stack {stack} exports its cluster {cluster} as {found['identifier']}, "
            f"not as {args['identifier']}. Write identifier: {found['identifier']}, if that is the one "
            "that is meant; what runs on the other is replaced then."
        )
    return found


def _kubeconfig(name: str, args: SharedClusterSpec, found: _Exported, kubeconfigs: object) -> str:
    contents = cast("Mapping[str, str]", kubeconfigs or {}).get(args.get("cluster", PRIMARY_CLUSTER))
    if not contents:
        raise pulumi.RunError(
            f"cluster {name}: the stack {args['stack']} exports no kubeconfig of it. "
            "Bring it up with this version."
        )
    return with_current_context(contents, found["context"])


def _offers(found: pulumi.Output[_Exported]) -> Offers:
    return Offers(
        load_balancer=_load_balancer(found.apply(lambda cluster: cluster["load_balancer"])),
        entrance=_load_balancer(found.apply(lambda cluster: cluster["entrance"])),
        ingress_addresses=found.apply(lambda cluster: cluster["ingress_addresses"]),
        storage_class=found.apply(lambda cluster: cluster["storage_class"]),
        registry=found.apply(lambda cluster: cluster["registry"]),
    )


def _load_balancer(settings: pulumi.Output[_Balancer]) -> LoadBalancer:
    """Settings that are known late; empty ones count as not said."""
    return {
        "annotations": settings.apply(
            lambda known: cast("dict[str, pulumi.Input[str]]", known.get("annotations", {}))
        ),
        "load_balancer_class": settings.apply(lambda known: known.get("load_balancer_class", "")),
        "address": settings.apply(lambda known: known.get("address", "")),
        "external_traffic_policy": settings.apply(lambda known: known.get("external_traffic_policy", "")),
    }
