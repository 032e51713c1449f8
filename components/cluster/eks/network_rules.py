"""What can be wrong with the network of a cluster on AWS; without the SDK."""

import re
from collections.abc import Generator, Iterator, Sequence
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from components.cluster.eks.offered import REGIONS, default_zones
from components.cluster.eks.subnets import LARGEST, MAX_ZONES, SMALLEST
from components.errors import Path, Problem
from components.types import EksClusterSpec, EksNetwork, ExistingVpc

MIN_ZONES = 2
"""EKS wants subnets in two zones at least."""
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_SERVICES = (12, 24)
_VPC = re.compile(r"vpc-[0-9a-f]{8,17}")
_SUBNET = re.compile(r"subnet-[0-9a-f]{8,17}")


def problems(spec: EksClusterSpec) -> Iterator[Problem]:
    """What is impossible in the network of a completed cluster; paths are relative to the cluster."""
    existing = spec.get("existing_vpc")
    if existing is not None and "network" in spec:
        cure = "Remove network to use the existing one, or existingVpc to have one created."
        yield Problem(("existingVpc",), "contradicts network, which creates one", cure)
    services = yield from _block(("serviceCidr",), spec.get("service_cidr", ""), *_SERVICES)
    if existing is not None:
        yield from _existing_problems(existing)
    elif "network" in spec:
        network = yield from _network_problems(spec["network"], spec.get("region", ""))
        if network and services and network.overlaps(services):
            cure = "Give one of them another block; by default 10.0.0.0/16 and 172.20.0.0/16."
            yield Problem(("serviceCidr",), f"{services} overlaps the network's block {network}", cure)
    yield from _access_problems(spec)


def _network_problems(network: EksNetwork, region: str) -> Generator[Problem, None, IPv4Network | None]:
    block = yield from _block(("network", "cidr"), network.get("cidr", ""), LARGEST, SMALLEST)
    yield from _zone_problems(network, region)
    return block


def _zone_problems(network: EksNetwork, region: str) -> Iterator[Problem]:
    zones, count = network.get("zones", []), int(network.get("availability_zones", 0))
    path: Path = ("network", "availabilityZones")
    known = default_zones(region, MAX_ZONES)
    if not MIN_ZONES <= count <= MAX_ZONES:
        cure = f"EKS wants {MIN_ZONES} or more, and the network is cut for up to {MAX_ZONES}."
        yield Problem(path, f"{count} zones are not possible", cure)
    elif region in REGIONS and count > len(known):
        yield Problem(path, f"{region} has {len(known)} zones, not {count}", f"Use {len(known)} or fewer.")
    elif zones and count != len(zones):
        cure = "Remove availabilityZones: zones tells how many there are."
        yield Problem(path, f"is {count}, and zones names {len(zones)}", cure)
    for place, zone in enumerate(zones):
        where: Path = ("network", "zones", place)
        if region in REGIONS and zone not in known:
            yield Problem(where, f'"{zone}" is no zone of {region}', f"Possible: {', '.join(known)}.")
        if zone in zones[:place]:
            yield Problem(where, f"{zone} stands there twice", "Name each zone once.")


def _existing_problems(vpc: ExistingVpc) -> Iterator[Problem]:
    if not _VPC.fullmatch(vpc["vpc_id"]):
        cure = "Write its id, vpc- and 8 or 17 hexadecimal digits; aws ec2 describe-vpcs shows it."
        yield Problem(("existingVpc", "vpcId"), f'"{vpc["vpc_id"]}" is no id of a VPC', cure)
    private, public = vpc["private_subnet_ids"], vpc.get("public_subnet_ids", [])
    if len(private) < MIN_ZONES:
        cure = f"EKS wants {MIN_ZONES} subnets or more, in different zones."
        yield Problem(("existingVpc", "privateSubnetIds"), f"names {len(private)}", cure)
    yield from _subnet_problems("privateSubnetIds", private, ())
    yield from _subnet_problems("publicSubnetIds", public, private)


def _subnet_problems(key: str, subnets: Sequence[str], others: Sequence[str]) -> Iterator[Problem]:
    for place, subnet in enumerate(subnets):
        path: Path = ("existingVpc", key, place)
        if not _SUBNET.fullmatch(subnet):
            cure = "Write its id, subnet- and 8 or 17 hexadecimal digits; aws ec2 describe-subnets shows it."
            yield Problem(path, f'"{subnet}" is no id of a subnet', cure)
        elif subnet in subnets[:place] or subnet in others:
            yield Problem(path, f"{subnet} stands there twice", "Name each subnet once.")


def _access_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    access = spec.get("endpoint_access", {})
    for place, cidr in enumerate(access.get("public_cidrs", [])):
        yield from _block(("endpointAccess", "publicCidrs", place), cidr, 0, 32, private=False)
    if not access.get("public", True) and access.get("public_cidrs"):
        cure = "Remove it, or set public: true."
        yield Problem(("endpointAccess", "publicCidrs"), "has no effect without public access", cure)


def _block(
    path: Path, cidr: str, shortest: int, longest: int, *, private: bool = True
) -> Generator[Problem, None, IPv4Network | None]:
    """The block that a CIDR names, if it is a possible one."""
    if "/" not in cidr:
        yield Problem(path, f'"{cidr}" has no length', f"Write {cidr}/32 for the one address.")
        return None
    try:
        network = IPv4Network(cidr)
    except (AddressValueError, NetmaskValueError):
        yield Problem(path, f'"{cidr}" is no CIDR block', "Write address and length: 10.20.0.0/16.")
        return None
    except ValueError:
        whole = IPv4Network(cidr, strict=False)
        yield Problem(path, f"{cidr} is inside of a block, not one", f"Write {whole}.")
        return None
    if not shortest <= network.prefixlen <= longest:
        cure = f"Use a length from /{shortest} to /{longest}."
        yield Problem(path, f"{cidr} has the wrong size", cure)
        return None
    if private and not any(network.subnet_of(block) for block in _PRIVATE):
        cure = f"Use a block inside of {', '.join(map(str, _PRIVATE))}."
        yield Problem(path, f"{cidr} has public addresses", cure)
        return None
    return network
