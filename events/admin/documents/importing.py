"""Importing a document: its errors with their lines, or what it would change; then the change itself."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from events.admin.documents.page import MOST_ERRORS, event_or_404, require, show
from events.admin.documents.previews import Preview, carried, carried_back, preview_of
from events.admin.documents.sources import MOST_WRITTEN_BYTES, SourceForm
from events.admin.history import UNTOLD, log_stored, newest_entry, saves_since
from events.admin.kept import is_restored
from events.admin.permissions import MAKE_EVENTS, REPLACE_EVENTS
from events.admin.workspace import board_url
from events.document import DocumentError, EventDocument, PlacedError, canonical_json, read_document
from events.document.lines import line_of, lines_of
from events.models import Event, StaleEvent
from events.transfer import StoreStatus, store_document
from events.wording import counted

MOST_SHOWN_CHARACTERS = 120
# What errors of the text as a whole call it.
THE_TEXT = "the text"

STALE = (
    "Somebody changed the event after this preview was made. {saves} "
    "This is what the import would change now."
)
EXPIRED = "This preview is too old to be confirmed, or it was somebody else's: preview the document again."
TOO_LARGE = "This is too large to be imported here: load it with the command load_event."


class TextError(NamedTuple):
    """What is wrong with a document, where it is in its text, and what is written there."""

    line: int | None
    place: str
    message: str
    excerpt: str


class ImportForm(SourceForm):
    """A document; for an event that is replaced, one of its slug."""

    event: Event | None = None
    document: EventDocument
    document_text = ""
    document_errors: tuple[TextError, ...] = ()
    n_errors = 0

    def __init__(self, *args: Any, event: Event | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        self.fields["text"].label = "Document"
        self.fields["text"].help_text = f"In YAML or JSON: up to {MOST_WRITTEN_BYTES // 10**6} MB."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self._read(cleaned["source"])
        return cleaned

    def _read(self, source: str) -> None:
        try:
            self.document, self.document_text = read_document(source, THE_TEXT), source
        except DocumentError as error:
            self.n_errors = len(error.errors)
            self.document_errors = placed_in(source, error.errors[:MOST_ERRORS])
            self.add_error(self.source_field, f"{counted(self.n_errors, 'problem')}, listed above.")
            return
        if self.event is not None and self.document.slug != self.event.slug:
            self.add_error(self.source_field, other_slug(self.document, self.event))


def placed_in(source: str, errors: list[PlacedError]) -> tuple[TextError, ...]:
    """Return errors with the lines of a text that they are in, as far as those are known."""
    # What is wrong with the text itself says where, and looking for lines means to read it again.
    has_parts = any(error.place and not error.place.startswith(THE_TEXT) for error in errors)
    lines, written = lines_of(source) if has_parts else {}, source.split("\n")
    found = []
    for error in errors:
        line = line_of(error.place, lines)
        excerpt = written[line - 1].strip() if line and line <= len(written) else ""
        found.append(TextError(line, error.place, error.message, excerpt[:MOST_SHOWN_CHARACTERS]))
    return tuple(found)


def other_slug(document: EventDocument, event: Event) -> str:
    """Say that a document is another event's, and where that can be imported."""
    return format_html(
        "This document is of the event “{}”, this event is “{}”. To make it an event of its own, "
        '<a href="{}">import it there</a>; to replace this one, change its slug.',
        document.slug,
        event.slug,
        reverse("admin:events_event_import"),
    )


def import_page(request: HttpRequest, site: Any) -> HttpResponse:
    """Import a new event, or one that exists by its slug."""
    if not any(map(request.user.has_perms, (MAKE_EVENTS, REPLACE_EVENTS))):
        raise PermissionDenied
    return _answer(request, site, None)


def replace_page(request: HttpRequest, site: Any, event_id: int) -> HttpResponse:
    """Replace what an event holds by what a document of its slug says."""
    require(request, *REPLACE_EVENTS)
    return _answer(request, site, event_or_404(event_id))


def _answer(request: HttpRequest, site: Any, event: Event | None) -> HttpResponse:
    if "carried" in request.POST:
        return _confirm(request, site, event)
    form = ImportForm(request.POST or None, request.FILES or None, event=event)
    if request.method != "POST" or not form.is_valid():
        return _page(request, site, event, form)
    if refusal := _refusal(request, form.document):
        form.add_error(form.source_field, refusal)
        return _page(request, site, event, form)
    return _preview(request, site, event, form, form.document)


def _confirm(request: HttpRequest, site: Any, event: Event | None) -> HttpResponse:
    content = carried_back(request, "import", request.POST["carried"])
    if content is None:
        messages.error(request, EXPIRED)
        return _page(request, site, event, ImportForm(event=event))
    document = read_document(content["document"])
    if event is not None and document.slug != event.slug:
        messages.error(request, other_slug(document, event))
        return _page(request, site, event, ImportForm(event=event))
    if _refusal(request, document):
        raise PermissionDenied
    form = ImportForm(initial={"text": content["document"]}, event=event)
    if is_restored(request):
        return _preview(request, site, event, form, document)
    try:
        with transaction.atomic():
            result = store_document(document, seen_version=content["seen"])
            assert result.event is not None
            log_stored(request, result, "Imported")
    except StaleEvent:
        stored = Event.objects.filter(slug=document.slug).first()
        saves = saves_since(request, content["opened"], stored) or [UNTOLD]
        return _preview(request, site, event, form, document, notice=STALE.format(saves=" ".join(saves)))
    done = "created" if result.status == StoreStatus.CREATED else counted(len(result.changes), "change")
    messages.success(request, f"{result.event} was imported: {done}.")
    return HttpResponseRedirect(board_url(result.event))


def _refusal(request: HttpRequest, document: EventDocument) -> str:
    """Say what keeps the user from storing the document, if anything."""
    exists = Event.objects.filter(slug=document.slug).exists()
    if request.user.has_perms(REPLACE_EVENTS if exists else MAKE_EVENTS):
        return ""
    if exists:
        return f"There is an event “{document.slug}” already, and you may not replace all that events hold."
    return f"There is no event “{document.slug}” yet, and you may not add events with all that they hold."


def _preview(
    request: HttpRequest,
    site: Any,
    event: Event | None,
    form: ImportForm,
    document: EventDocument,
    *,
    notice: str = "",
) -> HttpResponse:
    preview = preview_of(document, form.document_text)
    content = {"document": canonical_json(document), "seen": preview.seen_version, "opened": newest_entry()}
    kept = carried(request, "import", content)
    if kept is None:
        form.add_error(form.source_field, TOO_LARGE)
        return _page(request, site, event, form)
    notice = "" if preview.is_same else notice
    return _page(request, site, event, form, preview=preview, carried=kept, notice=notice)


def _page(
    request: HttpRequest,
    site: Any,
    event: Event | None,
    form: ImportForm,
    preview: Preview | None = None,
    **context: Any,
) -> HttpResponse:
    title = f"{event}: import" if event else "Import an event"
    return show(request, site, "import", title=title, event=event, form=form, preview=preview, **context)
