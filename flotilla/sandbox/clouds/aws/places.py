"""The regions of AWS and their zones."""

from collections.abc import Mapping
from typing import Final

_USUAL: Final = "abc"
_OTHERS: Final[Mapping[str, str]] = {
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
}
"""The letters of the zones of regions that have others than most."""

_CODES: Final[Mapping[str, str]] = {"us-gov-west-1": "usgw1", "us-gov-east-1": "usge1"}


def zones_of(region: str) -> list[str]:
    """The zones that an account has in a region, as `eu-west-1a`."""
    return [f"{region}{letter}" for letter in _OTHERS.get(region, _USUAL)]


def zone_id(zone: str) -> str:
    """The id of a zone, which is the same for all accounts: `euw1-az1` for `eu-west-1a`, here."""
    region, letter = zone[:-1], zone[-1:]
    words = region.split("-")
    code = _CODES.get(region) or f"{words[0]}{''.join(word[:1] for word in words[1:-1])}{words[-1]}"
    return f"{code}-az{ord(letter) - ord('a') + 1}"


def partition_of(region: str) -> str:
    """The part of AWS that a region is in, as ARNs name it."""
    return "aws-us-gov" if region.startswith("us-gov-") else "aws-cn" if region.startswith("cn-") else "aws"


def dns_suffix(region: str) -> str:
    """How names of AWS's services end in a region."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
