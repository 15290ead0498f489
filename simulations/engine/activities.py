"""The tables of activities: attempts, loot lines, outcomes, grants, party sizes."""

from collections.abc import Mapping

import numpy as np

from events.document import Activity, Roll, TimeModel, millionths

from .chances import time_thresholds
from .layout import FIRST_ROLL_SLOT, MILLION, NO_TABLE, Act, Grant, Line, Outcome, Size


class ActivityTables:
    """The tables of activities, lines, outcomes, grants, party sizes and time models."""

    def __init__(self, drop_ix: Mapping[tuple[str, str], int]) -> None:
        self.drop_ix = drop_ix
        self.activities: list[tuple[int, ...]] = []
        self.lines: list[tuple[int, ...]] = []
        self.outcomes: list[tuple[int, ...]] = []
        self.grants: list[tuple[int, ...]] = []
        self.sizes: list[tuple[int, ...]] = []
        self.time_tables: list[int] = []
        self.band_rates: list[list[int]] = []

    def tables(self) -> dict[str, np.ndarray]:
        return {
            "activities": table(self.activities, Act.N),
            "lines": table(self.lines, Line.N),
            "outcomes": table(self.outcomes, Outcome.N),
            "grants": table(self.grants, Grant.N),
            "sizes": table(self.sizes, Size.N),
            "time_tables": table(self.time_tables),
        }

    def add(self, key: str, activity: Activity) -> None:
        line_start, outcome_start, size_start = len(self.lines), len(self.outcomes), len(self.sizes)
        self._add_loot(key, activity)
        self._add_sizes(activity)
        raw_lo, raw_n, guide, guide_shift, thresholds = self._add_time_model(activity)
        group = activity.group
        self.activities.append(
            (
                int(activity.solo),
                group.min if group else 0,
                group.max if group else 0,
                raw_lo,
                raw_n,
                guide,
                guide_shift,
                thresholds,
                line_start,
                len(self.lines),
                outcome_start,
                size_start,
            )
        )

    def _add_loot(self, key: str, activity: Activity) -> None:
        slot = FIRST_ROLL_SLOT
        for line in activity.loot:
            outcome_start = len(self.outcomes)
            stride = 1
            for outcome in line.outcomes:
                grant_start = len(self.grants)
                for drop, amount in outcome.drops.items():
                    count = amount.hi - amount.lo + 1
                    self.grants.append(
                        (self.drop_ix[key, drop], amount.lo, count, stride if count > 1 else 0)
                    )
                    stride += count > 1
                self.outcomes.append((grant_start, len(self.grants), outcome.penalty_seconds))
            self.lines.append(
                (
                    int(line.roll is Roll.PER_GROUP),
                    line.times,
                    outcome_start,
                    len(self.outcomes),
                    slot,
                    stride,
                )
            )
            slot += stride * line.times

    def _add_sizes(self, activity: Activity) -> None:
        rates = [MILLION]
        for size in range((activity.group.max if activity.group else 1) + 1):
            time, rate = MILLION, MILLION
            for band in activity.bands:
                if band.size.lo <= size <= band.size.hi:
                    time, rate = millionths(band.time), millionths(band.rate)
            if rate not in rates:
                rates.append(rate)
            self.sizes.append((time, rates.index(rate)))
        self.band_rates.append(rates)

    def _add_time_model(self, activity: Activity) -> tuple[int, int, int, int, int]:
        """Return lowest value, number of values, guide, its shift, thresholds."""
        attempt = activity.attempt
        if attempt.model is TimeModel.FIXED or attempt.spread == 0:
            return attempt.seconds, 1, NO_TABLE, 0, NO_TABLE
        lowest, n_values = attempt.seconds - attempt.spread, 2 * attempt.spread + 1
        if attempt.model is TimeModel.UNIFORM:
            return lowest, n_values, NO_TABLE, 0, NO_TABLE
        thresholds = np.array(time_thresholds(attempt.model, attempt.spread), dtype=np.int64)
        bits = min(20, (4 * n_values).bit_length())
        cells = np.arange(1 << bits, dtype=np.int64) << (32 - bits)
        thresholds_at = len(self.time_tables)
        self.time_tables += thresholds.tolist()
        guide_at = len(self.time_tables)
        self.time_tables += np.searchsorted(thresholds, cells, side="right").tolist()
        return lowest, n_values, guide_at, 32 - bits, thresholds_at


def table(rows: object, n_columns: int | None = None) -> np.ndarray:
    table = np.array(rows, dtype=np.int64)
    return table if n_columns is None else table.reshape(-1, n_columns)
