"""Keeping what pages offer to one owner's entries: to an event's own, or to the library's."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from events.admin.addresses import number_in
from events.models import Activity, Capability, Event, Player, PlayerCapability, Rule

# What belongs to an event or to the library.
CATALOGUE: tuple[type[Model], ...] = (Activity, Capability, Player)
FOUND_AT_ONCE, MOST_PAGES = 30, 10_000
LIBRARY = "library"

if TYPE_CHECKING:
    # What is mixed into widgets of two kinds is typed as one of them.
    AutocompleteBase = AutocompleteSelect
else:
    AutocompleteBase = object


class Entries(Mapping[str, Any]):
    """One owner's entries of a kind by their ids as text, read together once something is asked of them.

    All fields of a page share them, so that its queries don't grow with its rows.
    """

    def __init__(self, kind: type[Model], event: Event | None) -> None:
        self.kind, self.event = kind, event

    @cached_property
    def _by_id(self) -> dict[str, Any]:
        entries = self.kind._default_manager.filter(event=self.event)
        if self.kind is Activity:
            # Loot tables are long, and only drops are asked for.
            entries = entries.defer("loot", "bands").prefetch_related("drops")
        return {str(entry.pk): entry for entry in entries}

    def __getitem__(self, key: str) -> Any:
        return self._by_id[key]

    def __iter__(self) -> Any:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def address(self) -> str:
        """Where an autocomplete finds them."""
        address = reverse(f"admin:events_{self.kind._meta.model_name}_find")
        return f"{address}?{urlencode({'event': self.event.pk if self.event else LIBRARY})}"


def label_of(entry: Any) -> str:
    """Return what people choose an entry by: its name, and its key if that says something else."""
    key = getattr(entry, "key", entry.name)
    return str(entry.name) if key == entry.name else f"{entry.name} ({key})"


class _FindsEntries(AutocompleteBase):
    """An autocomplete over `entries`; what is chosen keeps its order."""

    # Django's wants a field for what it asks its own address; any that refers to an entry will do.
    entries: Mapping[str, Any] = {}
    # What it says while nothing is chosen.
    placeholder = ""

    def get_url(self) -> str:
        """Return where it asks."""
        return self.entries.address if isinstance(self.entries, Entries) else ""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        """Return what its script is told."""
        attrs = super().build_attrs(base_attrs, extra_attrs)
        # What is no JSON, such as the page where one signs in, is told as an error.
        return {**attrs, "data-placeholder": self.placeholder, "data-ajax--data-type": "json"}

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Return the options that are chosen: the others are found when somebody looks for them."""
        chosen = [str(one) for one in value if str(one) in self.entries]
        options = [
            self.create_option(name, one, label_of(self.entries[one]), True, ix)
            for ix, one in enumerate(chosen)
        ]
        if not self.allow_multiple_selected and not (chosen and self.is_required):
            options.insert(0, self.create_option(name, "", "", not chosen, 0))
        return [(None, options, 0)]

    @property
    def media(self) -> forms.Media:
        """What makes it work, and keeps the order of what is chosen."""
        return super().media + forms.Media(js=["admin/js/jquery.init.js", "events/chosen.js"])


class EntrySelect(_FindsEntries, AutocompleteSelect):
    """Chooses one entry."""

    def __init__(self, placeholder: str = "", **kwargs: Any) -> None:
        super().__init__(Rule._meta.get_field("activity"), admin.site, **kwargs)
        self.placeholder = placeholder


class EntrySelectMultiple(_FindsEntries, AutocompleteSelectMultiple):
    """Chooses several entries, in an order."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(PlayerCapability._meta.get_field("capability"), admin.site, **kwargs)

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        """Leave out what takes all away at once: a list must hold entries alone, for who hears it."""
        return {**super().build_attrs(base_attrs, extra_attrs), "data-allow-clear": "false"}


class EntryField(forms.Field):
    """A field that holds one of the `entries` that its form gives it with `offer`."""

    widget: Any = EntrySelect
    entries: Mapping[str, Any] = {}

    def offer(self, entries: Mapping[str, Any]) -> None:
        """Let the field choose from these."""
        self.entries = self.widget.entries = entries

    def to_python(self, value: Any) -> Any:
        """Return the chosen entry, or None."""
        return None if value in self.empty_values else self._entry(value)

    def prepare_value(self, value: Any) -> Any:
        """Return the id of an entry."""
        return value.pk if isinstance(value, Model) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare ids."""
        return str(self.prepare_value(initial) or "") != str(data or "")

    def _entry(self, value: Any) -> Any:
        try:
            return self.entries[str(value)]
        except KeyError:
            raise ValidationError("What was chosen is not there any more: choose again.") from None


class EntriesField(EntryField):
    """A field that holds several of the entries, each once, in the order in which they were chosen."""

    widget = EntrySelectMultiple

    def to_python(self, value: Any) -> list[Any]:
        """Return the chosen entries."""
        return [self._entry(one) for one in dict.fromkeys(value or ())]

    def prepare_value(self, value: Any) -> Any:
        """Return the ids of entries."""
        return [super(EntriesField, self).prepare_value(one) for one in value or ()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare ids, and their order."""
        return [str(one) for one in self.prepare_value(initial)] != [str(one) for one in data or ()]


def find_entries(model_admin: Any, request: HttpRequest) -> JsonResponse:
    """Answer an autocomplete: the entries of one owner with all words in their key or name."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    page = number_in(request.GET.get("page"), MOST_PAGES) or 1
    first = (page - 1) * FOUND_AT_ONCE
    entries = with_words(
        _of_owner(model_admin.model, request.GET.get("event", "")), request.GET.get("term", "")
    )
    found = [*entries[first : first + FOUND_AT_ONCE + 1]]
    results = [{"id": str(entry.pk), "text": label_of(entry)} for entry in found[:FOUND_AT_ONCE]]
    return JsonResponse({"results": results, "pagination": {"more": len(found) > FOUND_AT_ONCE}})


def with_words(entries: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Keep the entries that have every word of a text in their key or name."""
    fields = [name for name in ("key", "name") if hasattr(entries.model, name)]
    for word in text.split():
        entries = entries.filter(Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR))
    return entries


def _of_owner(kind: type[Model], owner: str) -> QuerySet[Any]:
    entries = kind._default_manager.all()
    if kind is Activity:
        entries = entries.defer("loot", "bands")
    if owner == LIBRARY:
        return entries.filter(event=None)
    event_id = number_in(owner)
    return entries.none() if event_id is None else entries.filter(event=event_id)
