"""The columns of the tables in packs, and the codes and sentinels in them.

An entity is a row of a table and a fact about it a column; ``N`` is how many there are.
"""

from enum import IntEnum

MILLION = 1_000_000
MULTIPLIER_CAP = 10**16  # of products in millionths, so that the next one fits 64 bits
FIXED_POINT = 40  # binary places of a factor
FIXED_POINT_CAP = 1 << 22  # multipliers from here on have no factor

NEVER = -1  # a second that doesn't come
FAR = 1 << 30  # a second after all that come
NO_TABLE = -1  # a time model that needs no table
NO_MIN = (1 << 63) - 1  # the minimum of no second
NO_MAX = -1  # the maximum of no second

LANES = 8  # attempts that are drawn at once
AT_ONCE = 16  # numbers of 32 bits that are compared at once: a line of the processor's cache
LARGEST_STRETCH = 64  # as many as a word has bits
BY_RULE = 0  # as many attempts at a time as the rule says

MOMENTS = 96
TIME_BINS = 256
MOMENT_BINS_MAX = 512

DRAWS = 1 << 32  # how many there are
DURATION_SLOT = 0  # of an attempt's draws
FIRST_ROLL_SLOT = 1


class Strategy(IntEnum):
    """Codes of the strategies; their names in documents are `events.document.StrategyName`."""

    ROW_UNLOCKING = 0
    GREEDY = 1
    COMBO_UNLOCKING = 2
    POINTS_PER_HOUR = 3
    WEIGHTED = 4


class Shortcut(IntEnum):
    """What spares the kernels work; each can be left out, which changes no result."""

    QUICK = 1  # a player or a party alone in their second skips the general step
    AHEAD = 2  # players alone look ahead where most attempts come to nothing
    TOGETHER = 4  # so do those in activities that allow parties
    PROMISE = 8  # what nearly every attempt brings is promised to its tile
    MET_AGAIN = 16  # only states of progress that are met again are remembered


class Shape(IntEnum):
    """Positions in the scalars of an event; a bin of ``moment_hist`` is ``MOMENT_WIDTH`` points."""

    DURATION_S = 0
    UNLOCK_POINTS = 1
    GROUP_WAIT_S = 2
    TOTAL_POINTS = 3
    MOMENT_WIDTH = 4
    N = 5


class Act(IntEnum):
    """Columns of an activity: ``RAW_LO``, ``RAW_N`` the range of whole seconds of an attempt."""

    SOLO = 0
    GROUP_MIN = 1
    GROUP_MAX = 2
    RAW_LO = 3
    RAW_N = 4
    GUIDE = 5
    GUIDE_SHIFT = 6
    TIME_THRESHOLDS = 7
    LINE_START = 8
    LINE_END = 9
    OUTCOME_START = 10
    SIZE_START = 11
    N = 12


class Line(IntEnum):
    """Columns of a loot line: ``SLOT`` its first draw slot, ``STRIDE`` slots a repetition."""

    PER_GROUP = 0
    TIMES = 1
    OUTCOME_START = 2
    OUTCOME_END = 3
    SLOT = 4
    STRIDE = 5
    N = 6


class Outcome(IntEnum):
    """Columns of an outcome: its range in the grants table and its penalty in seconds."""

    GRANT_START = 0
    GRANT_END = 1
    PENALTY_S = 2
    N = 3


class Grant(IntEnum):
    """Columns of a drop that an outcome grants: ``COUNT`` > 1 is a range drawn at ``SLOT``."""

    DROP = 0
    LO = 1
    COUNT = 2
    SLOT = 3
    N = 4


class Size(IntEnum):
    """Columns of a party size of an activity: time multiplier, number of the rate band."""

    TIME = 0
    RATE_BAND = 1
    N = 2


class Rule(IntEnum):
    """Columns of a rule: ``VARIANT`` starts its table (rate band × modifier mask → thresholds)."""

    TILE = 0
    ACTIVITY = 1
    MODIFIER_START = 2
    MODIFIER_END = 3
    VARIANT = 4
    LOOKAHEAD = 5  # 1 where it pays to look ahead
    MEETS = 6  # 1 where it does, and who ends an attempt in the same second may form a party
    STRETCH = 7  # how many attempts to draw at first
    N = 8


class Figure(IntEnum):
    """Columns of what a rule is estimated by: units and seconds of an attempt."""

    UNITS = 0
    SECONDS = 1
    N = 2


class Work(IntEnum):
    """Columns of what a player alone, or a party, does at a rule.

    ``MULTIPLIER`` is that of time in millionths, ``FACTOR`` the same in fixed point (0 where it is too
    large for one). ``QUIET`` draws of the first slot after the duration's, from ``QUIET_FROM`` on, bring
    nothing, or only the usual drop: what all or most attempts bring, one grant of a fixed amount.
    """

    ACTIVITY = 0
    THRESHOLDS = 1  # of a player alone: where those of the activity's outcomes begin
    MULTIPLIER = 2
    FACTOR = 3
    RAW_LO = 4
    RAW_N = 5  # 0 where durations come from a table, or have no factor
    QUIET_FROM = 6
    QUIET = 7
    MORE = 8  # 1 where further slots may bring something
    USUAL_LINE = 9  # NOTHING (-1) where there is no usual drop
    USUAL_DROP = 10
    USUAL_UNITS = 11
    N = 12


class Tile(IntEnum):
    """Columns of a tile: ``NEEDS`` in millionths of a unit."""

    ROW = 0
    POINTS = 1
    NEEDS = 2
    RULE_START = 3
    RULE_END = 4
    N = 5


class Accept(IntEnum):
    """Columns of a tile that accepts a drop: weight in millionths."""

    TILE = 0
    WEIGHT = 1
    N = 2


class Player(IntEnum):
    """Columns of a player: skill in millionths, sessions, class of equal eligibility in the team."""

    SKILL = 0
    SESSION_START = 1
    SESSION_END = 2
    CLASS = 3
    N = 4


class Session(IntEnum):
    """Columns of a session: half open, in seconds of the event."""

    START_S = 0
    END_S = 1
    N = 2


class Team(IntEnum):
    """Columns of a team."""

    PLAYER_START = 0
    PLAYER_END = 1
    STRATEGY = 2
    N_CLASSES = 3
    N = 4


class Param(IntEnum):
    """Columns of the weights of the weighted strategy: `events.document.STRATEGY_PARAMS`."""

    POINTS = 0
    RATE = 1
    UNLOCK = 2
    SHARED = 3
    HOURS = 4
    N = 5


class Mode(IntEnum):
    """What a player is doing."""

    OFFLINE = 0  # until the next session
    RESTING = 1  # a penalty runs
    FREE = 2  # picks in this second
    CHOSEN = 3  # has picked in this pass
    IDLE = 4  # online, with no tile to take
    WAITING = 5  # for a party
    BUSY = 6  # leads an attempt, alone or of a party
    MEMBER = 7  # in a party that another leads
    AHEAD = 8  # has looked ahead, alone or for a party, to the next attempt that brings something


class Seat(IntEnum):
    """Columns of a player's state in a run.

    Whoever looks ahead (a player alone, or the first member for a party) has drawn ``AHEAD_DRAWN``
    attempts, the first of which starts at ``AHEAD_S``. Of these ``AHEAD_FITS`` fit the session and
    ``AHEAD_DONE`` are counted. An attempt under way, or the next one not counted, starts at ``START_S``.
    """

    RULE = 0
    START_S = 1
    SESSION = 2
    ONLINE_UNTIL = 3
    NEXT_MEMBER = 4
    CLOCK_S = 5
    CLOCK_RULE = 6
    LEFT_OUT = 7  # how many activities are left out
    AHEAD_S = 8
    AHEAD_DRAWN = 9
    AHEAD_FITS = 10
    AHEAD_DONE = 11
    USUAL_TARGET = 12  # the row of accepts that the usual drop goes to, by the plan of now
    N = 13


class Run(IntEnum):
    """Columns of a team's scalar state in a run."""

    NODE = 0
    DIRTY = 1  # tiles in the list of those with progress since the last finish
    LAST_ROW = 2
    POINTS = 3
    TILES = 4
    LAST_S = 5
    PLAN_NODE = 6  # the node that the sort keys belong to
    ORDERED = 7  # how many of its tiles are in order
    LEFT_OUT = 8  # 1 where somebody may have left something out
    TRACED = 9
    DUE = 10  # the seat whose attempt, penalty or session ends
    PROMISED = 11  # 1 where somebody may have promised something
    SETTLED = 12  # Settled
    SHORTCUTS = 13  # a sum of Shortcut
    STRETCH = 14  # how many attempts a look ahead draws at first, or BY_RULE
    N = 15


class Settled(IntEnum):
    """Whether promises were settled since the last second, so that others are due sooner than thought."""

    NONE = 0
    LATER = 1
    THIS_SECOND = 2


class Dirty(IntEnum):
    """Rows of what has progressed since the last finish: the tiles one by one, and a flag a tile."""

    TILES = 0
    FLAGS = 1
    N = 2


class Key(IntEnum):
    """Columns of a tile's sort keys: each order has one and, where it ties, a second."""

    TASK = 0
    TASK_TIE = 1
    GRANT = 2
    GRANT_TIE = 3
    N = 4


class Search(IntEnum):
    """Rows of the search for unlocking sets, by depth: what a tile there costs and brings, bounds
    over the tiles from there on, and the sums of the tiles taken before."""

    COST = 0
    POINTS = 1
    LEAST_RATIO = 2  # of cost to points
    POINTS_LEFT = 3
    TAKEN_COST = 4
    TAKEN_POINTS = 5
    N = 6


class Stage(IntEnum):
    """What the search does next with the tile at a depth."""

    TAKE = 0
    PASS_OVER = 1
    LEAVE = 2


class Result(IntEnum):
    """Columns of what a team's run came to."""

    POINTS = 0
    TILES = 1
    ROW = 2
    LAST_S = 3
    N = 4


class Effort(IntEnum):
    """Columns of what was spent on a rule."""

    ATTEMPTS = 0
    PLAYER_SECONDS = 1
    N = 2


class Given(IntEnum):
    """Columns of what became of a drop: units, units with no tile for them, progress beyond needs."""

    UNITS = 0
    WASTED = 1
    LOST = 2
    N = 3


class Marks(IntEnum):
    """Columns of the seconds in which a row opened or a tile finished."""

    COUNT = 0
    SUM = 1
    MIN = 2
    MAX = 3
    N = 4


class Moment(IntEnum):
    """Columns of the points at a moment."""

    SUM = 0
    SUM_OF_SQUARES = 1
    N = 2


class Trace(IntEnum):
    """Kinds of trace records."""

    ATTEMPT = 0  # leader, rule, start, party size
    MEMBER = 1  # player
    ROLL = 2  # player, line, repetition, outcome (-1: nothing)
    GRANT = 3  # player, drop, units, tile (-1: wasted), progress lost
    FINISH = 4  # tile
    UNLOCK = 5  # row


class Record(IntEnum):
    """Columns of a trace record; what its values ``A`` to ``E`` are, its kind says."""

    KIND = 0
    SECOND = 1
    A = 2
    B = 3
    C = 4
    D = 5
    E = 6
    N = 7
