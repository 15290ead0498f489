"""What a team has reached on the board, and the orders of tiles that follow from it."""

import math
from fractions import Fraction

from events.document import Activity, EventDocument, Rule, Tile, millionths
from tests.engine.oracle.strategies import View, order_for_grants, order_for_tasks

NEVER = -1


class Progress:
    """One team's board in one run. Tiles are numbered in board order."""

    def __init__(self, document: EventDocument, team: str) -> None:
        numbered = document.tiles()
        self.tiles: list[Tile] = [tile for _, tile in numbered]
        self.row_of: list[int] = [row for row, _ in numbered]
        self.unlock_points = document.unlock_points
        self.strategy = document.teams[team].strategy
        self.needs = [millionths(tile.needs) for tile in self.tiles]
        activities = document.activities
        self.units = [[units(activities[rule.activity], rule) for rule in tile.rules] for tile in self.tiles]
        self.seconds = [
            [mean_seconds(activities[rule.activity]) for rule in tile.rules] for tile in self.tiles
        ]
        self.reached = [0] * len(self.tiles)
        self.tiles_s = [NEVER] * len(self.tiles)
        opened_at_start = NEVER if self.unlock_points > 0 else 0
        self.rows_s = [0] + [opened_at_start] * (len(document.board) - 1)
        self.opened_row = [0] * len(self.tiles)
        self.plan()

    @property
    def last_row(self) -> int:
        """The last row that is open."""
        return sum(second != NEVER for second in self.rows_s) - 1

    def row_points(self, row: int) -> int:
        return sum(
            tile.points
            for ix, tile in enumerate(self.tiles)
            if self.row_of[ix] == row and self.tiles_s[ix] != NEVER
        )

    def plan(self) -> None:
        """Take new estimates from the progress of this moment, and order the tiles by them."""
        self.rule_estimates = [
            [
                steps(self.needs[ix] - self.reached[ix], rule_units) * seconds
                for rule_units, seconds in zip(self.units[ix], self.seconds[ix], strict=True)
            ]
            for ix in range(len(self.tiles))
        ]
        view = View(
            points=[tile.points for tile in self.tiles],
            row_of=self.row_of,
            finished=[second != NEVER for second in self.tiles_s],
            estimates=[min(estimates, default=math.inf) for estimates in self.rule_estimates],
            activities=[{rule.activity for rule in tile.rules} for tile in self.tiles],
            last_row=self.last_row,
            n_rows=len(self.rows_s),
            lacks=self.unlock_points - self.row_points(self.last_row),
        )
        self.task_order = order_for_tasks(self.strategy, view)
        self.grant_order = order_for_grants(self.strategy, view)

    def tile_for_grant(self, activity: str, drop: str) -> int | None:
        """Return the tile that a grant of ``drop`` goes to, None where it is wasted."""
        for ix in self.grant_order:
            if self.accepting_rule(ix, activity, drop) is not None:
                return ix
        return None

    def accepting_rule(self, tile_ix: int, activity: str, drop: str) -> Rule | None:
        for rule in self.tiles[tile_ix].rules:
            if rule.activity == activity and drop in rule.drops:
                return rule
        return None

    def add(self, tile_ix: int, activity: str, drop: str, amount: int) -> int:
        """Add ``amount`` units to a tile and return what exceeds its needs, in millionths."""
        rule = self.accepting_rule(tile_ix, activity, drop)
        assert rule is not None
        total = self.reached[tile_ix] + amount * millionths(rule.drops[drop])
        self.reached[tile_ix] = min(total, self.needs[tile_ix])
        return total - self.reached[tile_ix]

    def is_reached(self, tile_ix: int) -> bool:
        return self.reached[tile_ix] == self.needs[tile_ix]

    def finish(self, tile_ix: int, second: int) -> int | None:
        """Finish a tile; return the row that this opens, None where it opens none."""
        self.tiles_s[tile_ix] = second
        row = self.last_row
        opens = row + 1 < len(self.rows_s) and self.row_points(row) >= self.unlock_points
        if opens:
            self.rows_s[row + 1] = second
            self.opened_row[tile_ix] = 1
        self.plan()
        return row + 1 if opens else None


def mean_seconds(activity: Activity) -> float:
    """Return the time model's mean; all models are symmetric."""
    return float(activity.attempt.seconds)


def units(activity: Activity, rule: Rule) -> float:
    """Return the progress units that one player expects of an attempt at base rates."""
    expected = Fraction(0)
    for line in activity.loot:
        for outcome in line.outcomes:
            for drop, (lo, hi) in outcome.drops.items():
                if drop in rule.drops:
                    expected += line.times * outcome.rate * Fraction(lo + hi, 2) * Fraction(rule.drops[drop])
    return float(expected)


def steps(remaining: int, rule_units: float) -> float:
    """Return how many attempts ``remaining`` (millionths) is estimated to take, at least one."""
    if rule_units == 0:
        return math.inf
    return max(1.0, float(math.ceil(remaining / 1e6 / rule_units - 1e-9)))
