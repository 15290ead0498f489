"""Forms whose users are told of what somebody else saved meanwhile; above all those of an event's parts."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from events.admin.conflicts import Conflict, conflict_of
from events.admin.history import newest_entry
from events.admin.kept import KeptForm
from events.models import Event
from events.models.validation import readable

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:  # generic in the type stubs only
    ModelForm = forms.ModelForm

STALE = (
    "This was changed after the page was opened, by somebody else or by you in another window: above is by "
    "whom, and what. Tick “Save over it” below to save what is written here, or leave this page to keep what "
    "is there."
)


NAMES = ("key", "name")
# Where something is on the board or in a list is changed elsewhere, and by others at the same time; so is
# what signing in and a new password write.
ELSEWHERE = {
    "id",
    "position",
    "row",
    "n_rows",
    "version",
    "created_at",
    "updated_at",
    "copied_from_id",
    "event_id",
    "password",
    "last_login",
    "date_joined",
}


class WatchedForm(KeptForm):
    """What whoever fills in a form has seen of what it is of; mix it into a model's form, before it.

    `event` is the event that this belongs to, if to any; `request` is the page's.
    """

    event: Event | None = None
    request: HttpRequest
    instance: Any
    # What somebody else saved meanwhile, beside what was typed.
    conflict: Conflict | None = None

    # What it was like when the page was opened, and where the histories ended then.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    # Where it belongs, and what it is the new one of, should it be deleted meanwhile.
    of_event = forms.CharField(widget=forms.HiddenInput, required=False)
    lost = forms.CharField(widget=forms.HiddenInput, required=False)
    save_over = forms.CharField(
        label="Save over it",
        widget=forms.HiddenInput,
        required=False,
        help_text="Replaces what somebody else saved.",
    )

    class Media:
        css: ClassVar[Any] = {"all": ("events/conflict.css",)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = described(self.instance)
        self.stored = states_of(self.before)
        of_event = "" if self.event is None else self.event.pk
        self.initial.update(seen=self.stored, opened=newest_entry(), of_event=of_event)

    @property
    def is_stale(self) -> bool:
        """Whether somebody saved it since the page was opened, which is not to be saved over."""
        seen = (self.data.get("seen"), self.data.get("save_over"))
        return bool(self.before) and self.stored not in seen

    def full_clean(self) -> None:
        """Refuse to save over what somebody else saved.

        What is right but for that is refused by `WatchedAdmin`, which finds out first what would be saved.
        """
        super().full_clean()
        tried = getattr(self.request, "tried", None)
        if self.is_bound and self.is_stale and (self.errors or tried is not None):
            self.conflict = conflict_of(self, tried or {})
            self._offer_to_save_over()
            self.add_error(None, ValidationError(STALE, code="stale"))

    def _offer_to_save_over(self) -> None:
        self.fields["save_over"].widget = forms.CheckboxInput(
            attrs={"value": self.stored}, check_test=lambda value: value == self.stored
        )


class PartForm(WatchedForm, ModelForm):
    """A part's own fields; `event` is the event that the part belongs to, None for the library."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and self.event is not None and hasattr(self.instance, "event_id"):
            self.instance.event = self.event

    @classmethod
    def stored_list(cls, part: Any, name: str, validate: Callable[[object], None]) -> list[Any]:
        """Return a list that is stored of a part as the form may show it; tell where it can't be read."""
        stored: list[Any] = getattr(part, name)
        value = readable(validate, stored)
        if value != stored and cls.request.method == "GET":
            told = f"The {name} that are stored can't be read: what you save here takes their place."
            messages.warning(cls.request, told)
        return value

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self._refuse_taken_names()
        # What only the whole event shows to be wrong was found by saving, and taken back: see `PartAdmin`.
        for error in getattr(self.request, "document_errors", ()):
            self.add_error(None, str(error))
        return cleaned

    def _refuse_taken_names(self) -> None:
        """Refuse a name that another of the same owner has; Django does not, as the owner is no field."""
        model = type(self.instance)
        for name in NAMES:
            if name not in self.cleaned_data or not _is_unique_in_event(model, name):
                continue
            same = model._default_manager.filter(event=self.event, **{name: self.cleaned_data[name]})
            if same.exclude(pk=self.instance.pk).exists():
                owner = self.event or "The library"
                self.add_error(name, f"{owner} has another {model._meta.verbose_name} of this {name}.")


def _is_unique_in_event(model: Any, name: str) -> bool:
    return any(getattr(rule, "fields", ()) == ("event", name) for rule in model._meta.constraints)


def described(part: Any) -> dict[str, Any]:
    """Return all that a part says of itself, as plain data; nothing for one that is not saved yet."""
    if part.pk is None:
        return {}
    return json.loads(json.dumps(_data_of(part), default=_plain))  # type: ignore[no-any-return]


def _data_of(part: Any) -> dict[str, Any]:
    if hasattr(part, "as_data"):
        prefetch_related_objects([part], *part.reads)
        data: dict[str, Any] = part.as_data()
        return {name: getattr(part, name) for name in NAMES if hasattr(part, name)} | data
    own = {field.attname: getattr(part, field.attname) for field in part._meta.concrete_fields}
    chosen = {field.name: _names(part, field.name) for field in part._meta.many_to_many}
    return {name: value for name, value in own.items() if name not in ELSEWHERE} | chosen


def _names(part: Any, field: str) -> list[str]:
    return sorted(map(str, getattr(part, field).select_related()))


def _plain(value: Any) -> str:
    """Return a number as people write it, and what JSON does not know as text."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def state_of(part: Any) -> str:
    """Return a word for what a part holds: another one as soon as anything in it changes."""
    return _digest(described(part))


def states_of(data: dict[str, Any]) -> str:
    """Return a word for each field that `described` returned: `name:digest`, with spaces between."""
    return " ".join(f"{name}:{_digest(value)[:12]}" for name, value in data.items())


def _digest(data: Any) -> str:
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:32]
