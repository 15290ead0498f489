"""What rules ask for or say in vain: whoever finds a drop, it counts, and as the first rule says."""

from collections.abc import Iterator
from typing import NamedTuple

from events.checks.event import CheckedEvent
from events.checks.finding import Finding
from events.checks.parts import MOST_APART
from events.document import Rule
from events.document.errors import place_of
from events.wording import listed


class Evasion(NamedTuple):
    """A requirement for an activity: the tiles that have it, others, and who works on those without it."""

    activity: str
    required: tuple[str, ...]
    asking: list[str]
    others: list[str]
    players: list[str]


def requirements_evaded(event: CheckedEvent) -> Iterator[Finding]:
    """Find requirements of tiles that players without them get around by working on other tiles."""
    evasions = list(_evasions(event))
    if len(evasions) > MOST_APART:
        named = listed(
            [f"{e.activity} ({_asks(e.asking[:1], e)}, {_do_not(e.others[:1])})" for e in evasions], 4
        )
        message = (
            f"{len(evasions)} requirements are those of some tiles, and not of others: {named}; "
            "whoever finds a drop, it counts, so who works on the others gets around them"
        )
        yield Finding("board", message, "requirement-evaded")
        return
    places = {tile.key: place for place, tile in event.tiles}
    for evasion in evasions:
        key = evasion.asking[0]
        place = places[key] if len(evasion.asking) == 1 else place_of(("activities", evasion.activity))
        message = (
            f"{_asks(evasion.asking, evasion)} for {evasion.activity}, {_do_not(evasion.others)}: whoever "
            f"finds a drop, it counts, so what {listed(evasion.players, 3)} may find there counts here, too"
        )
        yield Finding(place, message, "requirement-evaded")


def _asks(tiles: list[str], evasion: Evasion) -> str:
    verb = "requires" if len(tiles) == 1 else "require"
    return f"{listed(tiles, 3)} {verb} {listed(evasion.required)}"


def _do_not(tiles: list[str]) -> str:
    return f"{listed(tiles, 3)} {'does' if len(tiles) == 1 else 'do'} not"


def _evasions(event: CheckedEvent) -> Iterator[Evasion]:
    for activity in event.rules_of:
        rules = {
            tile.key: found
            for _, tile in event.tiles
            if (found := [rule for rule in tile.rules if rule.activity == activity])
        }
        for required in {tuple(rule.requires): None for rule in event.rules_of[activity] if rule.requires}:
            asking = [key for key in rules if all(set(required) <= set(r.requires) for r in rules[key])]
            lacking = {
                key: names
                for key in rules
                if (names := [name for rule in rules[key] for name in _who_lacks(event, rule, required)])
            }
            players = list(dict.fromkeys(name for names in lacking.values() for name in names))
            if asking and players:
                yield Evasion(activity, required, asking, list(lacking), players)


def _who_lacks(event: CheckedEvent, rule: Rule, required: tuple[str, ...]) -> list[str]:
    """Return who follows a rule without having all that is required."""
    return [
        name
        for team in event.playing
        if event.can_follow(team, rule)
        for name in event.allowed(team, rule)
        if not event.capabilities[name].issuperset(required)
    ]


def weights_that_never_count(event: CheckedEvent) -> Iterator[Finding]:
    """Find weights that an earlier rule of the same tile overrules."""
    for place, tile in event.tiles:
        first_of: dict[tuple[str, str], int] = {}
        for number, rule in enumerate(tile.rules):
            for drop, weight in rule.drops.items():
                first = first_of.setdefault((rule.activity, drop), number)
                holds = tile.rules[first].drops[drop]
                if weight != holds:
                    message = (
                        f"{drop} never counts {weight:f} here: rules[{first}], of the same activity, "
                        f"comes first and says {holds:f}, whoever finds it"
                    )
                    yield Finding(f"{place}.rules[{number}]", message, "weight-never-counts")
