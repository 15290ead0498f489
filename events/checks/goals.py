"""Tiles that count otherwise than it seems: duplicates count, and no drop counts for two tiles."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction

from events.checks.event import CheckedEvent
from events.checks.finding import Finding
from events.document import Tile
from events.document.names import same_name_key
from events.wording import listed

# Words of a tile's name that say that its drops stand in for each other, or that it counts anew.
ANY = re.compile(r"\b(any|or|either|total)\b")
ANEW = re.compile(r"\b(more|another|again|further|additional|extra)\b")

DropOf = tuple[str, str]


def sets_of_any(event: CheckedEvent) -> Iterator[Finding]:
    """Find tiles that need as many drops as they list, as a set would."""
    for place, tile in event.tiles:
        weights = _weights(tile)
        each = next(iter(weights.values()), Decimal(1))
        is_full = len(weights) > 1 and set(weights.values()) == {each} and tile.needs == each * len(weights)
        if is_full and not _stand_in(event, tile, weights):
            message = (
                f"{tile.key} lists {len(weights)} drops and needs as many, but any {len(weights)} finish it, "
                "duplicates too: where one of each is meant, make a tile for each; "
                'where any will do, say "any" in its name'
            )
            yield Finding(place, message, "set-of-any")


def _weights(tile: Tile) -> dict[DropOf, Decimal]:
    """Return what every drop counts for a tile: the first rule that accepts it says so."""
    weights: dict[DropOf, Decimal] = {}
    for rule in tile.rules:
        for drop, weight in rule.drops.items():
            weights.setdefault((rule.activity, drop), weight)
    return weights


def _stand_in(event: CheckedEvent, tile: Tile, drops: Iterable[DropOf]) -> bool:
    """Say whether a tile's drops stand in for each other: by its name, or since one comes all the time."""
    name = same_name_key(tile.name)
    if ANY.search(name):
        return True
    named = [same_name_key(drop.rpartition(".")[2]) in name for _, drop in drops]
    # "Two granite legs" counts legs, whatever else is taken in place of them.
    return (any(named) and not all(named)) or any(_comes_often(event, drop) for drop in drops)


def _comes_often(event: CheckedEvent, drop: DropOf) -> bool:
    """Say whether at least every second attempt brings a drop, such as a kill: sets are not made of those."""
    activity, key = drop
    outcomes = [outcome for line in event.document.activities[activity].loot for outcome in line.outcomes]
    granting = [outcome for outcome in outcomes if key in outcome.drops]
    return any(outcome.drops[key].hi > 1 for outcome in granting) or sum(
        o.rate for o in granting
    ) >= Fraction(1, 2)


def tiles_that_count_anew(event: CheckedEvent) -> Iterator[Finding]:
    """Find tiles that go on where others end: what finished one tile doesn't count for the next."""
    for tiles in _by_drops(event).values():
        needs = [tile.needs for _, tile in tiles]
        # Who asks for the same twice counts every tile anew.
        if len(set(needs)) < len(needs):
            continue
        for number, (place, tile) in enumerate(tiles):
            before = [other for _, other in tiles[:number] if other.needs < tile.needs]
            if before and not ANEW.search(same_name_key(tile.name)):
                yield Finding(place, _counts_anew(tile, before), "tile-counts-anew")


def _by_drops(event: CheckedEvent) -> dict[frozenset[tuple[DropOf, Decimal]], list[tuple[str, Tile]]]:
    """Return the tiles by what counts for them, row by row, of a row those that need least first."""
    same: dict[frozenset[tuple[DropOf, Decimal]], list[tuple[str, Tile]]] = defaultdict(list)
    places = {tile.key: place for place, tile in event.tiles}
    for row in event.document.board:
        for tile in sorted(row.tiles, key=lambda tile: tile.needs):
            if tile.rules:
                same[frozenset(_weights(tile).items())].append((places[tile.key], tile))
    return same


def _counts_anew(tile: Tile, before: list[Tile]) -> str:
    needs = tile.needs + sum(other.needs for other in before)
    last = max(other.needs for other in before)
    return (
        f"{tile.key} counts anew what {listed([other.key for other in before], 3)} counted: together they "
        f"take {needs:,f}; where {tile.needs:,f} in all are meant, let it need {tile.needs - last:,f}; "
        'where that many more are, say "more" in its name'
    )
