"""Fields for what people type where a document has a scalar: rates, units, party sizes, times of day.

Each reads by the document's own scalar, so that a form takes what a file takes, keeps what a file keeps and
refuses in the same words; what only people write (dashes, a decimal comma) is put into the document's form
first.
"""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from pydantic_core import PydanticCustomError
from unfold.widgets import INPUT_CLASSES, UnfoldAdminTextInputWidget

from events.document import models as document
from events.document.durations import Minutes, Seconds
from events.document.rates import Rate, shortest_text
from events.document.reading import exact
from events.document.values import (
    CLOCK_PATTERN,
    Exact,
    NumberRange,
    Patterned,
    Scalar,
    SizeRange,
    Text,
    Units,
    Whole,
    with_decimal_point,
)
from events.wording import whole_number_in

DASHES = str.maketrans({"–": "-", "—": "-", "−": "-"})

LOOK = " ".join(INPUT_CLASSES)

# Percentages with more decimal places than this are shown as fractions, and so are plain fractions.
PERCENT_PLACES = 3
PLAIN_DENOMINATOR = 100


class LineInput(UnfoldAdminTextInputWidget):
    """One line of text; without what the theme wraps around it for icons, as a page may have hundreds."""

    template_name = "django/forms/widgets/text.html"


class DayInput(forms.DateInput):
    """A day, which the browser shows as its user writes days: nobody has to guess which is the month."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": LOOK})


class TimeOfDayInput(forms.TimeInput):
    """A time of day; with seconds only if there are any."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M:%S", attrs={"class": LOOK})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template shows."""
        context = super().get_context(name, value, attrs)
        widget = context["widget"]
        shown = str(widget["value"] or "")
        if re.fullmatch(r"[0-9]{2}:[0-9]{2}:00", shown):
            widget["value"] = shown[:5]
        elif shown.count(":") > 1:
            # Browsers take whole minutes only, otherwise.
            widget["attrs"]["step"] = "1"
        return context


class ZoneInput(UnfoldAdminTextInputWidget):
    """The name of a time zone, with all of them to choose from."""

    template_name = "admin/events/player/zone.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template shows."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = "zones"
        return {**context, "zones": sorted(available_timezones())}


class ScalarField(forms.Field):
    """A field for one scalar of a document; `if_blank` is what an empty field that may be empty holds."""

    def __init__(
        self,
        scalar: Scalar,
        *,
        if_blank: Any = None,
        placeholder: str = "",
        attrs: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.scalar, self.if_blank = scalar, if_blank
        given = (
            {"autocomplete": "off"} | ({"placeholder": placeholder} if placeholder else {}) | (attrs or {})
        )
        kwargs.setdefault("widget", LineInput(given))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the value that a document keeps, or say in its words what would be right."""
        typed = value.strip() if isinstance(value, str) else value
        if typed in self.empty_values:
            return self.if_blank
        try:
            return self.scalar.read(self.understood(typed))
        except PydanticCustomError as error:
            raise ValidationError(self._refusal(typed) or error.message(), code="invalid") from error

    def _refusal(self, typed: Any) -> str | None:
        """Return what the document says to what was typed, rather than to what it was understood as."""
        try:
            self.scalar.read(typed)
        except PydanticCustomError as error:
            return error.message()
        return None

    def understood(self, typed: Any) -> Any:
        """Return what was typed in the form that a document has it."""
        return exact(typed.translate(DASHES)) if isinstance(typed, str) else typed

    def prepare_value(self, value: Any) -> Any:
        """Return what the input shows: text as it is, and what a document keeps as people type it."""
        return value if value is None or isinstance(value, str) else self.shown(value)

    def shown(self, value: Any) -> str:
        """Return how people type a value."""
        written = self.scalar.write(value)
        return f"{Decimal(repr(written)):f}" if isinstance(written, float) else str(written)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant rather than how it is spelled."""
        if self.disabled:
            return False
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True


class TextField(ScalarField):
    """A key or a name: one line of text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Text(), **kwargs)

    def understood(self, typed: Any) -> Any:
        return typed


class WholeField(ScalarField):
    """A whole number from `lo` to `hi`."""

    def __init__(self, lo: int, hi: int, **kwargs: Any) -> None:
        super().__init__(Whole(lo, hi), **_with_keyboard("numeric", kwargs))

    def understood(self, typed: Any) -> Any:
        number = whole_number_in(typed) if isinstance(typed, str) else None
        return super().understood(typed) if number is None else number


class SecondsField(WholeField):
    """Seconds, or minutes and seconds; telephones show letters, since digits alone lack the colon."""

    def __init__(self, lo: int, hi: int, **kwargs: Any) -> None:
        ScalarField.__init__(self, Seconds(lo, hi), **kwargs)


class MinutesField(WholeField):
    """Minutes, or hours and minutes, as `SecondsField` has seconds."""

    def __init__(self, lo: int, hi: int, **kwargs: Any) -> None:
        ScalarField.__init__(self, Minutes(lo, hi), **kwargs)


class RateField(ScalarField):
    """A probability as people know it: `1/512`, `1 in 512`, `0.2 %` or `0.002`; kept as an exact fraction."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("placeholder", "1/512")
        super().__init__(Rate(), **kwargs)

    def understood(self, typed: Any) -> Any:
        return typed

    def shown(self, value: Any) -> str:
        return rate_text(value)


class ExactField(ScalarField):
    """A decimal with at most 6 places, up to `hi`: above 0, or from `lo`."""

    def __init__(self, hi: int, lo: int | None = None, **kwargs: Any) -> None:
        super().__init__(Exact(hi=hi, lo=lo), **_with_keyboard("decimal", kwargs))

    def understood(self, typed: Any) -> Any:
        return exact(with_decimal_point(typed)) if isinstance(typed, str) else typed


class MultiplierField(ExactField):
    """What multiplies a time or a rate, above 0 and up to 100; 1 changes nothing."""

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("required", True):
            kwargs.setdefault("if_blank", document.ONE)
            kwargs.setdefault("placeholder", "1")
        super().__init__(100, **kwargs)


class UnitsField(ScalarField):
    """Units of a drop: `1`, or `30-200` for any number between."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(NumberRange(Units, 1, 10**6), **kwargs)


class SizesField(ScalarField):
    """Sizes of parties: `3`, or `2-4`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("placeholder", "2-4")
        super().__init__(NumberRange(SizeRange, 1, document.MOST_TEAM_PLAYERS), **kwargs)


class ClockField(ScalarField):
    """A time of day like `18:00`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("placeholder", "18:00")
        super().__init__(Patterned(CLOCK_PATTERN, "a time of day like 18:00"), **kwargs)

    def understood(self, typed: Any) -> Any:
        # 9:30 can only be one time of day.
        return f"0{typed}" if isinstance(typed, str) and re.fullmatch(r"[0-9]:[0-9]{2}", typed) else typed


def rate_text(rate: Any) -> str:
    """Return a rate as people type it: a plain fraction, a short percentage, or else what is shorter."""
    exact_rate = rate if isinstance(rate, Fraction) else Rate().read(rate)
    if exact_rate.numerator == 1 or exact_rate.denominator <= PLAIN_DENOMINATOR:
        return str(exact_rate)
    percent = exact_rate * 100 * 10**PERCENT_PLACES
    if percent.denominator > 1:
        return shortest_text(exact_rate)
    return f"{Decimal(percent.numerator).scaleb(-PERCENT_PLACES).normalize():f} %"


def _with_keyboard(mode: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return a field's arguments with the keyboard that a telephone is to show."""
    return {**kwargs, "attrs": {"inputmode": mode, **(kwargs.get("attrs") or {})}}
