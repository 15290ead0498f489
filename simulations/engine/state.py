"""What a kernel works on: a team's plans, its state in one run, and what its runs add up to."""

import numpy as np

from .compile import CompiledEvent
from .draws import WORD_STEP, mix_int
from .layout import (
    AT_ONCE,
    FAR,
    LARGEST_STRETCH,
    MOMENTS,
    NO_MAX,
    NO_MIN,
    TIME_BINS,
    Dirty,
    Effort,
    Given,
    Key,
    Marks,
    Moment,
    Record,
    Result,
    Run,
    Search,
    Seat,
    Team,
    Work,
)
from .packs import Field, Layout, Pack

PLAN_MEMORY_BYTES = 96 << 20
MAX_NODES = 1 << 16
MET_SLOTS = 1 << 16
WORD_BITS = 64
SEARCH_DEPTHS = 32
"""More than a row has tiles."""
UNKNOWN = -2
NOTHING = -1
FINISHED = -2.0


PLANS = Layout(
    "Plans",
    steps=Field(np.float64, 0),  # [nodes, rules]
    hashes=Field(np.uint64),  # [nodes]
    table=Field(np.int32),  # hash table of nodes, a power of two long; 0 empty
    met=Field(np.uint32),  # [MET_SLOTS]: halves of hashes of states that were met once
    nodes=Field(np.int32, 0),  # [nodes, …]: target and child by drop, then the rule by class
    count=Field(np.int64),  # [1]: nodes in use, the scratch node included
    keys=Field(np.float64, Key.N),  # [tiles]: sort keys of one node
    order=Field(np.int64),  # [tiles]: its first tiles in task order, as far as asked for
    placed=Field(np.uint8),  # [tiles]: which they are
    estimates=Field(np.float64),  # [tiles] seconds
    search=Field(np.float64, SEARCH_DEPTHS),  # [Search.N]
    stages=Field(np.int64),  # [SEARCH_DEPTHS]: Stage
    chosen=Field(np.int64),  # [tiles]: its outcome, 1 if the tile is in the set
)
"""A team's memory of plans: a node for each state of progress it has met twice.

Row 0 is the scratch node, used for states that no longer fit. A node's key is ``steps``: for
every rule the attempts that its tile still takes (`events.estimates.steps`), or ``FINISHED``.
Whatever a node holds is a function of its key alone.
"""

TEAM_RUN = Layout(
    "TeamRun",
    run=Field(np.int64),  # Run
    seats=Field(np.int64, Seat.N),  # a row a player
    mode=Field(np.int64),  # [seats]: Mode
    next_s=Field(np.int32),  # [seats, up to a multiple of AT_ONCE]: when something happens to them
    counts=Field(np.int64, 0),  # [seats, activities]: attempts finished
    starts=Field(np.uint64, 0),  # [seats, activities]: stream starts
    left_out=Field(np.uint8, 0),  # [seats, activities]
    progress=Field(np.int64),  # [tiles] millionths
    finish_s=Field(np.int64),  # [tiles]
    unfinished=Field(np.uint64),  # [words]: a bit for each tile that is not finished
    opened_s=Field(np.int64),  # [rows]
    row_points=Field(np.int64),  # [rows]
    dirty=Field(np.int64, 0),  # [Dirty.N, tiles]
    together=Field(np.int64, Work.N),  # [seats]: what the party does that a player leads
    ends=Field(np.int32, 0),  # [seats, LARGEST_STRETCH]: ends of the attempts looked ahead, since AHEAD_S
    hits=Field(np.uint64),  # [seats]: a bit for each of them that matters and is to come
    usual=Field(np.uint64),  # [seats]: a bit for each that brings only the usual drop
    promised=Field(np.uint64),  # [seats]: which of these are promised to a tile, and no hits therefore
    usual_drop=Field(np.int64, 2),  # [seats]: the usual drop and its units, where there are such bits
    promises=Field(np.int64),  # [tiles] millionths: what is promised to them
)
"""One team's state in one run; filled and reset by the kernel."""

TALLY = Layout(
    "Tally",
    effort=Field(np.int64, Effort.N),  # [rules]
    drops=Field(np.int64, Given.N),
    tile_opened_row=Field(np.int64),  # [tiles]
    trace=Field(np.int64, Record.N),  # no row: no trace
    bins=Field(np.int64, TIME_BINS),  # [rows + tiles]: seconds of opening and finishing
    marks=Field(np.int64, Marks.N),  # [rows + tiles]: those seconds
    moments=Field(np.int64, Moment.N),  # [MOMENTS]
    moment_hist=Field(np.int64, 0),  # [MOMENTS, bins of points]
    gained=Field(np.int64),  # [MOMENTS + 1]: work space
    hash_keys=Field(np.uint64),  # [Result.N + rows + tiles]: the digest's multipliers for this team
)
"""What a team's runs add up to (`Summary` has the meaning of each array)."""


def new_plans(compiled: CompiledEvent, team: int, max_nodes: int = MAX_NODES) -> Pack:
    """Allocate the plan memory of a team, within ``PLAN_MEMORY_BYTES`` for all teams together."""
    n_tiles, n_rules, n_drops = compiled.n_tiles, len(compiled.event.rules), len(compiled.drops)
    n_classes = int(compiled.event.teams[team, Team.N_CLASSES])
    width = whole(2 * (n_drops + 1) + n_classes, AT_ONCE)
    node_bytes = 8 * n_rules + 4 * width + 24
    affordable = PLAN_MEMORY_BYTES // compiled.n_teams // node_bytes
    n_nodes = max(1, min(max_nodes, affordable)) + 1
    return PLANS.pack(
        steps=np.empty((n_nodes, n_rules)),
        hashes=np.zeros(n_nodes, dtype=np.uint64),
        table=np.zeros(1 << (2 * n_nodes).bit_length(), dtype=np.int32),
        met=np.zeros(MET_SLOTS, dtype=np.uint32),
        nodes=aligned_rows(n_nodes, width),
        count=np.ones(1, dtype=np.int64),
        keys=np.zeros((n_tiles, Key.N)),
        order=np.zeros(n_tiles, dtype=np.int64),
        placed=np.zeros(n_tiles, dtype=np.uint8),
        estimates=np.zeros(n_tiles),
        search=np.zeros((Search.N, SEARCH_DEPTHS)),
        stages=np.zeros(SEARCH_DEPTHS, dtype=np.int64),
        chosen=np.zeros(n_tiles, dtype=np.int64),
    )


def whole(number: int, unit: int) -> int:
    """Return a number rounded up to a multiple of a unit."""
    return -(-number // unit) * unit


def aligned_rows(n_rows: int, width: int) -> np.ndarray:
    """Allocate rows of whole lines of the processor's cache."""
    items = np.empty(n_rows * width + AT_ONCE, dtype=np.int32)
    skip = -items.ctypes.data % (AT_ONCE * items.itemsize) // items.itemsize
    return items[skip : skip + n_rows * width].reshape(n_rows, width)


def new_team_run(compiled: CompiledEvent, team: int) -> Pack:
    """Allocate the state of one team."""
    facts = compiled.event.teams[team]
    n_players = int(facts[Team.PLAYER_END] - facts[Team.PLAYER_START])
    n_activities, n_tiles = len(compiled.activity_keys), compiled.n_tiles
    return TEAM_RUN.pack(
        run=np.zeros(Run.N, dtype=np.int64),
        seats=np.zeros((n_players, Seat.N), dtype=np.int64),
        mode=np.zeros(n_players, dtype=np.int64),
        next_s=np.full(whole(n_players, AT_ONCE), FAR, dtype=np.int32),
        counts=np.zeros((n_players, n_activities), dtype=np.int64),
        starts=np.zeros((n_players, n_activities), dtype=np.uint64),
        left_out=np.zeros((n_players, n_activities), dtype=np.uint8),
        progress=np.zeros(n_tiles, dtype=np.int64),
        finish_s=np.zeros(n_tiles, dtype=np.int64),
        unfinished=np.zeros(compiled.event.shares.shape[1], dtype=np.uint64),
        opened_s=np.zeros(compiled.n_rows, dtype=np.int64),
        row_points=np.zeros(compiled.n_rows, dtype=np.int64),
        dirty=np.zeros((Dirty.N, n_tiles), dtype=np.int64),
        together=np.zeros((n_players, Work.N), dtype=np.int64),
        ends=np.zeros((n_players, LARGEST_STRETCH), dtype=np.int32),
        hits=np.zeros(n_players, dtype=np.uint64),
        usual=np.zeros(n_players, dtype=np.uint64),
        promised=np.zeros(n_players, dtype=np.uint64),
        usual_drop=np.zeros((n_players, 2), dtype=np.int64),
        promises=np.zeros(n_tiles, dtype=np.int64),
    )


def new_tally(compiled: CompiledEvent, team: int, trace_capacity: int = 0) -> Pack:
    """Allocate a team's tally of no run."""
    n_marks = compiled.n_rows + compiled.n_tiles
    marks = np.zeros((n_marks, Marks.N), dtype=np.int64)
    marks[:, Marks.MIN], marks[:, Marks.MAX] = NO_MIN, NO_MAX
    return TALLY.pack(
        effort=np.zeros((len(compiled.event.rules), Effort.N), dtype=np.int64),
        drops=np.zeros((len(compiled.drops), Given.N), dtype=np.int64),
        tile_opened_row=np.zeros(compiled.n_tiles, dtype=np.int64),
        trace=np.zeros((trace_capacity, Record.N), dtype=np.int64),
        bins=np.zeros((n_marks, TIME_BINS), dtype=np.int64),
        marks=marks,
        moments=np.zeros((MOMENTS, Moment.N), dtype=np.int64),
        moment_hist=np.zeros((MOMENTS, compiled.n_moment_bins), dtype=np.int64),
        gained=np.zeros(MOMENTS + 1, dtype=np.int64),
        hash_keys=hash_keys(compiled, team),
    )


def hash_keys(compiled: CompiledEvent, team: int) -> np.ndarray:
    """Return uint64 [Result.N + rows + tiles]: the multipliers of a team's values in a run's digest."""
    n_values = Result.N + compiled.n_rows + compiled.n_tiles
    return np.array(
        [mix_int((team * n_values + j + 1) * WORD_STEP) for j in range(n_values)], dtype=np.uint64
    )
