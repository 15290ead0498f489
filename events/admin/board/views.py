"""The page of a board, and what answers its buttons."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from events.admin.addresses import keep_at_hand, posted_from
from events.admin.board.commands import Command
from events.admin.board.page import board_context, deletion_of_row, deletion_of_tile
from events.admin.history import UNTOLD, log_event_changes, log_tile_change, saves_since
from events.admin.workspace import board_url, tile_anchor, workspace
from events.models import Event, StaleEvent, Tile
from events.overview import EventOverview, overview_of
from events.services import board as service

Page = tuple[str, Callable[..., HttpResponse], str]

# What words of changes begin with in an event's history.
BOARD = "board: "
STALE = (
    "This event was changed after the page was opened, by somebody else or by you in another window. "
    "So nothing was done: you wanted to {words}."
)


def pages(model_admin: Any) -> list[Page]:
    """Return the pages of a board: their routes, views and names."""

    @require_safe
    def board(request: HttpRequest, event_id: int) -> HttpResponse:
        event = _event_to_see(model_admin, request, event_id)
        context = _page_context(model_admin, request, event) | {
            "title": event.name,
            **board_context(request, event, overview_of(event)),
        }
        return TemplateResponse(request, "admin/events/event/board.html", context)

    @posted_from("events_event_board")
    def change(request: HttpRequest, event_id: int) -> HttpResponse:
        event = _event_to_see(model_admin, request, event_id)
        command = Command.read(request)
        if not command.is_allowed(request):
            raise PermissionDenied
        if command.kind.asks and not command.confirmed:
            return _ask(model_admin, request, event, command)
        try:
            done = _carry_out(request, event, command)
        except Event.DoesNotExist as gone:
            raise Http404 from gone
        except StaleEvent:
            return _refused(request, event, _stale(request, event, command), 409)
        except service.BoardError as error:
            return _refused(request, event, str(error), 422)
        return _done(request, done)

    return [
        ("<int:event_id>/board/", board, "board"),
        ("<int:event_id>/board/change/", change, "change_board"),
    ]


def _event_to_see(model_admin: Any, request: HttpRequest, event_id: int) -> Event:
    event = get_object_or_404(Event, pk=event_id)
    if not model_admin.has_view_permission(request, event):
        raise PermissionDenied
    keep_at_hand(request, event)
    return event


def _page_context(model_admin: Any, request: HttpRequest, event: Event) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "opts": Event._meta,
        "workspace": workspace(request, event, "board"),
    }


def _carry_out(request: HttpRequest, event: Event, command: Command) -> service.BoardChange:
    """Do what is asked and keep it in the event's history, both or neither."""
    with transaction.atomic():
        done = command.kind.run(event_id=event.pk, seen_version=command.seen_version, **command.arguments)
        log_event_changes(request, done.event, [done.words])
        if command.is_of_tile and done.tile_id is not None:
            log_tile_change(request, Tile.objects.get(pk=done.tile_id), done.words.removeprefix(BOARD))
    return done


def _ask(model_admin: Any, request: HttpRequest, event: Event, command: Command) -> HttpResponse:
    """Return the page that asks before something is deleted; scripts ask on the board itself."""
    context = _page_context(model_admin, request, event) | {
        "title": "Are you sure?",
        "question": _question(overview_of(event), command.arguments),
        "command": command,
        "change_url": request.path,
        "board_url": board_url(event),
    }
    return TemplateResponse(request, "admin/events/event/board/ask.html", context)


def _question(overview: EventOverview, arguments: dict[str, Any]) -> str:
    rows = [row for row in overview.rows if row.number == arguments.get("row")]
    tiles = [tile for tile in overview.tiles if tile.id == arguments.get("tile_id")]
    if not rows and not tiles:
        raise Http404
    return deletion_of_row(rows[0]) if rows else deletion_of_tile(tiles[0])


def _done(request: HttpRequest, done: service.BoardChange) -> HttpResponse:
    words = done.words.removeprefix(BOARD)
    said = f"{words[:1].upper()}{words[1:]}."
    overview = overview_of(done.event)
    focus = _focus_of(overview, done)
    if not _by_script(request):
        messages.success(request, said)
        return HttpResponseRedirect(f"{board_url(done.event)}#{quote(focus)}")
    context = board_context(request, done.event, overview)
    page = render_to_string("admin/events/event/board/live.html", context, request)
    return JsonResponse({"said": said, "focus": focus, "html": page})


def _focus_of(overview: EventOverview, done: service.BoardChange) -> str:
    """Return the name in the page of what a change was about."""
    for tile in overview.tiles:
        if tile.id == done.tile_id:
            return tile_anchor(tile.key)
    return f"row-{(done.row or 0) + 1}"


def _stale(request: HttpRequest, event: Event, command: Command) -> str:
    """Say what was not done, and who did what instead, a line each."""
    saves = saves_since(request, command.opened, event) or [UNTOLD]
    return "\n".join([STALE.format(words=command.words), *saves])


def _refused(request: HttpRequest, event: Event, reason: str, status: int) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"said": reason, "stale": status == 409}, status=status)
    messages.error(request, reason if status != 409 else f"{reason} This is what is there now.")
    return HttpResponseRedirect(reverse("admin:events_event_board", args=[event.pk]))


def _by_script(request: HttpRequest) -> bool:
    """Say whether the board's own script asks, which wants the part of the page that changed."""
    return request.headers.get("X-Requested-With") == "fetch"
