"""The library beside events: copies into an event, and changes in both directions after a look at them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from events.admin.addresses import keep_at_hand, number_in
from events.admin.base import PartAdmin
from events.admin.change_words import place_of
from events.admin.forms import described, state_of
from events.admin.history import UNTOLD, log_event_changes, newest_entry, saves_since, summed_up
from events.admin.kept import is_restored
from events.admin.scope import find_entries, with_words
from events.admin.workspace import change_url, list_url, workspace
from events.document import DocumentError
from events.document.names import same_name_key
from events.models import Event, Player
from events.transfer import (
    LibraryError,
    copy_from_library,
    document_of,
    part_changes,
    put_into_library,
    update_from_library,
)
from events.transfer.library import NAME_FIELD, names_there, problems_of_update
from events.wording import counted

SHOWN_ENTRIES = 300

MEANWHILE = "It was changed meanwhile: look again what this does now."
SAME_NAME = "Some of these would become the same entry of the library: put them there one by one."


class Change(NamedTuple):
    """What an entry of an event, or the library's of its name, would become by the other.

    `before` is what is changed, None where it would be added; `after` is what it would be like.
    """

    entry: Any
    before: Any
    after: Any

    @property
    def is_new(self) -> bool:
        """Whether something would be added."""
        return self.before is None

    @property
    def changes(self) -> list[str]:
        """What would change, in words: not what tells entries apart, which each keeps."""
        if self.is_new:
            return []
        before, after = described(self.before), described(self.after)
        own = {NAME_FIELD[type(self.entry)]: None}
        return part_changes(before | own, after | own, place_of(self.entry))

    @property
    def links(self) -> bool:
        """Whether an event's entry would count as a copy of the library's, which it does not yet."""
        is_put = not self.is_new and self.before != self.entry
        return is_put and self.entry.copied_from_id != self.before.pk

    @property
    def is_any(self) -> bool:
        """Whether anything would be done."""
        return self.is_new or self.links or bool(self.changes)

    @property
    def seen(self) -> str:
        """A word for both as they are now."""
        return f"{'' if self.is_new else state_of(self.before)} {state_of(self.after)}"


def _told_apart_by(entry: Any) -> str:
    """Return what tells an entry from others of its kind: of players, the name as the game knows it."""
    name: str = getattr(entry, NAME_FIELD[type(entry)])
    return (same_name_key(name) or name) if isinstance(entry, Player) else name


def seen_of(changes: Iterable[Change]) -> str:
    """Return a word for all that a page shows: another one as soon as any of it changes."""
    return " ".join(change.seen for change in changes)


class LibraryPages(PartAdmin):
    """What is done between an event's entries and the library's."""

    actions: Any = ("update_from_library_action", "put_into_library_action")

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

    def page_url(self, name: str, *args: Any) -> str:
        """Return where one of these pages is."""
        return reverse(f"admin:events_{self.opts.model_name}_{name}", args=args)

    def has_put_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may add to the library and change what is there."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_copy_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may copy entries of the library into events."""
        return self.has_add_permission(request) and self.has_view_permission(request)

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Answer an autocomplete of entries."""
        return find_entries(self, request)

    def from_library_view(self, request: HttpRequest) -> HttpResponse:
        """Offer the library's entries that an event lacks, and copy those that are chosen."""
        if not self.has_copy_permission(request):
            raise PermissionDenied
        event = get_object_or_404(Event, pk=number_in(request.GET.get("event")))
        chosen = {number_in(one) for one in request.POST.getlist("entry")}
        if request.method == "POST" and not is_restored(request):
            return self._copy_chosen(request, event, chosen)
        search = request.GET.get("q", "")
        lacking = self._lacking(event)
        found = with_words(lacking, search)
        context = {
            "title": f"Add {self.opts.verbose_name_plural} from the library",
            "entries": found[:SHOWN_ENTRIES],
            "more": max(0, found.count() - SHOWN_ENTRIES),
            "search": search,
            "chosen": chosen,
            "is_empty": not lacking.exists(),
            "event": event,
            "back": list_url(self.model, event),
        }
        return self._page(request, event, "from_library", context)

    def _lacking(self, event: Event) -> QuerySet[Any]:
        name = NAME_FIELD[self.model]
        entries: QuerySet[Any] = self.model._default_manager.filter(event=None)
        called = names_there(self.model, entries.values_list(name, flat=True), event.pk)
        there = set(self.model._default_manager.filter(event=event).values_list(name, flat=True))
        known = [name_here for name_here, name_there in called.items() if name_there in there]
        return entries.exclude(**{f"{name}__in": known})

    def _copy_chosen(self, request: HttpRequest, event: Event, ids: set[int | None]) -> HttpResponse:
        chosen = self.model._default_manager.filter(event=None, pk__in=ids - {None})
        if not chosen:
            self.message_user(request, "Nothing was chosen.", messages.WARNING)
            return HttpResponseRedirect(request.get_full_path())

        def copy_all() -> Mapping[Event, list[str]]:
            Event.objects.select_for_update().get(pk=event.pk)
            noun = self.opts.verbose_name
            copies = [copy_from_library(one, event) for one in chosen]
            for copy in copies:
                self.log_addition(request, copy, "Copied from the library.")
            return {event: [f"{noun} {copy} copied" for copy in copies]}

        is_done = self._all_or_nothing(request, copy_all)
        return HttpResponseRedirect(list_url(self.model, event) if is_done else request.get_full_path())

    def update_view(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Show how an event's entry differs from the library's that it was copied from; take that over."""
        entry = self._of_an_event(entry_id)
        if not self.has_change_permission(request, entry):
            raise PermissionDenied
        changes = self._updates([entry_id])
        if not changes:
            raise Http404("It was not copied from the library.")
        if request.method == "POST":
            is_done = self._carry_out(request, self._updates, self._update, [entry_id])
            return HttpResponseRedirect(change_url(entry) if is_done else request.get_full_path())
        context = {
            "title": f"Update {entry} from the library",
            "question": f"This changes in {entry.event}:",
            "none": f"{entry} is in {entry.event} as it is in the library.",
            "problems": problems_of_update(entry),
            "button": "Update it",
        }
        return self._compare(request, changes[0], context)

    def put_view(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Show what the library's entry would become by an event's, or that it would be added; do so."""
        entry = self._of_an_event(entry_id)
        if not self.has_put_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            is_done = self._carry_out(request, self._puts, self._put, [entry_id])
            return HttpResponseRedirect(change_url(entry) if is_done else request.get_full_path())
        [change] = self._puts([entry_id])
        adds = f"The library has no {entry} yet: it is added."
        context = {
            "title": f"Put {entry} into the library",
            "question": adds if change.is_new else "This changes in the library:",
            "none": f"{entry} is in the library as it is here.",
            "note": self._copies_note(change),
            "button": "Put it into the library",
        }
        return self._compare(request, change, context)

    def _copies_note(self, change: Change) -> str:
        if change.is_new:
            return ""
        others = change.before.copies.exclude(event=change.entry.event_id).values("event").distinct().count()
        stay = f"Copies in {counted(others, 'other event')} stay as they are until they are updated."
        return stay if others else ""

    @admin.action(description="Update from the library", permissions=["change"])
    def update_from_library_action(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        """Show what the library would change in several entries of events, and update them."""
        ids = [entry.pk for entry in queryset]
        changes = self._updates(ids)
        if not changes:
            self.message_user(request, "None of these was copied from the library.", messages.WARNING)
            return None
        if "seen" in request.POST and self._carry_out(request, self._updates, self._update, ids):
            return None
        context = {
            "title": f"Update {self.opts.verbose_name_plural} from the library",
            "none": "is as it is in the library",
            "action": "update_from_library_action",
            "button": "Update them",
        }
        return self._compare_many(request, changes, context)

    @admin.action(description="Put into the library", permissions=["put"])
    def put_into_library_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Show what several entries would change in the library, and put them there."""
        ids = [entry.pk for entry in queryset]
        changes = self._puts(ids)
        if not changes:
            self.message_user(request, "These are in the library already.", messages.WARNING)
            return None
        if len({_told_apart_by(change.entry) for change in changes}) < len(changes):
            # The second would write over the first, which nobody has seen before.
            self.message_user(request, SAME_NAME, messages.WARNING)
            return None
        if "seen" in request.POST and self._carry_out(request, self._puts, self._put, ids):
            return None
        context = {
            "title": f"Put {self.opts.verbose_name_plural} into the library",
            "none": "is in the library as it is here",
            "action": "put_into_library_action",
            "button": "Put them into the library",
        }
        return self._compare_many(request, changes, context)

    def _updates(self, ids: list[int]) -> list[Change]:
        """Return what the library would make of those events' entries that were copied from it."""
        reads = self.model.reads
        entries = self._of_events().filter(pk__in=ids, copied_from__isnull=False)
        entries = entries.prefetch_related(*reads, *(f"copied_from__{read}" for read in reads))
        return [Change(entry, entry, entry.copied_from) for entry in entries]

    def _puts(self, ids: list[int]) -> list[Change]:
        """Return what events' entries would make of the library's."""
        name, reads = NAME_FIELD[self.model], self.model.reads
        entries = [*self._of_events().filter(pk__in=ids).prefetch_related(*reads)]
        called = names_there(self.model, [getattr(entry, name) for entry in entries], None)
        of_library = self.model._default_manager.filter(event=None, **{f"{name}__in": called.values()})
        namesakes = {getattr(one, name): one for one in of_library.prefetch_related(*reads)}
        return [Change(entry, namesakes.get(called[getattr(entry, name)]), entry) for entry in entries]

    def _update(self, request: HttpRequest, change: Change) -> list[str]:
        """Update an event's entry; return what that changed in the event."""
        changes = change.changes
        if changes:
            update_from_library(change.entry)
            self.log_change(request, change.entry, f"Updated from the library: {summed_up(changes)}")
        return [f"{self.opts.verbose_name} {change.entry}: {line}" for line in changes]

    def _put(self, request: HttpRequest, change: Change) -> list[str]:
        """Put an entry into the library, which changes nothing in its event."""
        told, changes = f"Put into the library from {change.entry.event}", change.changes
        if not change.is_any:
            return []
        stored = put_into_library(change.entry)
        if change.is_new:
            self.log_addition(request, stored, told)
        elif changes:
            self.log_change(request, stored, f"{told}: {summed_up(changes)}")
        return []

    def _carry_out(
        self,
        request: HttpRequest,
        read: Callable[[list[int]], list[Change]],
        do: Callable[[HttpRequest, Change], list[str]],
        ids: list[int],
    ) -> bool:
        """Do what the page has shown, if it still is what there is to do; say whether it was done."""

        def do_all() -> Mapping[Event, list[str]]:
            self._lock(ids)
            changes = read(ids)
            if request.POST.get("seen") != seen_of(changes):
                parts = [part for change in changes for part in (change.before, change.after)]
                saves = saves_since(request, request.POST.get("opened"), *parts) or [UNTOLD]
                raise LibraryError(" ".join([MEANWHILE, *saves]))
            told: dict[Event, list[str]] = defaultdict(list)
            for change in changes:
                told[change.entry.event] += do(request, change)
            return told

        return self._all_or_nothing(request, do_all)

    def _lock(self, ids: list[int]) -> None:
        """Let whoever else saves these entries, or the library's of their names, wait until this is done."""
        entries, name = self.model._default_manager.filter(pk__in=ids).order_by(), NAME_FIELD[self.model]
        events = Event.objects.filter(pk__in=entries.values("event"))
        called = names_there(self.model, entries.values_list(name, flat=True), None)
        either = Q(pk__in=entries.values("copied_from")) | Q(**{f"{name}__in": called.values()})
        of_library = self.model._default_manager.filter(either, event=None)
        # Always in this order: two who wait for each other would wait for ever.
        for rows in (events, of_library):
            list(rows.select_for_update().order_by("pk").values_list("pk"))

    def _all_or_nothing(self, request: HttpRequest, work: Callable[[], Mapping[Event, list[str]]]) -> bool:
        """Do what returns the changes of each event, tell their histories; or take all back and say why."""
        try:
            with transaction.atomic():
                done = work()
                for event, changes in done.items():
                    document_of(event)
                    log_event_changes(request, event, [f"from the library: {change}" for change in changes])
        except (LibraryError, DocumentError, ValidationError, IntegrityError, Event.DoesNotExist) as error:
            self.message_user(request, f"Nothing was changed. {' '.join(_problems(error))}", messages.ERROR)
            return False
        told = summed_up([change for changes in done.values() for change in changes])
        self.message_user(request, f"Done: {told}." if told else "Done.", messages.SUCCESS)
        return True

    def _of_events(self) -> QuerySet[Any]:
        entries: QuerySet[Any] = self.model._default_manager.select_related("event", "copied_from")
        return entries.filter(event__isnull=False)

    def _of_an_event(self, entry_id: int) -> Any:
        return get_object_or_404(self._of_events(), pk=entry_id)

    def _compare(self, request: HttpRequest, change: Change, context: dict[str, Any]) -> HttpResponse:
        shown = {"entry": change.entry, "change": change, "seen": change.seen}
        return self._page(request, change.entry.event, "compare", shown | context)

    def _compare_many(
        self, request: HttpRequest, changes: list[Change], context: dict[str, Any]
    ) -> HttpResponse:
        shown = {
            "changes": changes,
            "seen": seen_of(changes),
            "is_any": any(change.is_any for change in changes),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return self._page(request, self.event_at_hand(request), "compare_many", shown | context)

    def _page(
        self, request: HttpRequest, event: Event | None, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        keep_at_hand(request, event)
        shown = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "opened": newest_entry(),
            "workspace": workspace(request, event, self.tab) if event else None,
            **context,
        }
        return TemplateResponse(request, f"admin/events/library/{name}.html", shown)


def _problems(error: Exception) -> list[str]:
    """Return why nothing was done."""
    if isinstance(error, ValidationError):
        return error.messages
    # Somebody else was quicker to add what was to be added, or to delete what was to be changed.
    return [MEANWHILE] if isinstance(error, IntegrityError | Event.DoesNotExist) else str(error).splitlines()
