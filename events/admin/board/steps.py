"""What an event still needs before it can be simulated, and where that is done."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.urls import reverse

from events.admin.workspace import add_url, list_url
from events.models import Activity, Event, Player, Team, Tile
from events.overview import EventOverview, TeamOverview, TileOverview
from events.wording import counted


class Step(NamedTuple):
    """What it takes before an event can be simulated: done or not, in words, and where it is done.

    `permission` is what it takes to do it.
    """

    done: bool
    title: str
    advice: str
    url: str
    link: str
    permission: str


def steps_of(event: Event, overview: EventOverview) -> Iterator[Step]:
    """Yield what an event needs, in the order in which newcomers do it."""
    yield Step(
        bool(overview.parts["activities"]),
        "Activities",
        "What players do for tiles: bosses, raids, skills. Take them from the library, or write your own.",
        list_url(Activity, event),
        "Add activities",
        "events.add_activity",
    )
    yield Step(
        bool(overview.tiles),
        "Tiles",
        "The goals on the board. Add the first one; rows and further tiles follow.",
        add_url(Tile, event, row=0),
        "Add the first tile",
        "events.add_tile",
    )
    yield _rules_step(event, overview.tiles)
    yield Step(
        bool(overview.parts["players"]),
        "Players",
        "Who takes part, when they play, and what they have: quests, items, levels.",
        list_url(Player, event),
        "Add players",
        "events.add_player",
    )
    yield _teams_step(event, overview.teams)


def _rules_step(event: Event, tiles: Sequence[TileOverview]) -> Step:
    title = "A rule for every tile"
    lacking = [tile for tile in tiles if tile.n_rules == 0]
    if lacking:
        advice = f"{counted(len(lacking), 'tile')} can't be finished by anyone: nothing counts for them."
        url = reverse("admin:events_tile_change", args=[lacking[0].id])
        return Step(False, title, advice, url, f"Give “{lacking[0].name}” its rules", "events.change_tile")
    advice = "Rules say which activity counts for a tile, and which of its drops."
    url = add_url(Tile, event, row=0)
    return Step(bool(tiles), title, advice, url, "Add a tile with a rule", "events.add_tile")


def _teams_step(event: Event, teams: Sequence[TeamOverview]) -> Step:
    title = "Teams with players"
    advice = "Every player is in one team at most; teams compete on the same board."
    empty = [team for team in teams if not team.players]
    if empty:
        url = reverse("admin:events_team_change", args=[empty[0].id])
        return Step(False, title, advice, url, f"Fill the roster of “{empty[0].name}”", "events.change_team")
    return Step(bool(teams), title, advice, add_url(Team, event), "Add a team", "events.add_team")
