"""What a cluster gives to the services on it."""

from collections.abc import Mapping
from typing import NotRequired

import pulumi
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from components.types import Taint


class LoadBalancer(TypedDict):
    """What a Kubernetes Service of type LoadBalancer needs on a cluster."""

    annotations: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Its annotations. Default: none."""
    load_balancer_class: NotRequired[pulumi.Input[str]]
    """Its class, which names who makes the load balancer. Default: the cluster's own."""
    address: NotRequired[pulumi.Input[str]]
    """The address it asks for. Default: any."""
    external_traffic_policy: NotRequired[pulumi.Input[str]]
    """`Local` keeps the client's address; `Cluster` spreads over all nodes. Default: `Cluster`."""


class ServiceIdentity(TypedDict):
    """How the pods of a service act in a cloud: what `Cluster.grant` answers.

    What uses these values waits until the permissions are granted.
    """

    service_account_annotations: pulumi.Input[dict[str, pulumi.Input[str]]]
    """Annotations of its service account."""
    pod_labels: NotRequired[dict[str, str]]
    """Labels of its pods. Default: none."""


class Nodes(TypedDict):
    """How the nodes of a cluster are told apart."""

    node_pool_label: NotRequired[str]
    """Key of the label whose value is the name of a node's pool. Default: not known."""
    spot_labels: NotRequired[dict[str, str]]
    """Labels of spot nodes. Default: not known."""
    spot_taints: NotRequired[list[Taint]]
    """Taints of spot nodes. Default: none."""


def camel_cased(settings: LoadBalancer) -> dict[str, object]:
    """The settings under the names that files, exports and other languages use."""
    return {to_camel(key): value for key, value in settings.items()}


def together(
    own: Mapping[str, object], given: pulumi.Input[dict[str, pulumi.Input[str]]] | None
) -> pulumi.Input[Mapping[str, object]]:
    """Annotations of one's own with those that a cluster gives; plain where both are.

    Example:
        together({"flotilla/owner": "carts"}, identity["service_account_annotations"])
    """
    if given is None:
        return own
    if isinstance(given, dict):
        return {**own, **given}
    return pulumi.Output.from_input(given).apply(lambda annotations: {**own, **annotations})
