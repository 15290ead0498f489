"""What `check_event` has to say of a board, kind by kind, each with where it is mended."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from events.admin.board.places import Target, target_of
from events.admin.permissions import may_see
from events.checks import KINDS, MOST_OF_A_KIND, Finding
from events.document.errors import printable
from events.overview import ERROR, EventOverview, TileOverview

ERRORS = "Errors, to be mended before anything can be simulated"


def finding_groups(request: HttpRequest, overview: EventOverview) -> Iterator[dict[str, Any]]:
    """Yield the findings kind by kind, each with where it is mended if who asks may go there."""
    by_kind: dict[str, list[Finding]] = defaultdict(list)
    for finding in overview.findings:
        by_kind[finding.code].append(finding)
    for kind, found in by_kind.items():
        yield {
            "kind": kind,
            "error": kind == ERROR,
            "severity": "" if kind == ERROR else KINDS[kind].severity.heading,
            "title": ERRORS if kind == ERROR else KINDS[kind].title,
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
    return {"title": printable(target.title), "url": url, "inside": inside, "message": message}


def without_name(tile: TileOverview, finding: Finding) -> str:
    """Return a finding's words without the key of the tile that it is shown at."""
    inside = finding.place.removeprefix(tile.place).removeprefix(".")
    message = finding.message.removeprefix(f"{tile.key} ")
    return f"{inside}: {message}" if inside else message
