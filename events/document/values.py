"""The scalars of a document: how each is read, written and described to editors.

Each class annotates a field (``Annotated[int, Whole(1, 1000)]``). Numbers stay exact: whatever
a file spells becomes an ``int`` or a ``Decimal`` and never passes through a float. A float that a
JSON library made is taken as its shortest spelling, which gives back what was written. Rates have a
module of their own.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, NamedTuple, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from events.document.errors import hint, shown
from events.document.reading import exact

DECIMAL_PLACES = 6
MILLION = 10**6
MOST_TEXT = 80
# Control characters (Cc), lone surrogates (Cs), which can't be encoded, and what breaks lines (Zl, Zp).
UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Decimal arithmetic rounds to 28 digits: longer numbers would not stay exact.
MOST_DIGITS = 28

# A comma with three digits after it might be meant to part thousands: it is not guessed at, either.
DECIMAL_COMMA = re.compile(r"([0-9]*),([0-9]{1,2}|[0-9]{4,})(?![0-9,])", re.ASCII)
SMALL_COMMA = re.compile(r"(0?),([0-9]+)", re.ASCII)

RANGE_PATTERN = r"([0-9]{1,9})\s*-\s*([0-9]{1,9})"
CLOCK_PATTERN = r"([01][0-9]|2[0-3]):[0-5][0-9]"
SLUG_PATTERN = r"[a-z0-9][a-z0-9_-]*"


class Units(NamedTuple):
    """Units of a drop, drawn uniformly from ``lo`` to ``hi``; a fixed number has ``lo == hi``."""

    lo: int
    hi: int


class SizeRange(NamedTuple):
    """Party sizes from ``lo`` to ``hi``."""

    lo: int
    hi: int


def refuse(message: str) -> NoReturn:
    """Refuse the value that is being read."""
    raise PydanticCustomError("document", "{message}", {"message": message})


def millionths(value: Decimal) -> int:
    """Return a decimal of at most 6 places as whole millionths."""
    return int(value.scaleb(DECIMAL_PLACES))


def exact_number(value: object) -> Decimal | None:
    """Return a number as an exact decimal, or None if it is none or out of all proportion."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int):
        return Decimal(value) if value.bit_length() <= 90 else None
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        return None
    return number if len(number.as_tuple().digits) <= MOST_DIGITS else None


def plain_number(value: Decimal) -> int | float:
    """Return a decimal of a document as a number that JSON and YAML can hold.

    Exact: every decimal of a document has at most 15 significant digits, which a double gives
    back in its shortest spelling.
    """
    return int(value) if value == value.to_integral_value() else float(value)


def with_decimal_point(text: str) -> str:
    """Return a number with a decimal comma with a point instead, where it can mean nothing else."""
    comma = SMALL_COMMA if text.startswith(("0,", ",")) else DECIMAL_COMMA
    return comma.sub(r"\1.\2", text, count=1)


def plainest(number: Decimal) -> Decimal:
    """Return the one form of a number: equal decimals may differ in their zeros."""
    return Decimal(int(number)) if is_whole(number) else number.normalize()


def is_whole(number: Decimal | None) -> bool:
    return number is not None and number == number.to_integral_value()


@dataclass(frozen=True)
class Scalar(ABC):
    """A kind of scalar: ``read`` takes what a file has, ``write`` gives it back."""

    @abstractmethod
    def read(self, value: object) -> Any:
        """Return the value to keep, or refuse it."""

    def write(self, value: Any) -> object:
        """Return what a file has for the value."""
        return value

    @abstractmethod
    def schema(self) -> JsonSchemaValue:
        """Return the JSON Schema of what a file may have."""

    def named(self, value: object) -> str:
        """Return how a refusal names a value, and whether it would be right without its quotes."""
        number = exact(value) if isinstance(value, str) else value
        is_quoted = number is not value and self._takes(number)
        return f"{shown(value)}{' (write it without quotes)' if is_quoted else ''}"

    def _takes(self, value: object) -> bool:
        try:
            self.read(value)
        except PydanticCustomError:
            return False
        return True

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read, serialization=core_schema.plain_serializer_function_ser_schema(self.write)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return self.schema()


@dataclass(frozen=True)
class Whole(Scalar):
    """A whole number from ``lo`` to ``hi``."""

    lo: int
    hi: int
    # How else it may be written.
    or_written: ClassVar[str] = ""

    def read(self, value: object) -> int:
        number = exact_number(value)
        if number is None or not is_whole(number) or not self.lo <= number <= self.hi:
            refuse(
                f"must be a whole number from {self.lo:,} to {self.hi:,}{self.or_written}, "
                f"not {self.named(value)}"
            )
        return int(number)

    def schema(self) -> JsonSchemaValue:
        return {"type": "integer", "minimum": self.lo, "maximum": self.hi}


@dataclass(frozen=True)
class Exact(Scalar):
    """A decimal of at most 6 places, up to ``hi``: above 0, or from ``lo`` where it is given."""

    hi: int
    lo: int | None = None

    def read(self, value: object) -> Decimal:
        number = exact_number(value)
        if number is None or not self._in_range(number) or not is_whole(number.scaleb(DECIMAL_PLACES)):
            refuse(
                f"must be a number {self._range()}, with at most 6 decimal places, not {self.named(value)}"
            )
        return plainest(number)

    def write(self, value: Decimal) -> int | float:
        return plain_number(value)

    def schema(self) -> JsonSchemaValue:
        low = {"exclusiveMinimum": 0} if self.lo is None else {"minimum": self.lo}
        return {"type": "number", **low, "maximum": self.hi}

    def _in_range(self, number: Decimal) -> bool:
        return (number > 0 if self.lo is None else number >= self.lo) and number <= self.hi

    def _range(self) -> str:
        return f"above 0 and up to {self.hi:,}" if self.lo is None else f"from {self.lo:,} to {self.hi:,}"


@dataclass(frozen=True)
class NumberRange(Scalar):
    """A whole number or a range of them like ``30-200``, kept as a pair."""

    make: Callable[[int, int], Units | SizeRange]
    lo: int
    hi: int

    def read(self, value: object) -> Units | SizeRange:
        low, high = _range_ends(value)
        if not self.lo <= low <= high <= self.hi:
            refuse(
                f"must be a whole number from {self.lo:,} to {self.hi:,}, or a range of them like 2-4, "
                f"not {self.named(value)}"
            )
        return self.make(low, high)

    def write(self, value: Units | SizeRange) -> int | str:
        return value.lo if value.lo == value.hi else f"{value.lo}-{value.hi}"

    def schema(self) -> JsonSchemaValue:
        return {
            "anyOf": [
                {"type": "integer", "minimum": self.lo, "maximum": self.hi},
                {"type": "string", "pattern": f"^{RANGE_PATTERN}$"},
            ],
            "description": "A whole number, or a range of them like 2-4.",
        }


def _range_ends(value: object) -> tuple[int, int]:
    """Return both ends, or a pair that no range has."""
    if isinstance(value, Units | SizeRange):
        return value
    if isinstance(value, str) and (match := re.fullmatch(RANGE_PATTERN, value, re.ASCII)):
        return int(match[1]), int(match[2])
    number = exact_number(value)
    return (int(number), int(number)) if number is not None and is_whole(number) else (-1, -1)


@dataclass(frozen=True)
class Text(Scalar):
    """One line of text, not empty, without spaces around it."""

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            refuse(f"must be text, not {shown(value)}{_with_quotes(value)}")
        if not value or len(value) > MOST_TEXT:
            refuse(f"must have 1 to {MOST_TEXT} characters, not {len(value):,}")
        if UNFIT.search(value):
            refuse("must not have control characters or line breaks")
        # Forms strip what they get, so such a name would change when it is saved from one.
        if value != value.strip():
            refuse(f"must not start or end with a space, as {shown(value)} does")
        return value

    def schema(self) -> JsonSchemaValue:
        return {"type": "string", "minLength": 1, "maxLength": MOST_TEXT}


def _with_quotes(value: object) -> str:
    """Return what to do where a value that is no text is meant as the text that it looks like."""
    if value is None:
        return " (if ~ or null is meant, put it in quotes)"
    return "" if isinstance(value, dict | list) else " (put it in quotes)"


@dataclass(frozen=True)
class Patterned(Scalar):
    """Text of a given form, which ``form`` describes in words."""

    pattern: str
    form: str

    def read(self, value: object) -> str:
        if not isinstance(value, str) or not self._matches(value):
            # A number or a truth value of YAML may be meant as the text that it looks like.
            lacks_quotes = isinstance(value, bool | int | Decimal) and self._matches(shown(value))
            refuse(f"must be {self.form}, not {shown(value)}{' (put it in quotes)' if lacks_quotes else ''}")
        return value

    def schema(self) -> JsonSchemaValue:
        return {"type": "string", "pattern": f"^{self.pattern}$", "maxLength": MOST_TEXT}

    def _matches(self, text: str) -> bool:
        return len(text) <= MOST_TEXT and bool(re.fullmatch(self.pattern, text))


@dataclass(frozen=True)
class Zone(Scalar):
    """The name of a time zone that exists."""

    def read(self, value: object) -> str:
        if not isinstance(value, str):
            refuse(f"must be the name of a time zone like Europe/Berlin, not {shown(value)}")
        if not zone_exists(value):
            refuse(f"there is no time zone {shown(value)}{_zone_hint(value)}")
        return value

    def schema(self) -> JsonSchemaValue:
        return {"type": "string", "description": "A time zone like Europe/Berlin."}


def _zone_hint(name: str) -> str:
    """Return which zone is meant: that of a city, or one that is spelled much like it."""
    city = name.strip().replace(" ", "_").casefold()
    of_city = [zone for zone in _zone_names() if zone.casefold().rpartition("/")[2] == city]
    return f" (did you mean {of_city[0]}?)" if of_city else hint(name, _zone_names())


def zone_exists(name: str) -> bool:
    # These two are not zones: one is whatever this machine is set to.
    if name in ("localtime", "Factory") or len(name) > MOST_TEXT:
        return False
    try:
        ZoneInfo(name)
    # Besides the unknown: malformed names, folders, and files that are not zones.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def _zone_names() -> list[str]:
    return sorted(available_timezones())
