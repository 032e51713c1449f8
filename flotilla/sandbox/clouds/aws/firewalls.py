"""Security groups."""

from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds.aws.networks import interfaces
from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.checking import Failure
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.networks import network
from flotilla.sandbox.clouds.request import Request
from flotilla.sandbox.plugin.protocol import Properties, has_unknown

GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"

_ALL: Final = ("-1", "all")
"""The words for all protocols."""
_PEERS: Final = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups")


def _outputs(_request: Request) -> Properties:
    """The provider takes from a new group the rule that lets all out, which AWS gives to it."""
    return {"egress": [], "ingress": [], "namePrefix": "", "revokeRulesOnDelete": False}


def _rules(properties: Properties) -> Iterator[tuple[str, Properties]]:
    for direction in ("ingress", "egress"):
        rules = properties.get(direction)
        for index, rule in enumerate(cast("list[object]", rules) if isinstance(rules, list) else []):
            if isinstance(rule, dict):
                yield f"{direction}[{index}]", cast("Properties", rule)


def _failures(request: Request) -> Iterator[Failure]:
    for where, rule in _rules(request.inputs):
        low, high = rule.get("fromPort"), rule.get("toPort")
        if rule.get("protocol") in _ALL and not has_unknown([low, high]) and (low or high):
            ports = f"from_port ({low}) and to_port ({high})"
            yield Failure(where, f"{ports} must both be 0 to use the 'ALL' \"-1\" protocol!")


def _refuse(request: Request) -> None:
    """A name stands once in a VPC, and rules make sense."""
    vpc, name = request.value("vpcId"), request.outputs.get("name")
    if not vpc:
        request.refuse_with("VPCIdNotSpecified", "No default VPC for this user")
    for other in request.all(GROUP):
        if other.outputs.get("vpcId") == vpc and other.outputs.get("name") == name:
            request.refuse("duplicate", name=name, vpc=vpc)
    _refuse_rules(request)


def _refuse_rules(request: Request) -> None:
    seen: set[tuple[str, str, str, str]] = set()
    for where, rule in _rules(request.inputs):
        low, high, protocol = rule.get("fromPort"), rule.get("toPort"), str(rule.get("protocol"))
        if isinstance(low, int | float) and isinstance(high, int | float) and 0 <= high < low:
            message = f"Invalid {protocol.upper()} port range: {low}-{high}"
            request.refuse_with("InvalidParameterValue", message)
        for cidr in cast("list[object]", rule.get("cidrBlocks") or []):
            if network(cidr) is None:
                request.refuse_with("InvalidParameterValue", f"CIDR block {cidr} is malformed")
        peers = [str(peer) for name in _PEERS for peer in cast("list[object]", rule.get(name) or [])]
        for peer in [*peers, *(["self"] if rule.get("self") else [])]:
            key = (where.partition("[")[0], peer, protocol, f"{low}-{high}")
            if key in seen:
                request.refuse("duplicateRule", peer=peer, proto=protocol.upper(), p=low)
            seen.add(key)


def _refuse_in_use(request: Request) -> None:
    if any(interfaces(request, "securityGroupId")):
        request.refuse("inUseOnDelete")


KINDS: Final = (
    Kind(
        GROUP,
        check=_failures,
        computed=_outputs,
        derived=all_tags,
        creating=_refuse,
        updating=_refuse_rules,
        deleting=_refuse_in_use,
    ),
)
"""What is special of security groups."""
