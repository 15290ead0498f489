"""What was typed into the form of something that somebody deleted meanwhile, in words that can be copied."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest

from events.admin.addresses import event_id_named, number_in
from events.admin.history import UNTOLD, deleted_by, saves_since
from events.admin.scope import EntryField, label_of
from events.models import Event

DELETED = "The {kind} was deleted after you opened its page: {who}."
WITH_EVENT = "It was deleted with its event after you opened this page: {who}."
EVENT_DELETED = "The event was deleted after you opened this page: {who}."
GONE = "one that is gone"


def event_id_of(request: HttpRequest) -> int | None:
    """Return the id of the event whose part a form is of: as the form says it, or its address."""
    return number_in(request.POST.get("of_event")) or event_id_named(request)


def told_of_lost(request: HttpRequest, model: Any, pk: str | None) -> list[str]:
    """Return who deleted what a form is of, and when, in words, a line each; ``pk`` None is a part to add."""
    kind, event_id = model._meta.verbose_name, event_id_of(request)
    if pk is not None and (who := deleted_by(request, model, pk)):
        return [DELETED.format(kind=kind, who=who)]
    event = Event.objects.filter(pk=event_id).first() if event_id is not None else None
    if event_id is not None and event is None:
        who = deleted_by(request, Event, event_id) or UNTOLD.rstrip(".")
        return [(EVENT_DELETED if pk is None else WITH_EVENT).format(who=who)]
    # A tile goes with its row, and parts go with an import: only the event's own history tells of that.
    told = saves_since(request, request.POST.get("opened"), event) or [UNTOLD]
    return [DELETED.format(kind=kind, who="this happened since"), *told]


def typed_text(form: Any) -> str:
    """Return all that was typed into a form, a line for each field, with rows of rows further in."""
    return "\n".join(_lines(form, ""))


def _lines(form: Any, indent: str) -> Iterator[str]:
    for bound in form.visible_fields():
        if not bound.field.disabled and bound.name not in ("ORDER", "DELETE"):
            yield f"{indent}{bound.label}: {_words(bound)}"
    for rows in getattr(form, "nested", {}).values():
        for number, row in enumerate(rows.rows, 1):
            yield f"{indent}{rows.noun.capitalize()} {number}"
            yield from _lines(row, f"{indent}  ")


def _words(bound: Any) -> str:
    field, typed = bound.field, bound.data
    if isinstance(field, forms.BooleanField):
        return "yes" if typed else "no"
    if isinstance(typed, Mapping):
        return ", ".join(f"{GONE} × {value}" for value in typed.values())
    values = [str(one) for one in (typed if isinstance(typed, list) else [typed]) if one not in (None, "")]
    names = _names(field, values)
    return ", ".join(values if names is None else (names.get(value, GONE) for value in values))


def _names(field: Any, values: Iterable[str]) -> Mapping[str, str] | None:
    """Return the names of what is chosen in a field by what is sent for it; None where it is no choice."""
    if isinstance(field, EntryField):
        return {key: label_of(entry) for key, entry in field.entries.items()}
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        chosen = field.queryset.filter(pk__in=[pk for pk in map(number_in, values) if pk is not None])
        return {str(one.pk): str(one) for one in chosen}
    if isinstance(field, forms.ChoiceField):
        return {str(value): str(name) for value, name in field.choices}  # type: ignore[misc,union-attr]
    return None
