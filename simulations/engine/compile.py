"""From an event document to the arrays that the kernels read: validated and packed once."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from events.availability import intervals
from events.document import (
    STRATEGY_PARAMS,
    Activity,
    EventDocument,
    document_digest,
    millionths,
)
from events.document import Rule as DocumentRule
from events.estimates import mean_seconds, units

from .activities import ActivityTables, table
from .alone import alone_table
from .chances import Thresholds, hit_rate, product_of
from .draws import stream_key
from .layout import (
    LANES,
    LARGEST_STRETCH,
    MOMENT_BINS_MAX,
    Accept,
    Act,
    Figure,
    Grant,
    Line,
    Outcome,
    Param,
    Player,
    Rule,
    Session,
    Shape,
    Size,
    Strategy,
    Team,
    Tile,
    Work,
)
from .packs import Field, Layout, Pack

LOOKAHEAD_HIT_RATE = Fraction(1, 4)
"""With more to find than this an attempt, looking ahead costs more than it saves."""

STRETCH_S = 2400
"""About as long a player goes on with one task, so that few attempts are drawn in vain."""

LOOKAHEAD_STEPS = 12
"""From so many attempts a tile on, looking ahead pays however much they bring."""


EVENT = Layout(
    "Event",
    constant=True,
    shape=Field(np.int64),  # [Shape.N]
    activities=Field(np.int64, Act.N),
    lines=Field(np.int64, Line.N),
    outcomes=Field(np.int64, Outcome.N),
    grants=Field(np.int64, Grant.N),
    sizes=Field(np.int64, Size.N),  # per activity, party sizes 0 to the largest
    time_tables=Field(np.int64),  # cumulative thresholds × 2³² and guides of the time models
    rules=Field(np.int64, Rule.N),
    rule_figures=Field(np.float64, Figure.N),
    modifiers=Field(np.int64),  # time multipliers, millionths
    variants=Field(np.int64),  # per rule, rate band × modifier mask → first threshold
    thresholds=Field(np.int64),  # per variant, one for each outcome of the activity
    accept_start=Field(np.int64),  # per drop, and the end
    accepts=Field(np.int64, Accept.N),  # in board order
    tiles=Field(np.int64, Tile.N),
    row_start=Field(np.int64),  # first tile per row, and the end
    shares=Field(np.uint64, 0),  # [N, words]: bits of the other tiles with an activity in common
    players=Field(np.int64, Player.N),
    masks=Field(np.int16, 0),  # [players, rules]: modifiers that apply; -1 may not follow
    alone=Field(np.int64, Work.N),  # player × rules + rule
    streams=Field(np.uint64, 0),  # [players, activities]
    sessions=Field(np.int64, Session.N),
    teams=Field(np.int64, Team.N),
    params=Field(np.float64, Param.N),
)
"""A compiled event as the kernels see it: tables by the columns of `layout`."""


@dataclass(frozen=True)
class CompiledEvent:
    """What the engine needs of a document: the arrays, and the names to speak of their rows.

    The arrays are made when they are asked for: who only reads results needs none.
    """

    document: EventDocument
    digest: str
    team_names: tuple[str, ...]
    player_names: tuple[str, ...]
    activity_keys: tuple[str, ...]
    tile_keys: tuple[str, ...]
    drops: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]

    @cached_property
    def event(self) -> Pack:
        return _Compiler(self).compile()

    @property
    def n_teams(self) -> int:
        return len(self.team_names)

    @property
    def n_tiles(self) -> int:
        return len(self.tile_keys)

    @property
    def n_rows(self) -> int:
        return len(self.document.board)

    @property
    def duration_s(self) -> int:
        return self.document.duration_s

    @property
    def total_points(self) -> int:
        return sum(tile.points for _, tile in self.document.tiles())

    @property
    def moment_width(self) -> int:
        """How many points share a bin of ``moment_hist``."""
        return math.ceil((self.total_points + 1) / MOMENT_BINS_MAX)

    @property
    def n_moment_bins(self) -> int:
        return self.total_points // self.moment_width + 1


def compile_event(document: EventDocument) -> CompiledEvent:
    """Pack a document for the kernels.

    Raises ValueError where there is nothing to simulate: no tile, no team, or a team list
    without any player.
    """
    if not document.tiles():
        raise ValueError("board: there is no tile to play for")
    if not any(team.players for team in document.teams.values()):
        raise ValueError("teams: there is no player to play")
    activities = document.activities.items()
    return CompiledEvent(
        document=document,
        digest=document_digest(document),
        team_names=tuple(document.teams),
        player_names=tuple(name for team in document.teams.values() for name in team.players),
        activity_keys=tuple(document.activities),
        tile_keys=tuple(tile.key for _, tile in document.tiles()),
        drops=tuple((key, drop) for key, activity in activities for drop in activity.drop_keys()),
        lines=tuple((key, line.line) for key, activity in activities for line in activity.loot),
    )


class _Compiler:
    """Makes the arrays of an event."""

    def __init__(self, compiled: CompiledEvent):
        self.compiled = compiled
        self.document = document = compiled.document
        self.activity_ix = {key: ix for ix, key in enumerate(compiled.activity_keys)}
        self.drop_ix = {pair: ix for ix, pair in enumerate(compiled.drops)}
        self.players = compiled.player_names
        self.rule_list = [
            (tile_ix, rule) for tile_ix, (_, tile) in enumerate(document.tiles()) for rule in tile.rules
        ]

    def compile(self) -> Pack:
        document = self.document
        activities = self._activities()
        masks = self._masks()
        rules, modifiers, variants, thresholds = self._rules(activities, masks)
        accept_start, accepts = self._accepts()
        tiles, row_start = self._tiles()
        teams, players, sessions = self._teams(masks)
        return EVENT.pack(
            shape=self._shape(),
            **activities.tables(),
            rules=rules,
            rule_figures=np.array(
                [
                    (units(self._activity(rule), rule), mean_seconds(self._activity(rule)))
                    for _, rule in self.rule_list
                ],
                dtype=np.float64,
            ).reshape(-1, Figure.N),
            modifiers=modifiers,
            variants=variants,
            thresholds=thresholds,
            accept_start=accept_start,
            accepts=accepts,
            tiles=tiles,
            row_start=row_start,
            shares=self._shares(),
            players=players,
            masks=masks,
            alone=alone_table(document, self.players, activities, masks, rules, variants, thresholds),
            streams=np.array(
                [[stream_key(name, key) for key in document.activities] for name in self.players],
                dtype=np.uint64,
            ).reshape(len(self.players), len(document.activities)),
            sessions=sessions,
            teams=teams,
            params=np.array(
                [
                    [float(team.strategy.params.get(name, 0)) for name in STRATEGY_PARAMS]
                    for team in document.teams.values()
                ],
                dtype=np.float64,
            ),
        )

    def _activity(self, rule: DocumentRule) -> Activity:
        return self.document.activities[rule.activity]

    def _shape(self) -> np.ndarray:
        shape = np.zeros(Shape.N, dtype=np.int64)
        shape[Shape.DURATION_S] = self.document.duration_s
        shape[Shape.UNLOCK_POINTS] = self.document.unlock_points
        shape[Shape.GROUP_WAIT_S] = self.document.group_wait_minutes * 60
        shape[Shape.TOTAL_POINTS] = self.compiled.total_points
        shape[Shape.MOMENT_WIDTH] = self.compiled.moment_width
        return shape

    def _activities(self) -> ActivityTables:
        tables = ActivityTables(self.drop_ix)
        for key, activity in self.document.activities.items():
            tables.add(key, activity)
        return tables

    def _masks(self) -> np.ndarray:
        """Return int16 [P, U]: bit i where the player has the rule's modifier i, or -1."""
        masks = np.full((len(self.players), len(self.rule_list)), -1, dtype=np.int16)
        for player_ix, name in enumerate(self.players):
            owned = set(self.document.players[name].capabilities)
            for rule_ix, (_, rule) in enumerate(self.rule_list):
                if owned.issuperset(rule.requires):
                    masks[player_ix, rule_ix] = sum(
                        1 << bit
                        for bit, modifier in enumerate(rule.modifiers)
                        if modifier.capability in owned
                    )
        return masks

    def _rules(
        self, activities: ActivityTables, masks: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        rows: list[tuple[int, ...]] = []
        modifiers: list[int] = []
        variants: list[int] = []
        thresholds = Thresholds()
        for rule_ix, (tile_ix, rule) in enumerate(self.rule_list):
            activity = self._activity(rule)
            activity_ix = self.activity_ix[rule.activity]
            variant_start = len(variants)
            n_masks = 1 << len(rule.modifiers)
            used = self._masks_in_use(masks[:, rule_ix], activity)
            looks_ahead = self._pays_to_look(tile_ix, rule)
            for band_rate in activities.band_rates[activity_ix]:
                for mask in range(n_masks):
                    factors = [
                        millionths(modifier.rate)
                        for bit, modifier in enumerate(rule.modifiers)
                        if mask >> bit & 1
                    ]
                    variants.append(
                        thresholds.offset(activity_ix, activity, rule, product_of(band_rate, factors))
                        if mask in used
                        else -1
                    )
            rows.append(
                (
                    tile_ix,
                    activity_ix,
                    len(modifiers),
                    len(modifiers) + len(rule.modifiers),
                    variant_start,
                    int(looks_ahead),
                    int(looks_ahead and activity.group is not None),
                    LANES if activity.group else first_stretch(mean_seconds(activity)),
                )
            )
            modifiers += [millionths(modifier.time) for modifier in rule.modifiers]
        return (
            table(rows, Rule.N),
            table(modifiers),
            table(variants),
            table(thresholds.values),
        )

    def _pays_to_look(self, tile_ix: int, rule: DocumentRule) -> bool:
        """Return whether few attempts matter, or a tile takes so many that most of them change no plan."""
        activity = self._activity(rule)
        tile = self.document.tiles()[tile_ix][1]
        return hit_rate(activity) <= LOOKAHEAD_HIT_RATE or tile.needs >= LOOKAHEAD_STEPS * units(
            activity, rule
        )

    def _masks_in_use(self, column: np.ndarray, activity: Activity) -> set[int]:
        """Return the modifier masks that attempts can have: each player's, and unions in a party."""
        used: set[int] = set()
        start = 0
        for team in self.document.teams.values():
            own = {int(mask) for mask in column[start : start + len(team.players)] if mask >= 0}
            start += len(team.players)
            unions = set(own)
            while activity.group is not None:
                grown = unions | {a | b for a in unions for b in own}
                if grown == unions:
                    break
                unions = grown
            used |= unions
        return used

    def _accepts(self) -> tuple[np.ndarray, np.ndarray]:
        by_drop: list[dict[int, int]] = [{} for _ in self.drop_ix]
        for tile_ix, rule in self.rule_list:
            for drop, weight in rule.drops.items():
                by_drop[self.drop_ix[rule.activity, drop]].setdefault(tile_ix, millionths(weight))
        starts = np.cumsum([0] + [len(tiles) for tiles in by_drop])
        return table(starts), table([pair for tiles in by_drop for pair in sorted(tiles.items())], Accept.N)

    def _tiles(self) -> tuple[np.ndarray, np.ndarray]:
        rows: list[tuple[int, ...]] = []
        n_rules = 0
        for row, tile in self.document.tiles():
            rows.append((row, tile.points, millionths(tile.needs), n_rules, n_rules + len(tile.rules)))
            n_rules += len(tile.rules)
        row_start = np.cumsum([0] + [len(row.tiles) for row in self.document.board])
        return table(rows, Tile.N), table(row_start)

    def _shares(self) -> np.ndarray:
        activities = [{rule.activity for rule in tile.rules} for _, tile in self.document.tiles()]
        shares = [[not mine.isdisjoint(theirs) for theirs in activities] for mine in activities]
        return bit_words(np.array(shares) & ~np.eye(len(activities), dtype=bool))

    def _teams(self, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        teams: list[tuple[int, ...]] = []
        players: list[tuple[int, ...]] = []
        sessions: list[tuple[int, int]] = []
        for team in self.document.teams.values():
            start = len(players)
            classes: dict[bytes, int] = {}
            for name in team.players:
                player = self.document.players[name]
                online = intervals(player, self.document)
                eligible = (masks[len(players)] >= 0).tobytes()
                players.append(
                    (
                        millionths(player.skill),
                        len(sessions),
                        len(sessions) + len(online),
                        classes.setdefault(eligible, len(classes)),
                    )
                )
                sessions += online
            strategy = Strategy[team.strategy.name.name]
            teams.append((start, len(players), strategy, len(classes)))
        return table(teams, Team.N), table(players, Player.N), table(sessions, Session.N)


def first_stretch(seconds: float) -> int:
    """Return how many attempts of so many seconds to draw at first, in whole vectors."""
    return LANES * min(max(round(STRETCH_S / seconds / LANES), 1), LARGEST_STRETCH // LANES)


def bit_words(flags: np.ndarray) -> np.ndarray:
    """Return rows of flags as the bits of uint64 [rows, words], the first as the lowest of the first word."""
    octets = np.packbits(flags, axis=1, bitorder="little")
    return np.pad(octets, ((0, 0), (0, -octets.shape[1] % 8))).view(np.uint64)
