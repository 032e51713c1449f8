"""Addresses that are kept for what is reached from outside, and load balancers that take them."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from components.cluster.eks.children import Children
from components.cluster.eks.network import Network
from components.wiring import LoadBalancer

_PREFIX = "service.beta.kubernetes.io/aws-load-balancer"
AUTO_MODE_CLASS = "eks.amazonaws.com/nlb"
"""The class of load balancers that Auto Mode makes."""
RECORD_SECONDS = 60


def addresses(children: Children, place: Network) -> "list[aws.ec2.Eip]":
    """Reserve one address for each public subnet: a load balancer has one in each zone."""
    return [
        aws.ec2.Eip(
            children.named(f"address-{key}"),
            domain="vpc",
            region=children.region,
            tags=children.tags(f"address-{key}"),
            opts=children.options(protected=True, depends_on=place.gateway),
        )
        for key in place.public
    ]


def load_balancer(*, auto_mode: bool) -> LoadBalancer:
    """What any service of type LoadBalancer needs: a network load balancer on the internet.

    Auto Mode sends traffic to the pods, and has a class of its own. Without it the cloud controller that EKS
    runs makes the load balancer, which knows neither and sends traffic to the nodes.
    """
    if auto_mode:
        return {"annotations": {**_AUTO_MODE}, "load_balancer_class": AUTO_MODE_CLASS}
    return {"annotations": {**_NODES}}


def entrance(place: Network, reserved: "Sequence[aws.ec2.Eip]", *, auto_mode: bool) -> LoadBalancer:
    """The same for the one that takes the reserved addresses, one in each public subnet."""
    shared = load_balancer(auto_mode=auto_mode)
    if not reserved:
        return shared
    settings: Mapping[str, str] = _AUTO_MODE if auto_mode else _NODES
    return {
        **shared,
        "annotations": {
            **settings,
            f"{_PREFIX}-eip-allocations": _joined([address.allocation_id for address in reserved]),
            f"{_PREFIX}-subnets": _joined(list(place.public.values())),
        },
    }


_AUTO_MODE = {f"{_PREFIX}-scheme": "internet-facing", f"{_PREFIX}-nlb-target-type": "ip"}
_NODES = {f"{_PREFIX}-type": "nlb", f"{_PREFIX}-cross-zone-load-balancing-enabled": "true"}


def _joined(values: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    return pulumi.Output.all(*values).apply(",".join)


def dns_record(
    children: Children, zone: str, host: str, reserved: "Sequence[aws.ec2.Eip]"
) -> "aws.route53.Record":
    """Point a host at the reserved addresses."""
    return aws.route53.Record(
        children.named(f"dns-{host.replace('*', 'wildcard')}"),
        zone_id=zone,
        name=host,
        type="A",
        ttl=RECORD_SECONDS,
        records=[address.public_ip for address in reserved],
        opts=children.options(),
    )
