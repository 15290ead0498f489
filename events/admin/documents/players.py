"""Players of an event from a spreadsheet, and to one: what would change is shown before it is stored."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.widgets import UnfoldBooleanWidget

from events.admin.documents.page import MOST_ERRORS, event_or_404, require, show
from events.admin.documents.previews import carried, carried_back, preview_of_change
from events.admin.documents.sources import SourceForm
from events.admin.history import UNTOLD, log_stored, newest_entry, saves_since
from events.admin.kept import is_restored
from events.admin.permissions import PASTE_PLAYERS
from events.admin.workspace import list_url
from events.document import DocumentError, EventDocument
from events.models import Event, Player, StaleEvent
from events.transfer import document_of, players_of, store_document
from events.transfer.capability_text import write_capabilities
from events.transfer.players_csv import read_players, with_players, write_players
from events.transfer.sheets import CellError, SheetError
from events.wording import counted

STALE = "Somebody changed the event after this preview was made. {saves} This is what would change now."
EXPIRED = "This preview is too old to be confirmed, or it was somebody else's: preview the players again."


class PlayersForm(SourceForm):
    """A sheet of players, and what to do with capabilities that the event does not know."""

    event_document: EventDocument | None
    document: EventDocument
    sheet_errors: tuple[CellError, ...] = ()
    n_errors = 0

    add_capabilities = forms.BooleanField(
        required=False,
        label="Add unknown capabilities to the event",
        widget=UnfoldBooleanWidget,
        help_text="Otherwise a capability that the event does not have is an error: it may be misspelt.",
    )

    def __init__(
        self, *args: Any, event_document: EventDocument | None, may_add: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.event_document = event_document
        self.fields["text"].label = "Players"
        if not may_add:
            del self.fields["add_capabilities"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self._read(cleaned["source"], cleaned.get("add_capabilities", False))
        return cleaned

    def _read(self, source: str, add_capabilities: bool) -> None:
        assert self.event_document is not None
        try:
            capabilities = self.event_document.capabilities
            players = self.event_document.players
            sheet = read_players(source, capabilities, players, add_capabilities=add_capabilities)
            self.document = with_players(self.event_document, sheet)
        except SheetError as error:
            self.n_errors = len(error.errors)
            self.sheet_errors = tuple(error.errors[:MOST_ERRORS])
            self.add_error(self.source_field, f"{counted(self.n_errors, 'problem')}, listed above.")
        except DocumentError as error:
            for placed in error.errors[:MOST_ERRORS]:
                self.add_error(self.source_field, str(placed))


def players_page(request: HttpRequest, site: Any, event_id: int) -> HttpResponse:
    """Add and change players of an event as rows of cells say; nobody is removed."""
    require(request, *PASTE_PLAYERS)
    return _Page(request, site, event_or_404(event_id)).answer()


class _Page:
    """A request for the page, with the event as it is now."""

    def __init__(self, request: HttpRequest, site: Any, event: Event) -> None:
        self.request, self.site, self.event = request, site, event
        self.document: EventDocument | None = None
        self.may_add = request.user.has_perm("events.add_capability")

    def answer(self) -> HttpResponse:
        if self.request.method != "POST":
            return self._show(self._form())
        try:
            # Read after the event: the version that is confirmed is never a later one than was shown.
            self.document = document_of(self.event)
        except DocumentError as error:
            return self._show(None, errors=error.errors[:MOST_ERRORS])
        if "carried" in self.request.POST:
            return self._confirm()
        form = self._form(self.request.POST, self.request.FILES)
        return self._preview(form) if form.is_valid() else self._show(form)

    def _form(self, *args: Any, **kwargs: Any) -> PlayersForm:
        return PlayersForm(*args, event_document=self.document, may_add=self.may_add, **kwargs)

    def _preview(self, form: PlayersForm, notice: str = "") -> HttpResponse:
        assert self.document is not None
        preview = preview_of_change(self.event, self.document, form.document)
        content = {
            "players": form.cleaned_data["source"],
            "add": form.cleaned_data.get("add_capabilities", False),
            "event": self.event.pk,
            "seen": self.event.version,
            "opened": newest_entry(),
        }
        kept = carried(self.request, "players", content)
        if kept is None:
            form.add_error(form.source_field, "This is too large: take it in several parts.")
            return self._show(form)
        notice = "" if preview.is_same else notice
        return self._show(form, preview=preview, carried=kept, notice=notice)

    def _confirm(self) -> HttpResponse:
        content = carried_back(self.request, "players", self.request.POST["carried"])
        if content is None or content["event"] != self.event.pk:
            messages.error(self.request, EXPIRED)
            return self._show(self._form())
        form = self._form({"text": content["players"], "add_capabilities": content["add"]})
        if not form.is_valid():
            return self._show(form, notice=self._stale(content))
        if is_restored(self.request):
            return self._preview(form)
        try:
            with transaction.atomic():
                result = store_document(form.document, seen_version=content["seen"], seen=self._seen(content))
                log_stored(self.request, result, "Players from a spreadsheet")
        except StaleEvent:
            return self._preview(form, self._stale(content))
        stored = counted(len(result.changes), "change")
        messages.success(self.request, f"{stored} of players stored.")
        return HttpResponseRedirect(list_url(Player, self.event))

    def _stale(self, content: dict[str, Any]) -> str:
        saves = saves_since(self.request, content["opened"], self.event) or [UNTOLD]
        return STALE.format(saves=" ".join(saves))

    def _seen(self, content: dict[str, Any]) -> EventDocument | None:
        # It was read after the event: if that had the version already, it is what the event held at it.
        return self.document if self.event.version == content["seen"] else None

    def _show(self, form: PlayersForm | None, **context: Any) -> HttpResponse:
        players = players_of(self.event)
        return show(
            self.request,
            self.site,
            "players_csv",
            title=f"{self.event}: players from a spreadsheet",
            event=self.event,
            current="player",
            form=form,
            n_players=len(players),
            current_players=write_players(players, "\t"),
            example=self._example(),
            back_url=list_url(Player, self.event),
            **context,
        )

    def _example(self) -> str:
        """Return a few rows that this event would take."""
        keys = self.event.capabilities.values_list("key", flat=True)[:2]
        held = write_capabilities(keys)
        if '"' in held:
            held = '"{}"'.format(held.replace('"', '""'))
        return (
            "name, skill, capabilities, sessions, timezone\n"
            f"Anna, 0.9, {held}, mon-fri 18:00-21:00; sat 14:00 300,\n"
            "Ben, 1.15, , daily 20:00-22:30, Europe/Amsterdam\n"
            "Cleo, 1, , ,\n"
        )
