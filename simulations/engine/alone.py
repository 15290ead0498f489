"""What each player does alone at each rule: `layout.Work` as far as it doesn't depend on the run."""

from collections.abc import Sequence

import numpy as np

from events.document import EventDocument, millionths

from .activities import ActivityTables
from .chances import fixed_point, product_of
from .layout import DRAWS, NO_TABLE, Act, Grant, Line, Outcome, Rule, Work

ROLLS = slice(Work.QUIET_FROM, Work.N)
USUAL_DRAWS = DRAWS * 3 // 4
"""With fewer draws that bring a drop, it is not the usual one."""


def alone_table(
    document: EventDocument,
    players: Sequence[str],
    activities: ActivityTables,
    masks: np.ndarray,
    rules: np.ndarray,
    variants: np.ndarray,
    thresholds: np.ndarray,
) -> np.ndarray:
    """Return int64 [P × U, Work.N], zero where players may not follow a rule."""
    tables = activities.tables()
    rolls: dict[tuple[int, int, bool], np.ndarray] = {}
    alone = np.zeros((*masks.shape, Work.N), dtype=np.int64)
    rule_list = [rule for _, tile in document.tiles() for rule in tile.rules]
    for rule_ix, rule in enumerate(rule_list):
        facts = tables["activities"][rules[rule_ix, Rule.ACTIVITY]]
        band_time, band = tables["sizes"][facts[Act.SIZE_START] + 1]
        variant = rules[rule_ix, Rule.VARIANT] + (band << len(rule.modifiers))
        for player_ix, name in enumerate(players):
            mask = int(masks[player_ix, rule_ix])
            if mask < 0:
                continue
            times = [
                millionths(modifier.time) for bit, modifier in enumerate(rule.modifiers) if mask >> bit & 1
            ]
            multiplier = product_of(millionths(document.players[name].skill), [int(band_time), *times])
            work = alone[player_ix, rule_ix]
            work[Work.ACTIVITY] = rules[rule_ix, Rule.ACTIVITY]
            work[Work.THRESHOLDS] = variants[variant + mask]
            work[Work.MULTIPLIER] = multiplier
            work[Work.FACTOR] = fixed_point(multiplier)
            work[Work.RAW_LO] = facts[Act.RAW_LO]
            if work[Work.FACTOR] and facts[Act.TIME_THRESHOLDS] == NO_TABLE:
                work[Work.RAW_N] = facts[Act.RAW_N]
            # Players of equal means roll alike, and so do rules for the same drops.
            meets = bool(rules[rule_ix, Rule.MEETS])
            known = (int(work[Work.ACTIVITY]), int(work[Work.THRESHOLDS]), meets)
            if known not in rolls:
                own = thresholds[work[Work.THRESHOLDS] :]
                rolls[known] = _rolls(tables, facts, own, in_parties=meets)
            work[ROLLS] = rolls[known]
    return alone.reshape(-1, Work.N)


def _rolls(
    tables: dict[str, np.ndarray], facts: np.ndarray, thresholds: np.ndarray, in_parties: bool
) -> np.ndarray:
    """Return the columns ``ROLLS``: the draws that bring nothing, or only the usual drop, if there is one."""
    work = np.zeros(Work.N, dtype=np.int64)
    lines = range(facts[Act.LINE_START], facts[Act.LINE_END])
    work[Work.QUIET], work[Work.USUAL_LINE] = DRAWS, -1
    work[Work.MORE] = tables["lines"][lines.start : lines.stop, Line.TIMES].sum() > 1
    for line_ix in lines:
        line = tables["lines"][line_ix]
        low = 0
        for outcome_ix in range(line[Line.OUTCOME_START], line[Line.OUTCOME_END]):
            high = int(thresholds[outcome_ix - facts[Act.OUTCOME_START]])
            outcome = tables["outcomes"][outcome_ix]
            grants = tables["grants"][outcome[Outcome.GRANT_START] : outcome[Outcome.GRANT_END]]
            # Of lines after the first only one that needs no draw: the others are looked at for hits.
            often = high - low >= (USUAL_DRAWS if line_ix == lines.start else DRAWS)
            fixed = len(grants) == 1 and grants[0, Grant.COUNT] == 1 and outcome[Outcome.PENALTY_S] == 0
            if often and fixed and line[Line.TIMES] == 1 and work[Work.USUAL_LINE] < 0 and not in_parties:
                work[Work.USUAL_LINE] = line_ix
                work[Work.USUAL_DROP], work[Work.USUAL_UNITS] = grants[0, Grant.DROP], grants[0, Grant.LO]
                if line_ix == lines.start:
                    work[Work.QUIET_FROM], work[Work.QUIET] = low, high - low
            low = high
        if line_ix == lines.start and work[Work.USUAL_LINE] < 0:
            work[Work.QUIET_FROM], work[Work.QUIET] = low, DRAWS - low
    return work[ROLLS]
