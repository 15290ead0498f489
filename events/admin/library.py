"""The library beside events: copies into an event, and changes in both directions after a look at them."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from events.admin.base import PartAdmin
from events.admin.forms import described, state_of
from events.admin.history import log_event_changes, summed_up
from events.admin.scope import BelongsTo, find_entries, with_words
from events.admin.workspace import Tool, change_url, list_url, workspace
from events.document import DocumentError
from events.models import Event, next_position
from events.transfer import (
    LibraryError,
    copy_from_library,
    document_of,
    part_changes,
    put_into_library,
    update_from_library,
)
from events.transfer.library import NAME_FIELD, namesake_of

SHOWN_ENTRIES = 300


class CatalogueAdmin(PartAdmin):
    """Lists and forms of activities, capabilities and players: the library's, and each event's own."""

    list_filter: ClassVar[Any] = (BelongsTo,)
    exclude = ("event", "position")
    change_form_outer_before_template = "admin/events/library/form_top.html"
    actions: Any = ("put_into_library_action",)

    def list_tools(self, request: HttpRequest, event: Event | None) -> list[Tool]:
        """Return the buttons above a list."""
        tools = super().list_tools(request, event)
        if event is None or not tools:
            return tools
        address = f"{self._url('from_library')}?event={event.pk}"
        return [*tools, Tool("Add from the library", "library_add", address)]

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        entry = self.get_object(request, object_id) if object_id else None
        context = {**(extra_context or {}), "tools": self.form_tools(request, entry), "entry": entry}
        return super().changeform_view(request, object_id, form_url, context)

    def form_tools(self, request: HttpRequest, entry: Any) -> list[Tool]:
        """Return the buttons above an entry's form: what an event's has to do with the library."""
        if entry is None or entry.event_id is None or not self.has_change_permission(request, entry):
            return []
        update = Tool("Update from the library", "download", self._url("update_from_library", entry.pk))
        put = Tool("Put into the library", "upload", self._url("put_into_library", entry.pk))
        return [
            *([update] if entry.copied_from_id else []),
            *([put] if self.has_put_permission(request) else []),
        ]

    @admin.display(description="used by", ordering="n_events")
    def used_by(self, entry: Any) -> str:
        """Say in how many events there are copies of a library entry, or whose an entry is."""
        if entry.event_id is not None:
            return str(entry.event)
        return "1 event" if entry.n_events == 1 else f"{entry.n_events} events"

    def _url(self, name: str, *args: Any) -> str:
        return reverse(f"admin:events_{self.opts.model_name}_{name}", args=args)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # A subquery: joining copies would multiply what other counts count.
        copies = (
            self.model._default_manager.filter(copied_from=OuterRef("pk")).order_by().values("copied_from")
        )
        n_events = Coalesce(Subquery(copies.annotate(n=Count("event", distinct=True)).values("n")), 0)
        entries = super().get_queryset(request).select_related("event")
        counted: QuerySet[Any] = entries.annotate(n_events=n_events)
        return counted

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Put a new entry at the end of its owner's."""
        if not change:
            obj.position = next_position(self.model, event=obj.event_id)
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        info = f"events_{self.opts.model_name}"
        own: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("find/", self.find_view, "find"),
            ("from-library/", self.from_library_view, "from_library"),
            ("<int:entry_id>/update-from-library/", self.update_view, "update_from_library"),
            ("<int:entry_id>/put-into-library/", self.put_view, "put_into_library"),
        ]
        wrapped = [
            path(route, self.admin_site.admin_view(view), name=f"{info}_{name}") for route, view, name in own
        ]
        return [*wrapped, *super().get_urls()]

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Answer an autocomplete of entries."""
        return find_entries(self, request)

    def from_library_view(self, request: HttpRequest) -> HttpResponse:
        """Offer the library's entries that an event lacks, and copy those that are chosen."""
        named = request.GET.get("event", "")
        event = get_object_or_404(Event, pk=named if named.isdecimal() else None)
        if not (self.has_add_permission(request) and self.has_view_permission(request)):
            raise PermissionDenied
        if request.method == "POST":
            return self._copy_chosen(request, event)
        search = request.GET.get("q", "")
        lacking = self._lacking(event)
        context = {
            "title": f"Add {self.opts.verbose_name_plural} from the library",
            "entries": with_words(lacking, search)[:SHOWN_ENTRIES],
            "search": search,
            "is_empty": not lacking.exists(),
            "event": event,
            "back": list_url(self.model, event),
        }
        return self._page(request, event, "from_library", context)

    def _copy_chosen(self, request: HttpRequest, event: Event) -> HttpResponse:
        chosen = self.model._default_manager.filter(
            event=None, pk__in=[one for one in request.POST.getlist("entry") if one.isdecimal()]
        )
        if not chosen:
            self.message_user(request, "Nothing was chosen.", messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())

        def copy_all() -> list[str]:
            return [f"{self.opts.verbose_name} {copy_from_library(one, event)} copied" for one in chosen]

        return self._do(request, event, copy_all, list_url(self.model, event))

    def _lacking(self, event: Event) -> QuerySet[Any]:
        name = NAME_FIELD[self.model]
        known = self.model._default_manager.filter(event=event).values(name)
        entries: QuerySet[Any] = self.model._default_manager.filter(event=None)
        return entries.exclude(**{f"{name}__in": known})

    def update_view(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Show how an event's entry differs from the library's that it was copied from; take that over."""
        entry = self._of_an_event(entry_id)
        if not self.has_change_permission(request, entry):
            raise PermissionDenied
        if entry.copied_from is None:
            raise Http404("It was not copied from the library.")
        if request.method == "POST" and self._was_seen(request, entry, entry.copied_from):

            def update() -> list[str]:
                changes = self._changes(entry, entry.copied_from)
                update_from_library(entry)
                self.log_change(request, entry, f"Updated from the library: {summed_up(changes)}")
                return [f"{self.opts.verbose_name} {entry}: {change}" for change in changes]

            return self._do(request, entry.event, update, change_url(entry))
        context = {
            "title": f"Update {entry} from the library",
            "entry": entry,
            "question": f"This changes in {entry.event}:",
            "changes": self._changes(entry, entry.copied_from),
            "seen": self._seen(entry, entry.copied_from),
            "none": f"{entry} is in {entry.event} as it is in the library.",
            "button": "Update it",
        }
        return self._page(request, entry.event, "compare", context)

    def put_view(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Show what the library's entry would become by an event's, or that it would be added; do so."""
        entry = self._of_an_event(entry_id)
        kept = namesake_of(entry, None)
        if not self._may_put(request, kept):
            raise PermissionDenied
        if request.method == "POST" and self._was_seen(request, kept, entry):
            return self._do(request, entry.event, lambda: self._put(request, entry) and [], change_url(entry))
        context = {
            "title": f"Put {entry} into the library",
            "entry": entry,
            "question": "This changes in the library:"
            if kept
            else f"The library has no {entry} yet: it is added.",
            "changes": self._changes(kept, entry) if kept else [],
            "seen": self._seen(kept, entry),
            "is_new": kept is None,
            "none": "" if kept is None else f"{entry} is in the library as it is here.",
            "note": self._copies_note(kept),
            "button": "Put it into the library",
        }
        return self._page(request, entry.event, "compare", context)

    def _put(self, request: HttpRequest, entry: Any) -> Any:
        kept = namesake_of(entry, None)
        changes = self._changes(kept, entry) if kept else []
        stored = put_into_library(entry)
        told = f"Put into the library from {entry.event}"
        if kept is None:
            self.log_addition(request, stored, told)
        else:
            self.log_change(request, stored, f"{told}: {summed_up(changes)}")
        return stored

    def _may_put(self, request: HttpRequest, kept: Any) -> bool:
        return self.has_add_permission(request) if kept is None else self.has_change_permission(request, kept)

    def _copies_note(self, kept: Any) -> str:
        if kept is None:
            return ""
        others = kept.copies.values("event").distinct().count()
        return f"Copies in {others} events stay as they are until they are updated." if others else ""

    def has_put_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may add to the library and change what is there."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    @admin.action(description="Put into the library", permissions=["put"])
    def put_into_library_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Show what several entries would change in the library, and put them there."""
        entries = [entry for entry in queryset if entry.event_id is not None]
        if not entries:
            self.message_user(request, "These are in the library already.", messages.WARNING)
            return None
        before = [(entry, namesake_of(entry, None)) for entry in entries]
        seen = " ".join(self._seen(kept, entry) for entry, kept in before)
        if request.POST.get("seen") != seen:
            return self._ask_for_many(request, before, seen)
        with transaction.atomic():
            for entry in entries:
                self._put(request, entry)
        told = f"Put into the library: {', '.join(map(str, entries))}."
        self.message_user(request, told, messages.SUCCESS)
        return None

    def _ask_for_many(
        self, request: HttpRequest, before: list[tuple[Any, Any]], seen: str
    ) -> TemplateResponse:
        shown = [
            {
                "entry": entry,
                "is_new": kept is None,
                "changes": self._changes(kept, entry) if kept else [],
            }
            for entry, kept in before
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Put {self.opts.verbose_name_plural} into the library",
            "entries": shown,
            "seen": seen,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/events/library/put_many.html", context)

    def _changes(self, before: Any, after: Any) -> list[str]:
        return part_changes(described(before), described(after))

    def _seen(self, before: Any, after: Any) -> str:
        return f"{state_of(before) if before else ''} {state_of(after)}"

    def _was_seen(self, request: HttpRequest, before: Any, after: Any) -> bool:
        """Say whether both still are what the page showed; tell if they are not."""
        if request.POST.get("seen") == self._seen(before, after):
            return True
        self.message_user(
            request, "It was changed meanwhile: look again what this does now.", messages.WARNING
        )
        return False

    def _of_an_event(self, entry_id: int) -> Any:
        entries = self.model._default_manager.select_related("event", "copied_from")
        return get_object_or_404(entries, pk=entry_id, event__isnull=False)

    def _do(
        self, request: HttpRequest, event: Event, work: Callable[[], Any], done_url: str
    ) -> HttpResponseRedirect:
        """Do something that changes an event, all of it or nothing, and tell its history."""
        try:
            with transaction.atomic():
                changes = work()
                document_of(event)
                log_event_changes(request, event, [f"from the library: {change}" for change in changes])
        except (LibraryError, DocumentError, ValidationError) as error:
            problems = error.messages if isinstance(error, ValidationError) else str(error).splitlines()
            self.message_user(request, f"Nothing was changed. {' '.join(problems)}", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        self.message_user(request, "Done.", messages.SUCCESS)
        return HttpResponseRedirect(done_url)

    def _page(self, request: HttpRequest, event: Event, name: str, context: dict[str, Any]) -> HttpResponse:
        request.event_at_hand = event  # type: ignore[attr-defined]  # for the navigation
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "workspace": workspace(request, event, self.tab),
            **context,
        }
        return TemplateResponse(request, f"admin/events/library/{name}.html", shown)
