"""Where traffic of a VPC goes: route tables, routes, their subnets, endpoints of services."""

import re
import zlib
from collections.abc import Iterator
from typing import Final, cast

from flotilla.sandbox.clouds.aws.gateways import GATEWAY, NAT
from flotilla.sandbox.clouds.aws.networks import VPC, vpc_of
from flotilla.sandbox.clouds.aws.tagging import all_tags
from flotilla.sandbox.clouds.checking import Failure
from flotilla.sandbox.clouds.kinds import Kind
from flotilla.sandbox.clouds.request import Request, hexadecimal
from flotilla.sandbox.plugin.protocol import Properties

TABLE: Final = "aws:ec2/routeTable:RouteTable"
ROUTE: Final = "aws:ec2/route:Route"
ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"

_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_TARGETS: Final = (
    *("carrierGatewayId", "coreNetworkArn", "egressOnlyGatewayId", "gatewayId", "localGatewayId"),
    *("natGatewayId", "networkInterfaceId", "odbNetworkArn", "transitGatewayId", "vpcEndpointId"),
    "vpcPeeringConnectionId",
)
_GATEWAY_SERVICES: Final = ("dynamodb", "s3", "s3express")
"""Services that have endpoints of the type Gateway."""
_OF_INTERFACES: Final = ("dnsEntries", "networkInterfaceIds", "subnetIds", "securityGroupIds")
_PREFIX_LISTS: Final = {"s3": "pl-6da54004", "dynamodb": "pl-02cd2c6b", "s3express": "pl-0f107a7e"}


def _table_outputs(_request: Request) -> Properties:
    return {"propagatingVgws": [], "routes": []}


def _destination(properties: Properties) -> str:
    return next((str(properties[name]) for name in _DESTINATIONS if properties.get(name)), "")


def _route_id(request: Request) -> str:
    checksum = zlib.crc32(_destination(request.inputs).encode())
    return f"r-{request.text('routeTableId')}{checksum}"


def _route_failures(request: Request) -> Iterator[Failure]:
    """One destination and one target, as the provider asks for."""
    for names in (_DESTINATIONS, _TARGETS):
        given = [name for name in names if request.inputs.get(name) is not None]
        if len(given) > 1:
            message = (
                f"only one of `{','.join(names)}` can be specified, but `{','.join(given)}` were specified."
            )
            yield Failure(given[0], f"Invalid combination of arguments: {message}")
        elif not given:
            yield Failure(
                names[0], f"Missing required argument: one of `{','.join(names)}` must be specified"
            )


def _vpc_of_table(request: Request, table: object) -> object:
    found = request.referred(TABLE, table)
    return found.outputs.get("vpcId") if found else None


def _refuse_route(request: Request) -> None:
    """A route leads to a gateway of its own VPC, and no other has its destination."""
    table = request.value("routeTableId")
    vpc = _vpc_of_table(request, table)
    for name, token in (("gatewayId", GATEWAY), ("natGatewayId", NAT)):
        target = request.referred(token, request.value(name)) if request.value(name) else None
        if vpc and target and target.outputs and target.outputs.get("vpcId") != vpc:
            request.refuse("gatewayNotAttached", rtb=table, igw=target.id)
    network = request.referred(VPC, vpc) if vpc else None
    local = network.outputs.get("cidrBlock") if network else None
    if request.verb == "creating" and _destination(request.inputs) == local:
        request.refuse("duplicate")


def _route_outputs(_request: Request) -> Properties:
    return {"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": ""}


def _association_failures(request: Request) -> Iterator[Failure]:
    if sum(request.inputs.get(name) is not None for name in ("subnetId", "gatewayId")) != 1:
        message = "one of `gateway_id,subnet_id` must be specified"
        yield Failure("subnetId", f"Invalid combination of arguments: {message}")


def _refuse_association(request: Request) -> None:
    """A subnet has one route table, of its own VPC."""
    table, subnet = request.value("routeTableId"), request.value("subnetId")
    for other in request.all(ASSOCIATION):
        if subnet and other.outputs.get("subnetId") == subnet:
            request.refuse("duplicate", rtb=table)
    one, two = vpc_of(request, subnet), _vpc_of_table(request, table)
    if one and two and one != two:
        message = f"route table {table} and subnet {subnet} belong to different networks"
        request.refuse_with("InvalidParameterValue", message)


def _service(request: Request) -> str:
    start = rf"com\.amazonaws\.{re.escape(request.word('region'))}\.([a-z0-9.-]+)"
    found = re.fullmatch(start, request.text("serviceName"))
    return found[1] if found else ""


def _is_gateway(request: Request) -> bool:
    return request.text("vpcEndpointType", "Gateway") == "Gateway"


def _refuse_endpoint(request: Request) -> None:
    """An endpoint is one of a service of the region, in subnets and tables of its VPC."""
    name, vpc = request.text("serviceName"), request.value("vpcId")
    is_gateway = _is_gateway(request)
    if name.startswith("com.amazonaws.") and not name.startswith("com.amazonaws.vpce."):
        service = _service(request)
        if not service or (is_gateway and service not in _GATEWAY_SERVICES):
            request.refuse("badService", name=name)
    if is_gateway and (request.value("subnetIds") or request.value("securityGroupIds")):
        request.refuse_with(
            "InvalidParameter", "Subnet IDs and security group IDs are not supported for Gateway endpoints."
        )
    if not is_gateway and request.value("routeTableIds"):
        request.refuse_with("InvalidParameter", "Route table IDs are only supported for Gateway endpoints.")
    for subnet in cast("list[object]", request.value("subnetIds") or []):
        place = vpc_of(request, subnet)
        if place and place != vpc:
            request.refuse_with("InvalidParameter", f"Subnet {subnet} is not in the VPC {vpc}.")
    _refuse_second_endpoint(request)


def _refuse_second_endpoint(request: Request) -> None:
    """A route table leads to a service by one endpoint; it is of the endpoint's VPC."""
    tables = cast("list[object]", request.value("routeTableIds") or [])
    taken = {
        table
        for other in request.all(ENDPOINT)
        if other.outputs.get("serviceName") == request.value("serviceName")
        for table in cast("list[object]", other.outputs.get("routeTableIds") or [])
    }
    for table in tables:
        place = _vpc_of_table(request, table)
        if place and place != request.value("vpcId"):
            message = f"Route table {table} and VPC {request.value('vpcId')} belong to different networks."
            request.refuse_with("InvalidParameter", message)
        if table in taken:
            request.refuse("duplicate", rtb=table, pl=_PREFIX_LISTS.get(_service(request), ""))


def _endpoint_outputs(request: Request) -> Properties:
    service = _service(request)
    subnets = cast("list[object]", request.value("subnetIds") or [])
    shared: Properties = {
        "state": "available",
        "requesterManaged": False,
        "ipAddressType": "ipv4",
        "serviceRegion": request.word("region"),
        "policy": '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
    }
    if _is_gateway(request):
        empty: Properties = {name: list[object]() for name in _OF_INTERFACES}
        return {
            **shared,
            **empty,
            "vpcEndpointType": "Gateway",
            "prefixListId": _PREFIX_LISTS.get(service, f"pl-{hexadecimal(8)}"),
            "cidrBlocks": ["192.0.2.0/24"],
        }
    host = f"{request.identity}-{hexadecimal(8)}.{service}.{request.word('region')}.vpce.amazonaws.com"
    return {
        **shared,
        "routeTableIds": [],
        "cidrBlocks": [],
        "dnsEntries": [{"dnsName": host, "hostedZoneId": f"Z{hexadecimal(20).upper()}"}],
        "networkInterfaceIds": [f"eni-{hexadecimal(17)}" for _ in subnets],
    }


KINDS: Final = (
    Kind(TABLE, computed=_table_outputs, derived=all_tags),
    Kind(
        ROUTE,
        identity=_route_id,
        check=_route_failures,
        computed=_route_outputs,
        creating=_refuse_route,
        updating=_refuse_route,
    ),
    Kind(
        ASSOCIATION, check=_association_failures, creating=_refuse_association, updating=_refuse_association
    ),
    Kind(
        ENDPOINT,
        computed=_endpoint_outputs,
        derived=all_tags,
        creating=_refuse_endpoint,
        updating=_refuse_second_endpoint,
    ),
)
"""What is special of routes and endpoints."""
