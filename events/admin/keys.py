"""Keys that people need not think of: made from the name where the field is left empty."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from unfold.widgets import UnfoldAdminTextInputWidget

from events.admin.fields import TextField
from events.admin.forms import PartForm
from events.document.values import MOST_TEXT

KEY_HELP = "What files and results call it, once in an event. Left empty, it is made from the name."


class KeyFromName(PartForm):
    """A form of a part that has a key; its name must come before it."""

    name = TextField(widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}))
    key = TextField(
        required=False,
        help_text=KEY_HELP,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "placeholder": "made from the name"}),
    )
    field_order = ("name", "key")

    def clean_key(self) -> str:
        """Return the key, or one made from the name that nothing else has."""
        key: str | None = self.cleaned_data.get("key")
        if key:
            return key
        # A wrong name is said at the name.
        if "name" not in self.cleaned_data:
            return ""
        made = slugify(self.cleaned_data["name"])
        if not made:
            raise ValidationError("Type a key: none can be made from the name.")
        return self._free(made)

    def _free(self, key: str) -> str:
        others: Any = type(self.instance)._default_manager.filter(event=self.event)
        taken = set(others.exclude(pk=self.instance.pk).values_list("key", flat=True))
        # One more than there are others: at least one of them is free.
        ends = ["", *(f"-{number}" for number in range(2, len(taken) + 3))]
        candidates = (f"{key[: MOST_TEXT - len(end)]}{end}" for end in ends)
        return next(candidate for candidate in candidates if candidate not in taken)
