"""The event document as models: what an event consists of, and its limits.

A rule that concerns one part is checked here; what refers from one part to another is checked
in `references`.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
    field_serializer,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from events.document.bounds import MOST_KEYS_OF_A_PART, ProblemBudget
from events.document.durations import Hours, Minutes, Seconds
from events.document.errors import Path, hint, shown
from events.document.local_times import LocalTime
from events.document.rates import Rate, rest_of, too_many
from events.document.values import (
    CLOCK_PATTERN,
    SLUG_PATTERN,
    Exact,
    NumberRange,
    Patterned,
    Scalar,
    SizeRange,
    Text,
    Units,
    Whole,
    Zone,
    plain_number,
    refuse,
)

FORMAT = "bingosim/event@1"
MOST_ROWS = 50
MOST_ROW_TILES = 20
MOST_TILES = 400
MOST_TILE_POINTS = 1_000
MOST_BOARD_POINTS = 20_000
MOST_CAPABILITIES = 1_000
MOST_RULE_DROPS = 1_000
MOST_LINES = 16
MOST_OUTCOMES = 100
MOST_TEAM_PLAYERS = 100
MOST_TEAMS = 32

Name = Annotated[str, Text()]
Multiplier = Annotated[Decimal, Exact(hi=100)]
Weight = Annotated[Decimal, Exact(hi=1000)]

ONE = Decimal(1)


class Part(BaseModel):
    """A part of a document: it does not change, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="wrap")
    @classmethod
    def check_bounds(cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Find no more problems than a document is worth: each takes memory."""
        if isinstance(value, dict) and len(value) > MOST_KEYS_OF_A_PART:
            refuse(f"has {len(value):,} keys, of which it may have {', '.join(cls.model_fields)}")
        try:
            return handler(value)
        except ValidationError as error:
            if isinstance(info.context, ProblemBudget):
                info.context.spend(error.error_count())
            raise

    def refuse_at(self, path: Path, message: str) -> NoReturn:
        """Refuse this part with an error at a place inside it."""
        error = PydanticCustomError("document", "{message}", {"message": message})
        details = InitErrorDetails(type=error, loc=path, input=None)
        raise ValidationError.from_exception_data(type(self).__name__, [details])


class Outcome(Part):
    """One possible result of a roll."""

    rate: Annotated[Fraction, Rate()]
    drops: dict[Name, Annotated[Units, NumberRange(Units, 1, 10**6)]] = Field(default={}, max_length=100)
    penalty_seconds: Annotated[int, Seconds(0, 86_400)] = 0


class Roll(StrEnum):
    """Who rolls a loot line: every member of the party, or the party once."""

    PER_PLAYER = "per_player"
    PER_GROUP = "per_group"


class LootLine(Part):
    """An independent roll of an activity; what its rates leave of 1 is nothing."""

    line: Name
    roll: Roll = Roll.PER_PLAYER
    times: Annotated[int, Whole(1, 100)] = 1
    outcomes: list[Outcome] = Field(min_length=1, max_length=MOST_OUTCOMES)

    @model_validator(mode="after")
    def check_rates(self) -> Self:
        rest = rest_of(outcome.rate for outcome in self.outcomes)
        if rest < 0:
            self.refuse_at(("outcomes",), too_many(rest))
        return self


class TimeModel(StrEnum):
    """How an attempt's seconds are distributed over ``seconds - spread`` to ``seconds + spread``."""

    FIXED = "fixed"
    UNIFORM = "uniform"
    TRIANGULAR = "triangular"
    NORMAL = "normal"


class AttemptTime(Part):
    """How long an attempt takes."""

    seconds: Annotated[int, Seconds(1, 86_400)]
    spread: Annotated[int, Seconds(0, 86_400)] = 0
    model: TimeModel = TimeModel.UNIFORM

    @model_validator(mode="after")
    def check_spread(self) -> Self:
        if self.spread > self.seconds:
            self.refuse_at(("spread",), f"must be at most the {self.seconds:,} seconds, not {self.spread:,}")
        return self


class GroupSize(Part):
    """How many players a party may have."""

    min: Annotated[int, Whole(1, MOST_TEAM_PLAYERS)]
    max: Annotated[int, Whole(1, MOST_TEAM_PLAYERS)]

    @model_validator(mode="after")
    def check_order(self) -> Self:
        if self.min > self.max:
            self.refuse_at(("min",), f"must be at most max, which is {self.max}")
        return self


class SizeBand(Part):
    """Multipliers for parties of some sizes."""

    size: Annotated[SizeRange, NumberRange(SizeRange, 1, MOST_TEAM_PLAYERS)]
    time: Multiplier = ONE
    rate: Multiplier = ONE


class Activity(Part):
    """Something players do: an attempt takes time and rolls loot lines."""

    name: Name
    solo: StrictBool = True
    group: GroupSize | None = None
    attempt: AttemptTime
    loot: list[LootLine] = Field(default=[], max_length=MOST_LINES)
    bands: list[SizeBand] = Field(default=[], max_length=MOST_TEAM_PLAYERS)

    @model_validator(mode="after")
    def check_group(self) -> Self:
        if not self.solo and self.group is None:
            self.refuse_at(("solo",), "must be true where there is no group: nobody could do it")
        bands = sorted(enumerate(self.bands), key=lambda placed: placed[1].size)
        for (_, one), (ix, other) in pairwise(bands):
            if one.size.hi >= other.size.lo:
                self.refuse_at(("bands", ix, "size"), f"another band holds the size {other.size.lo}, too")
        return self

    def drop_keys(self) -> list[str]:
        """Return the keys of all drops, in the order in which they are first mentioned."""
        outcomes = (outcome for line in self.loot for outcome in line.outcomes)
        return list(dict.fromkeys(drop for outcome in outcomes for drop in outcome.drops))


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class PlaySession(Part):
    """A weekly time to play, in the player's time zone."""

    day: Weekday
    start: Annotated[str, Patterned(CLOCK_PATTERN, "a time of day like 18:00")]
    minutes: Annotated[int, Minutes(1, 10_080)]


class Player(Part):
    """A person; without sessions always available."""

    skill: Multiplier = ONE
    capabilities: list[Name] = Field(default=[], max_length=MOST_CAPABILITIES)
    sessions: list[PlaySession] = Field(default=[], max_length=200)
    timezone: Annotated[str, Zone()] | None = None


class Modifier(Part):
    """What a capability changes about a rule's attempts."""

    capability: Name
    time: Multiplier = ONE
    rate: Multiplier = ONE


def drops_with_weights(value: object) -> object:
    """Return the drops of a rule as a mapping; a list means weight 1 each."""
    if isinstance(value, list):
        for drop in value:
            Text().read(drop)
        return dict.fromkeys(value, ONE)
    if not isinstance(value, dict):
        refuse(f"must be a list of drops, or a mapping of drops to weights, not {shown(value)}")
    return value


SomeDrops = Field(min_length=1, max_length=MOST_RULE_DROPS)


class Rule(Part):
    """An activity that may be done for a tile, and which of its drops count how much."""

    activity: Name
    drops: Annotated[
        dict[Name, Weight],
        SomeDrops,
        BeforeValidator(
            drops_with_weights,
            json_schema_input_type=Annotated[list[Name], SomeDrops]
            | Annotated[dict[Name, Weight], SomeDrops],
        ),
    ]
    requires: list[Name] = Field(default=[], max_length=MOST_CAPABILITIES)
    modifiers: list[Modifier] = Field(default=[], max_length=8)

    @field_serializer("drops")
    def write_drops(self, drops: dict[str, Decimal]) -> object:
        if all(weight == 1 for weight in drops.values()):
            return list(drops)
        return {drop: plain_number(weight) for drop, weight in drops.items()}


class Tile(Part):
    """A goal on the board; without a rule nobody can finish it."""

    key: Name
    name: Name
    points: Annotated[int, Whole(1, MOST_TILE_POINTS)]
    needs: Annotated[Decimal, Exact(lo=1, hi=10**9)] = ONE
    rules: list[Rule] = Field(default=[], max_length=20)


class Row(Part):
    """The tiles that become available together."""

    tiles: list[Tile] = Field(max_length=MOST_ROW_TILES)


class StrategyName(StrEnum):
    """The strategies that a team may follow."""

    ROW_UNLOCKING = "row_unlocking"
    GREEDY = "greedy"
    COMBO_UNLOCKING = "combo_unlocking"
    POINTS_PER_HOUR = "points_per_hour"
    WEIGHTED = "weighted"


STRATEGY_PARAMS = ("w_points", "w_rate", "w_unlock", "w_shared", "w_hours")


class StrategyParam(Scalar):
    """The name of one of the weighted strategy's parameters."""

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in STRATEGY_PARAMS:
            close = hint(str(value), STRATEGY_PARAMS)
            refuse(f"unknown parameter{close}; there are {', '.join(STRATEGY_PARAMS)}")
        return value

    def schema(self) -> dict[str, Any]:
        return {"enum": list(STRATEGY_PARAMS)}


ParamValue = Annotated[Decimal, Exact(lo=-(10**6), hi=10**6)]


class StrategySpec(Part):
    """The strategy of a team, with its parameters if it has any."""

    name: StrategyName
    params: dict[Annotated[str, StrategyParam()], ParamValue] = {}

    @model_validator(mode="after")
    def check_params(self) -> Self:
        if self.params and self.name != StrategyName.WEIGHTED:
            self.refuse_at((), f"the strategy {self.name} has no parameters; only weighted has")
        return self

    @model_serializer
    def write(self) -> object:
        if not self.params:
            return str(self.name)
        return {"name": str(self.name)} | {key: plain_number(value) for key, value in self.params.items()}


def unfold_strategy(value: object) -> object:
    """Return a strategy as a file has it (a name, or a mapping of name and parameters) in parts."""
    if isinstance(value, StrategySpec):
        return value
    if isinstance(value, str):
        return {"name": value}
    if not isinstance(value, dict):
        refuse(f"must be the name of a strategy, or a mapping with it, not {shown(value)}")
    params = {key: parameter for key, parameter in value.items() if key != "name"}
    return {key: value[key] for key in ("name",) if key in value} | {"params": params}


STRATEGY_SCHEMA = {
    "anyOf": [
        {"enum": [str(name) for name in StrategyName]},
        {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"enum": [str(name) for name in StrategyName]}},
            "additionalProperties": False,
            "maxProperties": 1,
        },
        {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"const": "weighted"}}
            | {key: {"type": "number", "minimum": -(10**6), "maximum": 10**6} for key in STRATEGY_PARAMS},
            "additionalProperties": False,
        },
    ],
}


class Team(Part):
    """Players who share progress and follow one strategy."""

    strategy: Annotated[StrategySpec, BeforeValidator(unfold_strategy), WithJsonSchema(STRATEGY_SCHEMA)] = (
        StrategySpec(name=StrategyName.ROW_UNLOCKING)
    )
    players: list[Name] = Field(default=[], max_length=MOST_TEAM_PLAYERS)


class EventDocument(Part):
    """An event: what is played, by whom, on which board. The order of everything has meaning."""

    format: Literal["bingosim/event@1"]
    slug: Annotated[str, Patterned(SLUG_PATTERN, "lower-case letters, digits, hyphens and underscores")]
    name: Name
    starts_at: Annotated[datetime, LocalTime()]
    timezone: Annotated[str, Zone()]
    duration_hours: Annotated[Decimal, Hours(1, 60 * 24)]
    unlock_points: Annotated[int, Whole(0, MOST_BOARD_POINTS)] = 5
    group_wait_minutes: Annotated[int, Minutes(0, 1_440)] = 15
    capabilities: dict[Name, Name] = Field(default={}, max_length=MOST_CAPABILITIES)
    activities: dict[Name, Activity] = Field(default={}, max_length=300)
    players: dict[Name, Player] = Field(default={}, max_length=MOST_TEAMS * MOST_TEAM_PLAYERS)
    board: list[Row] = Field(default=[], max_length=MOST_ROWS)
    teams: dict[Name, Team] = Field(default={}, max_length=MOST_TEAMS)

    @property
    def duration_s(self) -> int:
        """The event's length in seconds."""
        return int(self.duration_hours * 3600)

    def tiles(self) -> list[tuple[int, Tile]]:
        """Return every tile with the number of its row, in board order."""
        return [(number, tile) for number, row in enumerate(self.board) for tile in row.tiles]
