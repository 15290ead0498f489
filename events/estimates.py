"""What a rule is expected to bring and to take, before anyone plays."""

import math
from fractions import Fraction

from events.document import Activity, EventDocument, Outcome, Rule, Tile, millionths


def mean_seconds(activity: Activity) -> float:
    """Return the mean of an activity's attempt time; every time model is symmetric."""
    return float(activity.attempt.seconds)


def units(activity: Activity, rule: Rule) -> float:
    """Return the progress units that an attempt of one player is expected to bring.

    At base rates; exact until it is rounded once at the end.
    """
    total = Fraction(0)
    for line in activity.loot:
        for outcome in line.outcomes:
            total += line.times * outcome.rate * _units_of_outcome(outcome, rule)
    return float(total)


def steps(remaining_millionths: int, units: float) -> float:
    """Return how many attempts a remaining need is expected to take; infinite without progress.

    Whatever remains takes one attempt at least, which keeps estimates above zero.
    """
    attempts = remaining_millionths / 1e6 / units - 1e-9 if units else math.inf
    return max(1.0, float(math.ceil(attempts))) if attempts < math.inf else math.inf


def tile_seconds(event: EventDocument, tile: Tile) -> float:
    """Return the estimated seconds of an untouched tile: its fastest rule's, or infinity."""
    return min((rule_seconds(event, tile, rule) for rule in tile.rules), default=math.inf)


def rule_seconds(event: EventDocument, tile: Tile, rule: Rule) -> float:
    """Return the estimated seconds of an untouched tile by one of its rules; infinite without progress."""
    activity = event.activities[rule.activity]
    return steps(millionths(tile.needs), units(activity, rule)) * mean_seconds(activity)


def _units_of_outcome(outcome: Outcome, rule: Rule) -> Fraction:
    total = Fraction(0)
    for drop, weight in rule.drops.items():
        if drop in outcome.drops:
            low, high = outcome.drops[drop]
            total += Fraction(weight) * Fraction(low + high, 2)
    return total
