"""Rates: how likely something is, as people and programs write it, kept as an exact fraction.

Files, forms and ``--set`` read rates here, so that a spelling means the same wherever it stands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError

from events.document.errors import shown
from events.document.values import Scalar, refuse, with_decimal_point

# Fractions with denominators that have nothing in common add up to long ones: a line of 100 outcomes comes to
# 6,000 bits. Decimals of any length have powers of ten below the line, and share them.
MOST_RATE_TERM = 10**18
MOST_RATE_PLACES = 100
# As long as a decimal with all its places, and a little more.
MOST_RATE_CHARACTERS = 250
# What doubles lose when they are added is less, and what one of the 2^32 draws can tell apart is far more.
ROUNDING = Fraction(1, 10**12)

# In a fraction a comma can only part thousands: 1/5,000.
_TERM = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]{1,4})?"
_FRACTION = rf"({_TERM})(?:\s*/\s*|\s+[iI][nN]\s+)({_TERM})"
_DECIMAL = r"((?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]{1,4})?)\s*(%?)"
RATE_PATTERN = rf"\s*(?:{_FRACTION}|{_DECIMAL})\s*"

FRACTION = re.compile(_FRACTION, re.ASCII)
DECIMAL = re.compile(_DECIMAL, re.ASCII)
LONG_DECIMAL = re.compile(r"0?[.,][0-9]+", re.ASCII)
# On the continent points part thousands: 1/10.000 is not guessed at.
MAYBE_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)


@dataclass(frozen=True)
class Rate(Scalar):
    """A probability above 0 and up to 1: ``3/4``, ``1 in 512``, ``0.2 %``, ``0.02`` or 1."""

    def read(self, value: object) -> Fraction:
        rate = value if isinstance(value, Fraction) else _fraction(value)
        if rate is None or not 0 < rate <= 1:
            refuse(f"must be a rate above 0 and up to 1, like 3/4 or 0.02, not {shown(value)}")
        if rate.denominator > MOST_RATE_TERM and not _is_decimal(rate):
            _refuse_as_too_fine(value)
        return rate

    def write(self, value: Fraction) -> int | str:
        if value == 1:
            return 1
        return str(value) if value.denominator <= MOST_RATE_TERM else decimal_text(value)

    def schema(self) -> JsonSchemaValue:
        return {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                {"type": "string", "pattern": f"^{RATE_PATTERN}$", "maxLength": MOST_RATE_CHARACTERS},
            ],
            "description": "A fraction like 3/4, a percentage like 0.2 % or a decimal like 0.02, "
            "above 0 and up to 1.",
        }


def rest_of(rates: Iterable[Fraction]) -> Fraction:
    """Return what the rates of a roll leave of 1: below 0 where they are too many, 0 but for rounding."""
    rest = 1 - sum(rates, Fraction(0))
    return rest if abs(rest) > ROUNDING else Fraction(0)


def too_many(rest: Fraction) -> str:
    """Return what is wrong with rates that leave a rest below 0."""
    total = 1 - rest
    above = f"{float(total):.6g}" if total > Fraction("1.00001") else "slightly more than 1"
    return f"the rates must sum to at most 1, not {above}"


def read_rates(texts: Iterable[str]) -> list[Fraction] | None:
    """Return the rates that texts spell, or None if one of them is none."""
    try:
        return [Rate().read(text) for text in texts]
    except PydanticCustomError:
        return None


def shortest_text(rate: Fraction) -> str:
    """Return a rate as a decimal or a fraction, whichever is shorter."""
    fraction = str(rate)
    if not _is_decimal(rate):
        return fraction
    return min(fraction, decimal_text(rate), key=len)


def decimal_text(rate: Fraction) -> str:
    """Return a rate below 1 that is a decimal with all its places."""
    digits = rate * 10**MOST_RATE_PLACES
    return "0." + str(digits.numerator).zfill(MOST_RATE_PLACES).rstrip("0")


def _is_decimal(rate: Fraction) -> bool:
    places: int = 10**MOST_RATE_PLACES
    return places % rate.denominator == 0


def _fraction(value: object) -> Fraction | None:
    """Return the exact fraction that a value of a file is, or None if it is none."""
    if isinstance(value, str):
        return _fraction_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    # A whole number above 1 is no rate, and making a decimal of a long one takes long.
    if isinstance(value, int):
        return Fraction(value) if value in (0, 1) else None
    return _exact(Decimal(repr(value)) if isinstance(value, float) else value)


def _fraction_of_text(value: str) -> Fraction | None:
    if len(value) > MOST_RATE_CHARACTERS:
        return _refuse_as_too_fine(value) if LONG_DECIMAL.fullmatch(value) else None
    # Whatever spaces there are: text from elsewhere has some that do not break.
    text = " ".join(value.split())
    if fraction := FRACTION.fullmatch(text):
        above, below = (_term(term) for term in fraction.groups())
        return above / below if above is not None and below else None
    found = DECIMAL.fullmatch(with_decimal_point(text))
    if found is None or "," in found[1]:
        return None
    number = _exact(Decimal(found[1]))
    return number / 100 if number is not None and found[2] else number


def _term(text: str) -> Fraction | None:
    if MAYBE_THOUSANDS.fullmatch(text):
        refuse(f"{text} may mean {text.replace('.', '')}: write that, or {text}0 if it does not")
    return _exact(Decimal(text.replace(",", "")))


def _exact(number: Decimal) -> Fraction | None:
    """Return a decimal as a fraction; None if it is infinite or far above 1."""
    if not number.is_finite() or number.adjusted() > MOST_RATE_PLACES:
        return None
    if number and number.adjusted() < -MOST_RATE_PLACES:
        _refuse_as_too_fine(number)
    return Fraction(number)


def _refuse_as_too_fine(value: object) -> NoReturn:
    refuse(
        f"must be a fraction with at most 10^18 below the line, or a decimal of at most {MOST_RATE_PLACES} "
        f"places, not {shown(value)}"
    )
