"""Kubernetes quantities in their canonical form, in which the server gives them back."""

import re
from decimal import ROUND_UP, Decimal, InvalidOperation
from typing import Final

_FORM: Final = re.compile(r"^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i)|([numkMGTPE]))?$")
_BINARY: Final = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL: Final = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_SMALLEST: Final = Decimal("1e-9")


def canonical(value: str | float) -> str | None:
    """The canonical form: no fraction, the largest suffix that leaves none; None if it is no quantity.

    Example: `canonical("0.5")` is `500m`, `canonical("1024Mi")` is `1Gi`, `canonical("1000m")` is `1`.
    """
    found = _FORM.match(str(value))
    if found is None:
        return None
    digits, exponent, binary, decimal = found.groups()
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    if binary:
        number *= 1024 ** _BINARY.index(binary)
        # Below 1024 the binary format keeps no suffix and may hold no fraction; such values turn decimal.
        return _binary(number) if number == number.to_integral_value() else _decimal(number)
    if exponent:
        return _exponent(number.scaleb(int(exponent[1:])))
    return _decimal(number.scaleb(_DECIMAL[decimal or ""]))


def same_amount(one: object, other: object) -> bool:
    """Whether two quantities are worth the same, however they are written: `1Gi` and `1073741824`."""
    amounts = [_amount(value) for value in (one, other)]
    return amounts[0] is not None and amounts[0] == amounts[1]


def _amount(value: object) -> Decimal | None:
    found = _FORM.match(str(value))
    if found is None:
        return None
    digits, exponent, binary, decimal = found.groups()
    if binary:
        return Decimal(digits) * 1024 ** _BINARY.index(binary)
    return Decimal(digits).scaleb(int(exponent[1:]) if exponent else _DECIMAL[decimal or ""])


def _binary(number: Decimal) -> str:
    whole, suffix = int(number), 0
    while whole and whole % 1024 == 0 and suffix < len(_BINARY) - 1:
        whole, suffix = whole // 1024, suffix + 1
    return f"{whole}{_BINARY[suffix]}" if whole else "0"


def _decimal(number: Decimal) -> str:
    whole, power = _scaled(number)
    suffix = next(name for name, exponent in _DECIMAL.items() if exponent == power)
    return f"{whole}{suffix}" if whole else "0"


def _exponent(number: Decimal) -> str:
    whole, power = _scaled(number)
    return f"{whole}{f'e{power}' if power else ''}" if whole else "0"


def _scaled(number: Decimal) -> tuple[int, int]:
    """Digits and exponent, a multiple of three from -9 to 18, the largest that leaves no fraction."""
    exact = number.quantize(_SMALLEST, rounding=ROUND_UP) if number % _SMALLEST else number
    whole, power = int(exact.scaleb(9)), -9
    while whole and whole % 1000 == 0 and power < _DECIMAL["E"]:
        whole, power = whole // 1000, power + 3
    return whole, power
