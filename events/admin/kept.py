"""Forms that are shown again as they were filled in, after the server could not take them.

The browser keeps what was sent (`kept.js`) until an answer shows that it arrived. Where it did not, because
the session had ended, it is sent again with `restored`: such a form is shown, and nothing is saved.
"""

from typing import Any

from django import forms
from django.http import HttpRequest

# The field that says so; a form without it is not kept.
RESTORED = "restored"


def is_restored(request: HttpRequest) -> bool:
    """Say whether a form is only to be shown again."""
    return bool(request.POST.get(RESTORED))


class NeverFilledIn(forms.HiddenInput):
    """A hidden input that is empty whenever it is shown: what is sent next counts."""

    def format_value(self, value: Any) -> str:
        """Return nothing."""
        return ""


class KeptForm(forms.Form):
    """A form that is kept; mix it into a model's form, before it."""

    restored = forms.CharField(required=False, widget=NeverFilledIn)

    def is_valid(self) -> bool:
        """Take a form that is only to be shown again for one that can't be saved; it need not have errors."""
        return super().is_valid() and not self.data.get(self.add_prefix(RESTORED))
