"""Fields of the forms about simulations."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextInputWidget

from events.wording import grouping_hint, whole_number_in


class CountField(forms.IntegerField):
    """A whole number whose thousands may be parted, as in 500,000.

    Typed as text: a browser's number input drops a comma, and makes 15 of 1,5.
    """

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget({"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return the number that was typed; say how to write it where it is none."""
        if isinstance(value, str) and value.strip():
            number = whole_number_in(value)
            if number is None:
                hint = grouping_hint(value)
                raise ValidationError(f"Enter a whole number{hint}.", code="invalid")
            value = number
        typed: int | None = super().to_python(value)
        return typed
