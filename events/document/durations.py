"""How long things take: numbers, or times as pages show them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from pydantic.json_schema import JsonSchemaValue

from events.document.errors import shown
from events.document.values import Scalar, Whole, exact_number, is_whole, plain_number, plainest, refuse

# Minutes and seconds, or hours, minutes and seconds.
SECONDS_PATTERN = r"[0-9]{1,5}:[0-5][0-9](:[0-5][0-9])?"
# Hours and minutes.
MINUTES_PATTERN = r"[0-9]{1,5}:[0-5][0-9]"


@dataclass(frozen=True)
class Seconds(Whole):
    """A whole number of seconds, or a time with them: 90 is 1:30, 3600 is 60:00 or 1:00:00."""

    or_written: ClassVar[str] = ", in seconds or as minutes and seconds like 1:30"

    def read(self, value: object) -> int:
        return super().read(_in_last_unit(value, SECONDS_PATTERN))

    def schema(self) -> JsonSchemaValue:
        return _or_clock(super().schema(), SECONDS_PATTERN, "Seconds, or minutes and seconds like 1:30.")


@dataclass(frozen=True)
class Minutes(Whole):
    """A whole number of minutes, or hours and minutes: 150 is 2:30."""

    or_written: ClassVar[str] = ", in minutes or as hours and minutes like 2:30"

    def read(self, value: object) -> int:
        return super().read(_in_last_unit(value, MINUTES_PATTERN))

    def schema(self) -> JsonSchemaValue:
        return _or_clock(super().schema(), MINUTES_PATTERN, "Minutes, or hours and minutes like 2:30.")


@dataclass(frozen=True)
class Hours(Scalar):
    """A decimal number of hours that comes to whole seconds, or hours and minutes: 49.5 is 49:30."""

    lo: int
    hi: int

    def read(self, value: object) -> Decimal:
        number = exact_number(_in_hours(value))
        if number is None or not self.lo <= number <= self.hi:
            refuse(f"must be a number of hours from {self.lo:,} to {self.hi:,}, not {self.named(value)}")
        if not is_whole(number * 3600):
            refuse(f"must come to whole seconds, which {shown(value)} hours do not")
        return plainest(number)

    def write(self, value: Decimal) -> int | float:
        return plain_number(value)

    def schema(self) -> JsonSchemaValue:
        number = {"type": "number", "minimum": self.lo, "maximum": self.hi}
        return _or_clock(number, MINUTES_PATTERN, "Hours, or hours and minutes like 49:30.")


def _in_last_unit(value: object, pattern: str) -> object:
    """Return what a time like 1:30 comes to in the last of its units; anything else as it is."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        return value
    total = 0
    for part in value.split(":"):
        total = total * 60 + int(part)
    return total


def _in_hours(value: object) -> object:
    minutes = _in_last_unit(value, MINUTES_PATTERN)
    if minutes is value or not isinstance(minutes, int):
        return value
    # Hours are kept as a decimal, and a third of an hour is none.
    if minutes % 3:
        refuse(f"must be hours and a multiple of 3 minutes, which {shown(value)} is not")
    return Decimal(minutes // 3) / 20


def _or_clock(number: JsonSchemaValue, pattern: str, description: str) -> JsonSchemaValue:
    clock = {"type": "string", "pattern": f"^{pattern}$"}
    return {"anyOf": [number, clock], "description": description}
