"""The regions of AWS and their zones."""

from collections.abc import Mapping
from typing import Final

from components.cluster.eks.offered import REGIONS

_CODES: Final[Mapping[str, str]] = {"us-gov-west-1": "usgw1", "us-gov-east-1": "usge1"}


def zones_of(region: str) -> list[str]:
    """The zones that an account has in a region, as `eu-west-1a`."""
    return [f"{region}{letter}" for letter in REGIONS.get(region, "")]


def zone_id(zone: str) -> str:
    """The id of a zone, which is the same for all accounts: `euw1-az1` for `eu-west-1a`, here."""
    region, letter = zone[:-1], zone[-1:]
    words = region.split("-")
    code = _CODES.get(region) or f"{words[0]}{''.join(word[:1] for word in words[1:-1])}{words[-1]}"
    return f"{code}-az{ord(letter) - ord('a') + 1}"


def dns_suffix(region: str) -> str:
    """How names of AWS's services end in a region."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
