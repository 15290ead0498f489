"""The orders in which strategies take tiles, each as the model's page words it."""

import math
from itertools import combinations
from typing import NamedTuple

from events.document import StrategyName, StrategySpec


class View(NamedTuple):
    """What a strategy may know; all lists are by tile, in board order."""

    points: list[int]
    row_of: list[int]
    finished: list[bool]
    estimates: list[float]
    activities: list[set[str]]
    last_row: int
    n_rows: int
    lacks: int

    @property
    def all_open(self) -> bool:
        return self.last_row == self.n_rows - 1

    def tasks(self) -> list[int]:
        """The unlocked, unfinished tiles."""
        return [ix for ix, row in enumerate(self.row_of) if row <= self.last_row and not self.finished[ix]]

    def sharing(self, tile_ix: int) -> list[int]:
        """The other tiles that share an activity with this one."""
        mine = self.activities[tile_ix]
        return [ix for ix, theirs in enumerate(self.activities) if ix != tile_ix and mine & theirs]

    def unfinished_sharing(self, tile_ix: int) -> int:
        return sum(not self.finished[ix] for ix in self.sharing(tile_ix))

    def locked_sharing(self, tile_ix: int) -> int:
        return sum(self.row_of[ix] > self.last_row for ix in self.sharing(tile_ix))


def order_for_tasks(strategy: StrategySpec, view: View) -> list[int]:
    name = strategy.name
    if name == StrategyName.ROW_UNLOCKING:
        return row_by_row(view, unlocking_set(view, view.estimates))
    if name == StrategyName.COMBO_UNLOCKING and not view.all_open:
        weighed = [estimate * (1 + view.locked_sharing(ix)) for ix, estimate in enumerate(view.estimates)]
        return row_by_row(view, unlocking_set(view, weighed))
    if name == StrategyName.COMBO_UNLOCKING:
        return sorted(
            view.tasks(),
            key=lambda ix: (-(view.points[ix] + view.unfinished_sharing(ix)), view.estimates[ix], ix),
        )
    return order_for_both(strategy, view)


def order_for_grants(strategy: StrategySpec, view: View) -> list[int]:
    name = strategy.name
    if name == StrategyName.ROW_UNLOCKING or (name == StrategyName.COMBO_UNLOCKING and not view.all_open):
        return sorted(
            view.tasks(),
            key=lambda ix: (view.row_of[ix] != view.last_row, -view.points[ix], view.row_of[ix], ix),
        )
    if name == StrategyName.COMBO_UNLOCKING:
        return sorted(view.tasks(), key=lambda ix: (-view.points[ix], view.estimates[ix], ix))
    return order_for_both(strategy, view)


def order_for_both(strategy: StrategySpec, view: View) -> list[int]:
    """Order by a strategy that treats tasks and grants alike."""
    if strategy.name == StrategyName.GREEDY:
        return sorted(view.tasks(), key=lambda ix: (-view.points[ix], view.estimates[ix], ix))
    if strategy.name == StrategyName.POINTS_PER_HOUR:
        return sorted(view.tasks(), key=lambda ix: (-(view.points[ix] / view.estimates[ix]), ix))
    params = {name: float(value) for name, value in strategy.params.items()}
    in_set = unlocking_set(view, view.estimates) or ()
    finite = [ix for ix in view.tasks() if math.isfinite(view.estimates[ix])]
    others = [ix for ix in view.tasks() if math.isinf(view.estimates[ix])]
    return sorted(finite, key=lambda ix: (-weighted_score(params, view, ix, ix in in_set), ix)) + others


def row_by_row(view: View, first: tuple[int, ...] | None) -> list[int]:
    """Order tasks: the set, then the last open row, then the rows before it, the later first."""
    chosen = first or ()
    return sorted(
        view.tasks(), key=lambda ix: (ix not in chosen, view.last_row - view.row_of[ix], -view.points[ix], ix)
    )


def unlocking_set(view: View, estimates: list[float]) -> tuple[int, ...] | None:
    """Return the quickest set of tiles that opens the next row, None where there is none."""
    if view.all_open:
        return None
    row = [ix for ix in view.tasks() if view.row_of[ix] == view.last_row]
    sets = []
    for size in range(1, len(row) + 1):
        for tiles in combinations(row, size):
            total = 0.0
            for ix in tiles:
                total += estimates[ix]
            if sum(view.points[ix] for ix in tiles) >= view.lacks and math.isfinite(total):
                sets.append((total, size, tiles))
    return min(sets)[2] if sets else None


def weighted_score(params: dict[str, float], view: View, tile_ix: int, in_set: bool) -> float:
    """Return the linear score, its terms added from left to right; the estimate must be finite."""
    hours = view.estimates[tile_ix] / 3600.0
    points = float(view.points[tile_ix])
    score = params.get("w_points", 0.0) * points
    score += params.get("w_rate", 0.0) * points / hours
    score += params.get("w_unlock", 0.0) * float(in_set)
    score += params.get("w_shared", 0.0) * float(view.unfinished_sharing(tile_ix))
    return score - params.get("w_hours", 0.0) * hours
