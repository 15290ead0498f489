"""How long an attempt takes, and which of an activity's thresholds hold for a party."""

from .layout import (
    FIXED_POINT,
    MILLION,
    MULTIPLIER_CAP,
    NO_TABLE,
    Act,
    Player,
    Rule,
    Seat,
    Size,
    Work,
)
from .state import NOTHING
from .steps import inlined_step, step


@inlined_step
def scale(multiplier, factor):
    """Return ``multiplier × factor / 10⁶`` rounded down, without overflow up to 10¹⁶ × 10⁸."""
    whole = multiplier // MILLION
    return whole * factor + (multiplier - whole * MILLION) * factor // MILLION


@step
def time_multiplier(ev, rule, skill, size, mask):
    """Return skill × band × modifiers in millionths, each step rounded down and capped."""
    band = ev.activities[ev.rules[rule, Rule.ACTIVITY], Act.SIZE_START] + size
    multiplier = min(scale(skill, ev.sizes[band, Size.TIME]), MULTIPLIER_CAP)
    first = ev.rules[rule, Rule.MODIFIER_START]
    for modifier in range(first, ev.rules[rule, Rule.MODIFIER_END]):
        if mask >> (modifier - first) & 1:
            multiplier = min(scale(multiplier, ev.modifiers[modifier]), MULTIPLIER_CAP)
    return multiplier


@step
def slowest_skill(ev, st, first_player, leader):
    """Return the largest attempt-time multiplier of a party's members, millionths."""
    skill = 0
    seat = leader
    while seat != NOTHING:
        skill = max(skill, ev.players[first_player + seat, Player.SKILL])
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    return skill


@inlined_step
def raw_seconds(ev, activity, x):
    """Return the seconds that a 32-bit draw picks from an activity's time model."""
    lowest = ev.activities[activity, Act.RAW_LO]
    thresholds = ev.activities[activity, Act.TIME_THRESHOLDS]
    if thresholds == NO_TABLE:
        return lowest + (((x + 1) * ev.activities[activity, Act.RAW_N] - 1) >> 32)
    cell = x >> ev.activities[activity, Act.GUIDE_SHIFT]
    value = ev.time_tables[ev.activities[activity, Act.GUIDE] + cell]
    while ev.time_tables[thresholds + value] <= x:
        value += 1
    return lowest + value


@inlined_step
def work_s(ev, work, x):
    """Return the length of an attempt in seconds, by a row of `Work` and a 32-bit draw."""
    raw = raw_seconds(ev, work[Work.ACTIVITY], x)
    if work[Work.FACTOR] == 0:
        return max(scale(work[Work.MULTIPLIER], raw), 1)
    return max((raw * work[Work.FACTOR]) >> FIXED_POINT, 1)


@inlined_step
def first_threshold(ev, rule, size, mask):
    """Return where the thresholds of an activity's outcomes begin, for a party size and a mask."""
    band = ev.activities[ev.rules[rule, Rule.ACTIVITY], Act.SIZE_START] + size
    n_modifiers = ev.rules[rule, Rule.MODIFIER_END] - ev.rules[rule, Rule.MODIFIER_START]
    variant = ev.rules[rule, Rule.VARIANT] + (ev.sizes[band, Size.RATE_BAND] << n_modifiers) + mask
    return ev.variants[variant]
