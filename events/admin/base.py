"""What the pages of all parts of events, and of the library's entries, have in common."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, DELETION
from django.contrib.admin.options import IS_POPUP_VAR
from django.db import transaction
from django.db.models import RestrictedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from events.admin.addresses import (
    at_hand,
    choose_only_ids,
    event_id_named,
    event_named,
    keep_at_hand,
)
from events.admin.change_words import place_of
from events.admin.deleting import told_effects, told_uses
from events.admin.forms import PartForm, described
from events.admin.history import history_context, log_part
from events.admin.watched import WatchedAdmin
from events.admin.workspace import Tool, add_url, list_url, workspace
from events.document import DocumentError
from events.models import Event
from events.transfer import document_of, part_changes

EVENT_GONE = "There is no such event any more: nothing was added."
USED_MEANWHILE = "Somebody began to use one of these just now: nothing was deleted."


class DocumentRefused(Exception):
    """What was saved makes no event that a document may hold."""


class PartAdmin(WatchedAdmin):
    """Lists and forms of what belongs to an event or to the library.

    Every page of an event's part shows the event's header and tabs. Saving is refused where somebody else
    saved the part meanwhile, and where the event would be none that a document may hold.
    """

    form = PartForm
    # Which tab is the current one on these pages.
    tab = ""
    # What shows a field to those who may only read it, where that is not its value as it is stored.
    read_as: ClassVar[dict[str, str]] = {}
    taken_back: ClassVar[tuple[type[Exception], ...]] = (*WatchedAdmin.taken_back, DocumentRefused)
    # Whether the library has such parts, too.
    in_library = True
    change_form_outer_before_template = "admin/events/workspace.html"
    list_before_template = "admin/events/list_top.html"
    # Unfold's button leads to the library's, also from the pages of an event: `list_tools` has one.
    show_add_link = False
    compressed_fields = True
    warn_unsaved_form = True

    def owner_of(self, part: Any) -> Event | None:
        """Return the event that a part belongs to; None in the library."""
        owner_id = part.owner_id
        return None if owner_id is None else Event.objects.filter(pk=owner_id).first()

    def event_at_hand(self, request: HttpRequest, obj: Any = None) -> Event | None:
        """Return the event whose page this is: the part's, or the one that the address names."""
        if obj is not None and obj.pk is not None:
            return self.owner_of(obj)
        return event_named(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is not None and not self.has_change_permission(request, obj):
            return [
                (title, {**options, "fields": self._readable(options["fields"])})
                for title, options in fieldsets
            ]
        return fieldsets

    def _readable(self, fields: Any) -> tuple[Any, ...]:
        return tuple(
            self.read_as.get(field, field) if isinstance(field, str) else self._readable(field)
            for field in fields
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        event = self.event_at_hand(request)
        keep_at_hand(request, event)
        context = {**self._context(request, event, extra_context), "tools": self.list_tools(request, event)}
        if request.method != "POST":
            return super().changelist_view(request, context)
        choose_only_ids(request)
        try:
            with transaction.atomic():
                return super().changelist_view(request, context)
        except RestrictedError:
            self.message_user(request, USED_MEANWHILE, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, with what there is to do while it is empty."""
        changelist: Any = super().get_changelist_instance(request)
        changelist.tools = self.list_tools(request, at_hand(request))
        return changelist

    def list_tools(self, request: HttpRequest, event: Event | None) -> list[Tool]:
        """Return the buttons above a list."""
        if not self.has_add_permission(request) or (event is None and not self.in_library):
            return []
        noun = str(self.opts.verbose_name)
        article = "an" if noun[0] in "aeiou" else "a"
        return [Tool(f"Add {article} {noun}", "add", add_url(self.model, event), primary=True)]

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        part = self.get_object(request, object_id) if object_id else None
        event = self.event_at_hand(request, part)
        keep_at_hand(request, event)
        if object_id is None and event is None and self._names_event_that_is_gone(request):
            # Not into the library instead, which nobody asked for.
            return self._event_gone(request)
        context = self._context(request, event, extra_context) | self.form_context(request, event, part)
        if part is not None:
            context["close_url"] = self.back_to(event, part)
        return super().changeform_view(request, object_id, form_url, context)

    def form_context(self, request: HttpRequest, event: Event | None, part: Any) -> dict[str, Any]:
        """Return what a part's page shows besides its form; None is a part that is added."""
        return {}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.in_library and self.event_at_hand(request) is None:
            if self._names_event_that_is_gone(request):
                return self._event_gone(request)
            told = f"Open an event first: a {self.opts.verbose_name} is added on its pages."
            return self._to_events(request, told, messages.INFO)
        return super().add_view(request, form_url, extra_context)

    def _names_event_that_is_gone(self, request: HttpRequest) -> bool:
        is_part = self.model is not Event
        return is_part and event_id_named(request) is not None and self.has_add_permission(request)

    def _event_gone(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and "opened" in request.POST:
            return self.lost_view(request, None)
        return self._to_events(request, EVENT_GONE, messages.ERROR)

    def _to_events(self, request: HttpRequest, told: str, level: int) -> HttpResponse:
        self.message_user(request, told, level)
        return HttpResponseRedirect(reverse("admin:events_event_changelist"))

    def wait_for_others(self, request: HttpRequest, object_id: Any) -> bool:
        event = at_hand(request)
        if event is None:
            return super().wait_for_others(request, object_id)
        return Event.objects.select_for_update().filter(pk=event.pk).first() is not None

    def _context(self, request: HttpRequest, event: Event | None, extra: Any) -> dict[str, Any]:
        shown = workspace(request, event, self.tab) if event else None
        return {**(extra or {}), "workspace": shown}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.check_event(request, self.owner_of(form.instance))

    def check_event(self, request: HttpRequest, event: Event | None) -> None:
        """Raise `DocumentRefused` where the event as it is now is not one that a document may hold."""
        if event is None:
            return
        try:
            document_of(event)
        except DocumentError as error:
            request.document_errors = error.errors  # type: ignore[attr-defined]
            raise DocumentRefused from error

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """Return what changed in words, for the part's own history, and tell its event's."""
        part = self.stored(form.instance)
        changes = [] if add else part_changes(form.before, described(part), place_of(part))
        log_part(request, part, self.owner_of(part), ADDITION if add else CHANGE, changes)
        return "Added." if add else "; ".join(changes) or "Nothing changed."

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for part in queryset:
            log_part(request, part, self.owner_of(part), DELETION, [])
        return super().log_deletions(request, queryset)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Tell what else happens, and what uses these, which keeps them from being deleted."""
        parts = list(objs)
        # What belongs to them comes along: it takes no permission of its own.
        lacking = set() if self.has_delete_permission(request) else {str(self.opts.verbose_name)}
        return [*map(str, parts), told_effects(parts)], {}, lacking, told_uses(parts)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.back_to(self.owner_of(obj), obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.back_to(self.owner_of(obj), obj))

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._in_event(request, obj, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._in_event(request, obj, super().response_change(request, obj))

    def _in_event(self, request: HttpRequest, part: Any, response: HttpResponse) -> HttpResponse:
        """Lead whoever adds another one to the same event."""
        if "_addanother" in request.POST and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(self.add_another_url(self.owner_of(part), part))
        return response

    def add_another_url(self, event: Event | None, part: Any) -> str:
        """Return where another one is added after this part."""
        return add_url(self.model, event)

    def all_url(self) -> str:
        return super().all_url() if self.in_library else reverse("admin:events_event_changelist")

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        part = self.get_object(request, object_id)
        event = self.owner_of(part) if part is not None else None
        keep_at_hand(request, event)
        try:
            response = super().delete_view(request, object_id, self._context(request, event, extra_context))
        except RestrictedError:
            # Somebody began to use it after it was looked at; all was taken back, and the page says by whom.
            return HttpResponseRedirect(request.get_full_path())
        if (
            isinstance(response, HttpResponseRedirect)
            and part is not None
            and IS_POPUP_VAR not in request.POST
        ):
            return HttpResponseRedirect(self.back_from_deleted(event, part))
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        part = self.get_object(request, object_id)
        event = self.owner_of(part) if part is not None else None
        keep_at_hand(request, event)
        told = history_context(request, part) if part is not None else {}
        return super().history_view(request, object_id, self._context(request, event, extra_context) | told)

    def back_to(self, event: Event | None, part: Any) -> str:
        """Return where to go once a part was saved."""
        return list_url(self.model, event)

    def back_from_deleted(self, event: Event | None, part: Any) -> str:
        """Return where to go once a part was deleted."""
        return self.back_to(event, part)
