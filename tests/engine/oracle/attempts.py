"""How long an attempt takes and what its rolls give: luck alone, whatever the board looks like."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from events.document import Activity, LootLine, Roll, Rule, SizeBand, millionths
from tests.engine.oracle import luck
from tests.engine.oracle.seats import Seat

Draw = Callable[[Seat, str, int], int]


class Rolled(NamedTuple):
    """A roll that picked an outcome."""

    line: str
    member: str
    outcome_ix: int
    penalty_s: int
    drops: list[tuple[str, int]]


def duration(activity: Activity, rule: Rule, members: list[Seat], draw: Draw) -> int:
    """Return the seconds that these members need for their next attempt."""
    held = all_capabilities(members)
    band = band_for(activity, len(members))
    factors = [millionths(band.time)] if band else []
    factors += [millionths(modifier.time) for modifier in rule.modifiers if modifier.capability in held]
    multiplier = luck.multiply(max(seat.skill for seat in members), factors)
    raw = luck.raw_seconds(activity.attempt, draw(members[0], rule.activity, 0))
    return max(1, raw * multiplier // luck.MILLION)


def all_capabilities(members: list[Seat]) -> frozenset[str]:
    return frozenset[str]().union(*(seat.capabilities for seat in members))


def band_for(activity: Activity, size: int) -> SizeBand | None:
    return next((band for band in activity.bands if band.size.lo <= size <= band.size.hi), None)


def rate_multiplier(activity: Activity, rule: Rule, size: int, held: frozenset[str]) -> int:
    band = band_for(activity, size)
    factors = [millionths(modifier.rate) for modifier in rule.modifiers if modifier.capability in held]
    return luck.multiply(millionths(band.rate) if band else luck.MILLION, factors)


def roll_lines(activity: Activity, rule: Rule, members: list[Seat], draw: Draw) -> Iterator[Rolled]:
    """Yield the rolls of an attempt in the order in which they count."""
    first_slot = 1
    for line in activity.loot:
        per_group = line.roll == Roll.PER_GROUP
        for seat in members[:1] if per_group else members:
            held = all_capabilities(members) if per_group else seat.capabilities
            multiplier = rate_multiplier(activity, rule, len(members), held)
            for repetition in range(line.times):
                slot = first_slot + repetition * slots_of(line)
                rolled = roll(line, rule, multiplier, seat, slot, draw)
                if rolled is not None:
                    yield rolled
        first_slot += line.times * slots_of(line)


def ranged_drops(line: LootLine) -> list[tuple[int, str]]:
    """Return the drops of a line whose units are drawn, each with its outcome's position."""
    return [
        (outcome_ix, drop)
        for outcome_ix, outcome in enumerate(line.outcomes)
        for drop, (lo, hi) in outcome.drops.items()
        if lo < hi
    ]


def slots_of(line: LootLine) -> int:
    """Return the slots of one repetition: one for the roll, one for each range of units."""
    return 1 + len(ranged_drops(line))


def roll(line: LootLine, rule: Rule, multiplier: int, seat: Seat, slot: int, draw: Draw) -> Rolled | None:
    rates = tuple(outcome.rate for outcome in line.outcomes)
    relevant = tuple(any(drop in rule.drops for drop in outcome.drops) for outcome in line.outcomes)
    thresholds = luck.roll_thresholds(rates, relevant, multiplier)
    outcome_ix = luck.first_above(thresholds, draw(seat, rule.activity, slot))
    if outcome_ix is None:
        return None
    outcome = line.outcomes[outcome_ix]
    drops = []
    for drop, (lo, hi) in outcome.drops.items():
        units = lo
        if lo < hi:
            range_slot = slot + 1 + ranged_drops(line).index((outcome_ix, drop))
            units += draw(seat, rule.activity, range_slot) * (hi - lo + 1) >> 32
        drops.append((drop, units))
    return Rolled(line.line, seat.name, outcome_ix, outcome.penalty_seconds, drops)
