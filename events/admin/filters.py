"""Which events' entries a list shows: an event is found by typing, however many there are."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from events.admin.addresses import number_in
from events.models import Event, Team

ALL = "all"
# What is only asked of the list of one event, and means nothing in another's.
IN_EVENT = ["team", "use", "missing"]

if TYPE_CHECKING:
    ModelAdminBase = admin.ModelAdmin[Any]
else:
    ModelAdminBase = object


class EventSelect(AutocompleteSelect):
    """Finds events; it asks for the event of a team, but any reference to one would do."""

    def __init__(self, **attrs: Any) -> None:
        # What is no JSON, such as the page where one signs in, is told as an error.
        super().__init__(Team._meta.get_field("event"), admin.site, {"data-ajax--data-type": "json", **attrs})


class EventSearch(forms.Form):
    """A field that leads to the list of an event that is found."""

    find_event = forms.ModelChoiceField(
        Event.objects.all(), label="Find an event", widget=EventSelect(**{"data-finds-event": True})
    )

    class Media:
        js = ("admin/js/jquery.init.js", "events/event_filter.js")


class OfEvent(admin.SimpleListFilter):
    """What belongs to one event; everything unless one is chosen."""

    title = "event"
    parameter_name = "event"
    template = "admin/events/event_filter.html"

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.search = EventSearch(label_suffix="") if request.user.has_perm("events.view_event") else None

    def has_output(self) -> bool:
        """Return that it is always there."""
        return True

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the chosen event, if there is one: others are found when somebody looks for them."""
        chosen = number_in(self.value())
        if chosen is None:
            return []
        names = Event.objects.filter(pk=chosen).values_list("name", flat=True)
        return [(str(chosen), name) for name in names]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices that are links, and keep where an event that is found leads to."""
        self.address = changelist.get_query_string(remove=[self.parameter_name, *IN_EVENT])
        yield {"selected": self.value() is None, "query_string": self.address, "display": "All"}
        for lookup, title in self.lookup_choices:
            address = changelist.get_query_string({self.parameter_name: lookup}, IN_EVENT)
            yield {"selected": self.value() == str(lookup), "query_string": address, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what belongs to the chosen event; nothing where there is no such event."""
        if self.value() is None:
            return queryset
        event_id = number_in(self.value())
        return queryset.none() if event_id is None else queryset.filter(event=event_id)


class BelongsTo(OfEvent):
    """The library's entries unless an event is chosen."""

    title = "library or event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the choices; none chosen is the library."""
        return [(ALL, "Everything"), *super().lookups(request, model_admin)]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices, of which the first is the library."""
        for choice in super().choices(changelist):
            if choice["query_string"] == self.address:
                choice["display"] = "The library"
            yield choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the entries of the chosen owner; what is no event leads back to the library."""
        owner = self.value()
        if owner == ALL:
            return queryset
        return queryset.filter(event=number_in(owner))


class ByCondition(admin.SimpleListFilter):
    """A choice among conditions, each with what it is called."""

    conditions: ClassVar[dict[str, tuple[str, Q]]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices."""
        return [(value, title) for value, (title, _) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what fulfils the chosen condition."""
        _, condition = self.conditions.get(self.value() or "", ("", Q()))
        return queryset.filter(condition)


class ByConditionInEvent(ByCondition):
    """A choice that there is in the list of one event's entries only."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the choices; there are none without an event."""
        is_of_event = number_in(request.GET.get("event")) is not None
        return super().lookups(request, model_admin) if is_of_event else []


class FilteredByEvent(ModelAdminBase):
    """Lists with one of these filters; mix it into their admin, before it."""

    @property
    def media(self) -> forms.Media:
        """What the filter loads, too."""
        return super().media + EventSearch().media

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list: that it is an event's is no filter that could be cleared on the event's pages."""
        changelist: Any = super().get_changelist_instance(request)
        event_id = number_in(request.GET.get(OfEvent.parameter_name))
        if event_id is not None:
            others = [*{*changelist.get_filters_params()} - {OfEvent.parameter_name}]
            changelist.has_active_filters = bool(others)
            changelist.clear_all_filters_qs = changelist.get_query_string(remove=others)
        return changelist
