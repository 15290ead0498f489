"""What an event comes to: its board, its teams, and what looks wrong, reckoned once a version."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.core.cache import cache

from events.checks import CheckedEvent, Finding, findings_in, in_short
from events.document import DocumentError, EventDocument, PlacedError
from events.models import Event, TeamMember, read_of_one_version
from events.transfer import document_of

# What must be mended before anything can be simulated, among the findings' words for kinds.
ERROR = "error"


class Part(NamedTuple):
    """What a place in the document refers to: a row of the database, and what people call it."""

    id: int
    name: str


class TileOverview(NamedTuple):
    """A tile of the board.

    `seconds` is its estimate by its fastest rule: infinite where nobody can finish it, None where the event
    can't be read. `sources` are the names of the activities that its rules are for.
    """

    id: int
    key: str
    name: str
    points: int
    place: str
    seconds: float | None
    sources: tuple[str, ...]
    n_rules: int | None
    findings: tuple[Finding, ...]


class RowOverview(NamedTuple):
    """A row of the board, counted from 0, with what it is worth and what looks wrong with it as a whole."""

    number: int
    points: int
    tiles: tuple[TileOverview, ...]
    findings: tuple[Finding, ...]


class TeamOverview(NamedTuple):
    """A team, the seconds that its players are online, and those of the tiles that it can do, each added up.

    `out_of_reach` has the keys of the other tiles. Without a readable event there are only the players.
    """

    id: int
    name: str
    players: tuple[str, ...]
    online_seconds: int | None
    board_seconds: float | None
    out_of_reach: tuple[str, ...]


class EventOverview(NamedTuple):
    """An event at one version.

    Where something is stored that no document may hold, `document` is None and `errors` say what it is; they
    are among the findings, too.
    """

    event_id: int
    version: int
    unlock_points: int
    document: EventDocument | None
    errors: tuple[PlacedError, ...]
    findings: tuple[Finding, ...]
    rows: tuple[RowOverview, ...]
    teams: tuple[TeamOverview, ...]
    board_seconds: float | None
    parts: dict[str, dict[str, Part]]

    @property
    def tiles(self) -> tuple[TileOverview, ...]:
        """All tiles, row by row."""
        return tuple(tile for row in self.rows for tile in row.tiles)

    @property
    def findings_in_short(self) -> str:
        """How many findings there are, by how much they matter; of errors nothing, since all matter most."""
        return "" if self.errors else in_short(self.findings)

    @property
    def points(self) -> int:
        """What the whole board is worth."""
        return sum(row.points for row in self.rows)


class _Stored(NamedTuple):
    """What the database has of an event, all of one version once that was made sure of."""

    event: Event
    document: EventDocument | None
    errors: tuple[PlacedError, ...]
    tiles: list[Mapping[str, Any]]
    members: list[tuple[int, str]]
    parts: dict[str, dict[str, Part]]


def overview_of(event: Event) -> EventOverview:
    """Return what an event comes to as the database has it; reckoned once for each version.

    Raises `Event.DoesNotExist` where it is gone.
    """
    known: EventOverview | None = cache.get(_cache_key(event))
    if known is not None:
        return known
    stored = read_of_one_version(event, _read)
    overview = _reckon(stored)
    cache.set(_cache_key(stored.event), overview)
    return overview


def _cache_key(event: Event) -> str:
    # The moment too: a version of an event that was deleted, or taken back, may come again.
    return f"overview:{event.pk}:{event.version}:{event.updated_at.timestamp()}"


def _read(event: Event) -> _Stored:
    document: EventDocument | None = None
    errors: tuple[PlacedError, ...] = ()
    try:
        document = document_of(event)
    except DocumentError as error:
        errors = tuple(error.errors)
    members = TeamMember.objects.filter(team__event=event)
    return _Stored(
        event,
        document,
        errors,
        tiles=list(event.tiles.values("id", "row", "key", "name", "points")),
        members=list(members.values_list("team_id", "player__name")),
        parts={
            "activities": _parts(event.activities.values_list("key", "pk", "name")),
            "capabilities": _parts(event.capabilities.values_list("key", "pk", "name")),
            "players": _parts(event.players.values_list("name", "pk", "name")),
            "teams": _parts(event.teams.values_list("name", "pk", "name")),
        },
    )


def _parts(entries: Iterable[tuple[str, int, str]]) -> dict[str, Part]:
    return {key: Part(part_id, name) for key, part_id, name in entries}


def _reckon(stored: _Stored) -> EventOverview:
    checked = CheckedEvent(stored.document) if stored.document else None
    findings = findings_in(checked) if checked else [Finding(*error, ERROR) for error in stored.errors]
    rows = tuple(_rows(stored, checked, findings))
    seconds = [tile.seconds for row in rows for tile in row.tiles if tile.seconds is not None]
    return EventOverview(
        event_id=stored.event.pk,
        version=stored.event.version,
        unlock_points=stored.event.unlock_points,
        document=stored.document,
        errors=stored.errors,
        findings=tuple(findings),
        rows=rows,
        teams=tuple(_teams(stored, checked)),
        board_seconds=sum(filter(math.isfinite, seconds)) if checked else None,
        parts=stored.parts,
    )


def _rows(stored: _Stored, checked: CheckedEvent | None, findings: list[Finding]) -> Iterator[RowOverview]:
    tiles_by_row = defaultdict(list)
    for tile in stored.tiles:
        tiles_by_row[tile["row"]].append(tile)
    concerning = _by_part_of_board(findings)
    for number in range(max([stored.event.n_rows, *(row + 1 for row in tiles_by_row)])):
        tiles = tuple(
            _tile(tile, f"board[{number}].tiles[{place}]", checked, concerning)
            for place, tile in enumerate(tiles_by_row[number])
        )
        points = sum(tile.points for tile in tiles)
        yield RowOverview(number, points, tiles, tuple(concerning[f"board[{number}]"]))


def _by_part_of_board(findings: list[Finding]) -> dict[str, list[Finding]]:
    """Return the findings of each tile and of each row, by its place."""
    concerning: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.place.startswith("board["):
            concerning[".".join(finding.place.split(".")[:2])].append(finding)
    return concerning


def _tile(
    stored: Mapping[str, Any], place: str, checked: CheckedEvent | None, concerning: dict[str, list[Finding]]
) -> TileOverview:
    key = stored["key"]
    rules = checked.rules_of_tile[key] if checked else []
    activities = checked.document.activities if checked else {}
    return TileOverview(
        id=stored["id"],
        key=key,
        name=stored["name"],
        points=stored["points"],
        place=place,
        seconds=min(checked.rule_seconds[key], default=math.inf) if checked else None,
        sources=tuple(dict.fromkeys(activities[rule.activity].name for rule in rules)),
        n_rules=len(rules) if checked else None,
        findings=tuple(concerning[place]),
    )


def _teams(stored: _Stored, checked: CheckedEvent | None) -> Iterator[TeamOverview]:
    players = defaultdict(list)
    for team_id, player in stored.members:
        players[team_id].append(player)
    for name, part in stored.parts["teams"].items():
        team = TeamOverview(part.id, name, tuple(players[part.id]), None, None, ())
        yield _reckoned(team, checked) if checked else team


def _reckoned(team: TeamOverview, checked: CheckedEvent) -> TeamOverview:
    if not team.players:
        return team._replace(online_seconds=0, board_seconds=0, out_of_reach=tuple(checked.rules_of_tile))
    takes = {tile.key: checked.seconds(team.name, tile) for _, tile in checked.tiles}
    return team._replace(
        online_seconds=checked.online_seconds(team.name),
        board_seconds=sum(filter(math.isfinite, takes.values())),
        out_of_reach=tuple(key for key, seconds in takes.items() if math.isinf(seconds)),
    )
