"""What `check_event` has to say of a board, kind by kind, each with where it is mended."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from events.admin.board.places import Target, target_of
from events.admin.permissions import may_see
from events.checks import Finding
from events.overview import ERROR, EventOverview, TileOverview

# A kind with more findings is a pattern, which the first ones show.
MOST_OF_A_KIND = 30

# What each kind of finding is called, in the order of the page.
KINDS = {
    ERROR: "Errors, to be mended before anything can be simulated",
    "no-tiles": "An empty board",
    "no-teams": "Nobody to play it",
    "team-without-players": "Teams without players",
    "start-skipped": "A start that clocks skip",
    "tile-without-rules": "Tiles without rules",
    "tile-out-of-reach": "Tiles that a team can't do",
    "row-never-opens": "Rows that never open",
    "party-too-large": "Parties that no team can form",
    "party-never-together": "Parties that are never online together",
    "too-few-hours-for-tile": "Tiles that take longer than a team is online",
    "too-few-hours-for-rows": "Rows that would open too late",
    "too-few-hours-for-board": "Teams without the hours for the whole board",
    "player-never-online": "Players who are never online",
    "session-outside-event": "Sessions outside the event",
    "player-without-team": "Players in no team",
    "unused-activity": "Activities that no tile uses",
    "unused-capability": "Capabilities that no rule mentions",
    "unused-drop": "Drops that no rule accepts",
}


def finding_groups(request: HttpRequest, overview: EventOverview) -> Iterator[dict[str, Any]]:
    """Yield the findings kind by kind, each with where it is mended if who asks may go there."""
    by_kind: dict[str, list[Finding]] = defaultdict(list)
    for finding in overview.findings:
        by_kind[finding.code].append(finding)
    known = [*KINDS, *(kind for kind in by_kind if kind not in KINDS)]
    for kind in known:
        found = by_kind.get(kind, [])
        if found:
            yield {
                "kind": kind,
                "error": kind == ERROR,
                "title": KINDS.get(kind, kind),
                "count": len(found),
                "findings": [_described(request, overview, finding) for finding in found[:MOST_OF_A_KIND]],
                "more": max(0, len(found) - MOST_OF_A_KIND),
            }


def _described(request: HttpRequest, overview: EventOverview, finding: Finding) -> dict[str, Any]:
    target: Target = target_of(overview, finding.place)
    tile = next((tile for tile in overview.tiles if finding.place == tile.place), None)
    message = finding.message.removeprefix(f"{tile.key} ") if tile else finding.message
    # Of what is merely unusual only the sentence matters; an error names the very field.
    inside = target.inside if finding.code == ERROR else ""
    url = target.url if may_see(request, target.model) else ""
    return {"title": target.title, "url": url, "inside": inside, "message": message}


def without_name(tile: TileOverview, finding: Finding) -> str:
    """Return a finding's words without the key of the tile that it is shown at."""
    inside = finding.place.removeprefix(tile.place).removeprefix(".")
    message = finding.message.removeprefix(f"{tile.key} ")
    return f"{inside}: {message}" if inside else message
