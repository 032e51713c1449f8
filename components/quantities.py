"""Kubernetes quantities: `100m`, `64Mi`, `1e3`."""

import re
from decimal import Decimal

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][-+]?[0-9]+)?")
_SUFFIXES = (
    {"": Decimal(1), "m": Decimal("0.001")}
    | {unit: Decimal(1000) ** (power + 1) for power, unit in enumerate("kMGTPE")}
    | {f"{unit}i": Decimal(1024) ** (power + 1) for power, unit in enumerate("KMGTPE")}
)


def quantity(text: str) -> Decimal | None:
    """The value of a quantity that is not negative, in its base unit (CPUs, bytes); None if it is none.

    Source: Kubernetes, "Quantity" in the API reference.

    Example:
        quantity("100m") == Decimal("0.1")
        quantity("64Mi") == 67108864
        quantity("100mm") is None
    """
    found = _QUANTITY.fullmatch(text)
    if not found:
        return None
    number, suffix = Decimal(found[1]), found[2] or ""
    factor = _SUFFIXES.get(suffix)
    return number * (factor if factor is not None else Decimal(f"1{suffix}"))
