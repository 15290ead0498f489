"""Pages of tiles, with the rules that say what counts for them."""

import re
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import quote

from django import forms
from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from events.admin.addresses import number_in
from events.admin.base import PartAdmin
from events.admin.fields import ExactField, WholeField
from events.admin.filters import FilteredByEvent, OfEvent
from events.admin.history import UNTOLD, saves_since
from events.admin.keys import KeyFromName
from events.admin.nested import NestsForms
from events.admin.rules import DropsWidget, Offered, RuleSet, initial_rules, save_rules
from events.admin.workspace import add_url, board_url, change_url, tile_anchor
from events.document.models import MOST_ROW_TILES, MOST_ROWS, MOST_TILE_POINTS
from events.models import Activity, Event, Tile, next_position

DROPS_NAME = re.compile(r"rules-[0-9]{1,6}-drops")


OTHER_ROW = (
    "Somebody moved rows or tiles after this page was opened. Row {row} had {seen}, and has {now} now. "
    "{saves} Save again to add the tile there all the same, or go back to the board."
)


class TileForm(NestsForms, KeyFromName):
    """A tile with its rules; a new one comes to the end of the row that the address names, or of the last."""

    children: ClassVar[Any] = {"rules": RuleSet}

    points = WholeField(1, MOST_TILE_POINTS, help_text="What it brings once it is finished.")
    needs = ExactField(
        10**9,
        1,
        help_text="Progress that finishes it. What a unit of a drop brings, its rules say.",
    )

    data: Any
    # Of a new tile: the ids of the tiles in its row when the page was opened.
    row_seen = forms.CharField(widget=forms.HiddenInput, required=False)
    # Of one that is stored: its row, should it be deleted meanwhile.
    of_row = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Tile
        fields = ("name", "key", "points", "needs")

    class Media:
        js = ("admin/js/jquery.init.js", "events/tile.js")
        css: ClassVar[Any] = {"all": ("events/parts.css",)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        tile = kwargs.get("instance")
        kwargs["initial"] = {"points": 1, "needs": Decimal(1)} | (kwargs.get("initial") or {})
        if tile is not None:
            kwargs["initial"] = {"rules": initial_rules(tile)}
        super().__init__(*args, context=Offered.by(self.event), **kwargs)
        if tile is None and self.event is not None:
            self.initial["row_seen"] = self._row_now(self.event)
            if self.is_bound and "row_seen" not in self.data:
                # The form of a tile that was deleted: the row is looked at for the first time.
                self.data = self.data.copy()
                self.data["row_seen"] = self.initial["row_seen"]
        elif tile is not None:
            self.initial["of_row"] = tile.row

    def _row_now(self, event: Event) -> str:
        row = row_of(self.request, event)
        ids = [] if row is None else event.tiles.filter(row=row).values_list("pk", flat=True)
        return " ".join(map(str, ids))

    def clean(self) -> dict[str, Any] | None:
        """Find the place of a new tile."""
        cleaned = super().clean()
        if self.instance.pk is None and self.event is not None:
            self._take_place(self.event)
        return cleaned

    def _take_place(self, event: Event) -> None:
        row = row_of(self.request, event)
        seen, now = self.data.get("row_seen"), self._row_now(event)
        if row is None:
            self.add_error(None, "The board has no such row: go back to it, and add the tile there.")
        elif seen not in (None, now) and not {*seen.split()} & {*now.split()}:
            self.add_error(None, self._other_row(event, row, seen, now))
            # Whoever has read this may save it there.
            self.data = self.data.copy()
            self.data["row_seen"] = now
        elif event.tiles.filter(row=row).count() >= MOST_ROW_TILES:
            self.add_error(
                None, f"Row {row + 1} has {MOST_ROW_TILES} tiles, which is the most: add it to another."
            )
        else:
            self.instance.row = row
            self.instance.position = next_position(Tile, event=event, row=row)

    def _other_row(self, event: Event, row: int, *ids: str) -> str:
        saves = saves_since(self.request, self.data.get("opened"), event) or [UNTOLD]
        seen, now = (", ".join(_names(event, text)) or "no tiles" for text in ids)
        return OTHER_ROW.format(row=row + 1, seen=seen, now=now, saves=" ".join(saves))


def _names(event: Event, ids: str) -> list[str]:
    """Return the names of tiles by their ids, with spaces between; those that are gone have none any more."""
    known = {str(tile.pk): tile.name for tile in event.tiles.only("id", "name", "event_id")}
    return [known.get(one, "a tile that is gone") for one in ids.split()]


def row_of(request: HttpRequest, event: Event) -> int | None:
    """Return the row that a new tile comes to, counted from 0; None if the address names one past the end."""
    last: int | None = event.tiles.aggregate(last=Max("row"))["last"]
    n_rows = max(event.n_rows, 0 if last is None else last + 1)
    named = request.GET.get("row")
    if named is None:
        return max(n_rows - 1, 0)
    # One past the last row begins another.
    return number_in(named, min(n_rows, MOST_ROWS - 1))


@admin.register(Tile)
class TileAdmin(FilteredByEvent, PartAdmin):
    """Tiles, which are found and moved on the board of their event."""

    form = TileForm
    tab = "board"
    in_library = False
    list_display: Any = ("name", "key", "event", "row_number", "points", "needs_shown")
    list_filter = (OfEvent,)
    list_select_related = ("event",)
    search_fields = ("key", "name")
    search_help_text = "Search by name or key"
    fieldsets = ((None, {"fields": ("name", "key", ("points", "needs"))}),)
    state_fields = (*PartAdmin.state_fields, "row_seen", "of_row")
    read_as: ClassVar[Any] = {"needs": "needs_shown"}
    change_form_template = "admin/events/tile/change_form.html"
    change_form_outer_before_template = "admin/events/tile/top.html"

    def get_urls(self) -> list[URLPattern]:
        drops = path("drops/", self.admin_site.admin_view(self.drops_view), name="events_tile_drops")
        return [drops, *super().get_urls()]

    def drops_view(self, request: HttpRequest) -> HttpResponse:
        """Answer with the drops of an activity, for a rule that was given another one."""
        if not (self.has_view_permission(request) and request.user.has_perm("events.view_activity")):
            raise PermissionDenied
        name, chosen = request.GET.get("name", ""), request.GET.get("activity", "")
        if not DROPS_NAME.fullmatch(name):
            raise BadRequest("There is no such field.")
        widget = DropsWidget()
        if chosen:
            activities = Activity.objects.defer("loot", "bands")
            widget.activity = get_object_or_404(activities, pk=number_in(chosen))
        return HttpResponse(widget.render(name, {}, {"id": f"id_{name}"}))

    @admin.display(description="row", ordering="row")
    def row_number(self, tile: Tile) -> int:
        """Return the row as people count."""
        return tile.row + 1

    @admin.display(description="needs", ordering="needs")
    def needs_shown(self, tile: Tile) -> str:
        """Return the progress without needless zeros."""
        return f"{tile.needs.normalize():f}"

    def form_context(self, request: HttpRequest, event: Event | None, part: Tile | None) -> dict[str, Any]:
        """Return where a tile is on its board, and what the event lacks for its rules."""
        if event is None:
            return {}
        shown: dict[str, Any] = {"board": board_url(event)}
        if not event.activities.exists():
            shown["add_activity"] = add_url(Activity, event)
        if part is None:
            row = row_of(request, event)
            return {**shown, "row": None if row is None else row + 1}
        tiles = list(event.tiles.only("id", "row", "name", "event_id"))
        ix = tiles.index(part)
        return {
            **shown,
            "row": part.row + 1,
            "place": sum(other.row == part.row for other in tiles[: ix + 1]),
            "previous": self._link(tiles[ix - 1]) if ix else None,
            "next": self._link(tiles[ix + 1]) if ix + 1 < len(tiles) else None,
        }

    def _link(self, tile: Tile) -> dict[str, str]:
        return {"name": tile.name, "url": change_url(tile)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        save_rules(form.instance, form.cleaned_data["rules"])
        super().save_related(request, form, formsets, change)

    def added_anew(self, request: HttpRequest, event: Event | None) -> dict[str, Any]:
        """Add it to the row that it was in; to the last one where that is gone, too."""
        given = super().added_anew(request, event)
        row = number_in(request.POST.get("of_row"), event.n_rows - 1) if event and event.n_rows else None
        return given if row is None else {**given, "row": row}

    def add_another_url(self, event: Event | None, part: Any) -> str:
        return add_url(Tile, event, row=part.row)

    def back_to(self, event: Event | None, part: Any) -> str:
        assert event is not None
        return f"{board_url(event)}#{quote(tile_anchor(part.key))}"

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False
