"""What a cluster on AWS is when all is said, and what can be wrong with it; without the SDK.

Numbers and patterns are those of the AWS APIs (EKS, EC2, IAM, ECR), as their models declare them.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from components.cluster.eks import network_rules, node_rules
from components.cluster.eks.offered import (
    AUTO_MODE_POOLS,
    EXTENDED_VERSIONS,
    LOGS,
    REGIONS,
    RETENTIONS,
    STANDARD_VERSIONS,
    default_zones,
)
from components.cluster.surroundings import Surroundings
from components.errors import Path, Problem, listing, nearest
from components.types import EksClusterSpec, EksNetwork, Nat, Tier

DEFAULT_CIDR = "10.0.0.0/16"
DEFAULT_SERVICE_CIDR = "172.20.0.0/16"
DEFAULT_ZONES = 3

_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
_ACCOUNT = re.compile(r"[0-9]{12}")
_PRINCIPAL = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]+")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/[\w+=,.@/-]+")
_POLICY = re.compile(r"arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/[\w+=,.@/-]+")
_HOSTED_ZONE = re.compile(r"Z[0-9A-Z]{5,31}")
_REPOSITORY = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*")
_MIN_REPOSITORY, _MAX_REPOSITORY = 2, 256
_MAX_TAGS, _MAX_TAG_KEY, _MAX_TAG_VALUE = 48, 128, 256
"""AWS allows 50 tags; two are the cluster's own."""


def completed(spec: EksClusterSpec, around: Surroundings) -> EksClusterSpec:
    """The cluster with the defaults that its stack gives it.

    Args:
        spec: What the stack file says of it.
        around: The stack it belongs to.
    """
    whole = filled(
        {
            **spec,
            "region": spec.get("region", around.text("aws:region")),
            "name": spec.get("name", f"{around.cloud_name}-{_network_digest(spec)}"),
            "deletion_protection": spec.get("deletion_protection", around.deletion_protection),
            "labels": {**around.labels, **spec.get("labels", {})},
        }
    )
    # By tier and not by protection, which is lifted before a cluster goes and must change nothing else.
    if "network" in whole and "nat" not in spec.get("network", {}):
        production = around.environment["tier"] == Tier.PRODUCTION
        whole["network"] = {**whole["network"], "nat": Nat.ZONAL if production else Nat.SINGLE}
    return whole


def _network_digest(spec: EksClusterSpec) -> str:
    """A few digits that differ from network to network.

    Another network is another cluster, and both are there while one takes the place of the other.
    """
    vpc = spec["existing_vpc"]["vpc_id"] if "existing_vpc" in spec else ""
    network = vpc or spec.get("network", EksNetwork()).get("cidr", DEFAULT_CIDR)
    services = spec.get("service_cidr", DEFAULT_SERVICE_CIDR)
    return hashlib.sha256(f"{network} {services}".encode()).hexdigest()[:6]


def filled(spec: EksClusterSpec) -> EksClusterSpec:
    """The cluster with the defaults that need no stack: zones, network, Kubernetes Services."""
    whole: EksClusterSpec = {
        **spec,
        "service_cidr": spec.get("service_cidr", DEFAULT_SERVICE_CIDR),
        "static_addresses": spec.get("static_addresses", True),
    }
    if "existing_vpc" in spec:
        return whole
    network = spec.get("network", EksNetwork())
    count = int(network.get("availability_zones", DEFAULT_ZONES))
    zones = network.get("zones") or default_zones(spec.get("region", ""), count)
    whole["network"] = {
        **network,
        "cidr": network.get("cidr", DEFAULT_CIDR),
        "zones": zones,
        "availability_zones": int(network.get("availability_zones", len(zones) or DEFAULT_ZONES)),
        "nat": network.get("nat", Nat.ZONAL),
    }
    return whole


def problems(spec: EksClusterSpec) -> Iterator[Problem]:
    """What is impossible in a completed cluster; paths are relative to it."""
    yield from _place_problems(spec)
    yield from _version_problems(spec)
    yield from _access_problems(spec)
    yield from network_rules.problems(spec)
    yield from node_rules.problems(spec)
    yield from _mode_problems(spec)
    yield from _log_problems(spec)
    yield from _belonging_problems(spec)


def _place_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    region = spec.get("region", "")
    if not region:
        cure = "Add it, or set aws:region in the configuration of the stack."
        yield Problem(("region",), "is missing", cure)
    elif region not in REGIONS:
        cure = f"Possible: {', '.join(REGIONS)}."
        yield Problem(("region",), f'"{region}" is no region of AWS with EKS', cure, nearest(region, REGIONS))
    account = spec["account_id"]
    if not _ACCOUNT.fullmatch(account):
        cure = "Write its twelve digits in quotes; aws sts get-caller-identity shows them."
        yield Problem(("accountId",), f'"{account}" is no AWS account', cure)
    name = spec.get("name", "")
    if not _NAME.fullmatch(name):
        cure = "Use at most 100 of a-z, A-Z, 0-9, - and _, beginning with a letter or digit."
        yield Problem(("name",), f'"{name}" cannot name a cluster on AWS', cure)


def _version_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    version, path = spec["kubernetes_version"], ("kubernetesVersion",)
    if version in STANDARD_VERSIONS or (version in EXTENDED_VERSIONS and spec.get("extended_support")):
        return
    if version in EXTENDED_VERSIONS:
        cure = f"Take one of {listing(STANDARD_VERSIONS)}, or pay more with extendedSupport: true."
        yield Problem(path, f"{version} is in extended support only", cure)
        return
    cure = f"EKS offers {listing(STANDARD_VERSIONS)}, and {listing(EXTENDED_VERSIONS)} in extended support."
    yield Problem(path, f'"{version}" is not offered', cure)


def _access_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    deployer, admins, account = spec.get("deployer_role_arn"), spec.get("admins", []), spec["account_id"]
    if deployer is None and not admins:
        cure = (
            "Name the IAM role that pulumi up works as in deployerRoleArn, or whoever runs it among admins; "
            "EKS lets nobody else in."
        )
        yield Problem(("deployerRoleArn",), "is missing, and there are no admins", cure)
    if deployer is not None and not _ROLE.fullmatch(deployer):
        cure = f"Write arn:aws:iam::{account}:role/NAME."
        yield Problem(("deployerRoleArn",), f'"{deployer}" is no ARN of an IAM role', cure)
    elif deployer and _ACCOUNT.fullmatch(account) and f"::{account}:" not in deployer:
        cure = "Use a role of the account that the cluster is in."
        yield Problem(("deployerRoleArn",), f"belongs to another account than {account}", cure)
    given = {"admins": admins, "viewers": spec.get("viewers", [])}
    seen: set[str] = {deployer} if deployer else set()
    for key, arns in given.items():
        for place, arn in enumerate(arns):
            if not _PRINCIPAL.fullmatch(arn):
                cure = "Write arn:aws:iam::ACCOUNT:role/NAME or arn:aws:iam::ACCOUNT:user/NAME."
                if ":assumed-role/" in arn:
                    cure = "That is a session: write the role it came from, arn:aws:iam::ACCOUNT:role/NAME."
                yield Problem((key, place), f'"{arn}" is no ARN of an IAM role or user', cure)
            elif arn in seen:
                yield Problem((key, place), f"{arn} has access already", "Name it once.")
            seen.add(arn)


def _mode_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    pools = spec.get("auto_mode_pools")
    if pools is None:
        return
    if spec.get("node_pools"):
        cure = "Remove autoModePools for managed node groups, or nodePools for Auto Mode."
        yield Problem(("autoModePools",), "contradicts nodePools, which turn Auto Mode off", cure)
    if not pools and not spec.get("node_pools"):
        yield Problem(("autoModePools",), "names no pool", f"Name one or both of {listing(AUTO_MODE_POOLS)}.")
    yield from _unknown("autoModePools", pools, AUTO_MODE_POOLS)


def _log_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    yield from _unknown("controlPlaneLogs", spec.get("control_plane_logs", []), LOGS)
    days = spec.get("log_retention_days")
    if days is not None and int(days) not in RETENTIONS:
        near = min(RETENTIONS, key=lambda offered: abs(offered - days))
        cure = f"The nearest that CloudWatch offers is {near}."
        yield Problem(("logRetentionDays",), f"{int(days)} days are not possible", cure)


def _belonging_problems(spec: EksClusterSpec) -> Iterator[Problem]:
    boundary, zone = spec.get("permissions_boundary_arn"), spec.get("dns_zone")
    if boundary is not None and not _POLICY.fullmatch(boundary):
        cure = "Write arn:aws:iam::ACCOUNT:policy/NAME."
        yield Problem(("permissionsBoundaryArn",), f'"{boundary}" is no ARN of an IAM policy', cure)
    if zone is not None and not _HOSTED_ZONE.fullmatch(zone):
        cure = "Write its id: aws route53 list-hosted-zones-by-name shows it after /hostedzone/."
        yield Problem(("dnsZone",), f'"{zone}" is no id of a hosted zone', cure)
    yield from _repository_problems(spec.get("repositories", []))
    yield from _label_problems(spec.get("labels", {}))


def _repository_problems(repositories: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, name in enumerate(repositories):
        path: Path = ("repositories", place)
        if not _REPOSITORY.fullmatch(name) or not _MIN_REPOSITORY <= len(name) <= _MAX_REPOSITORY:
            cure = "Use a-z and 0-9, parted by single -, _, . or /, as in shop/frontend."
            yield Problem(path, f'"{name}" cannot name a repository of ECR', cure)
        if name in seen:
            yield Problem(path, f"{name} stands there twice", "Name it once.")
        seen.add(name)


def _label_problems(labels: Mapping[str, str]) -> Iterator[Problem]:
    if len(labels) > _MAX_TAGS:
        cure = f"Leave {_MAX_TAGS} or fewer, the environment's included."
        yield Problem(("labels",), f"are {len(labels)}, more than AWS takes", cure)
    for key, value in labels.items():
        if not key or len(key) > _MAX_TAG_KEY or key.lower().startswith("aws:"):
            cure = f"Use at most {_MAX_TAG_KEY} characters, and another beginning than aws:."
            yield Problem(("labels", key), f'"{key}" cannot name a tag', cure)
        if len(value) > _MAX_TAG_VALUE:
            cure = f"Use at most {_MAX_TAG_VALUE} characters."
            yield Problem(("labels", key), "is longer than a tag's value can be", cure)


def _unknown(key: str, words: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, word in enumerate(words):
        if word not in known:
            cure = f"Possible: {listing(known)}."
            yield Problem((key, place), f'"{word}" is not possible', cure, nearest(word, known))
        elif word in seen:
            yield Problem((key, place), f"{word} stands there twice", "Name it once.")
        seen.add(word)
