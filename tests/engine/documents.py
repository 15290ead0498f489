"""Event documents for tests: factories for small ones, and strategies that make up whole ones."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from events.document import EventDocument, StrategyName, TimeModel, Weekday, parse_document

Data = dict[str, Any]

# A Monday at noon: sessions in tests are counted from here.
START = datetime.fromisoformat("2026-06-01T12:00:00")


def an_outcome(rate: object = 1, **drops: object) -> Data:
    """Return an outcome that grants ``drops``."""
    return {"rate": rate, "drops": drops}


def a_line(*outcomes: Data, line: str = "main", **fields: object) -> Data:
    """Return a loot line; without outcomes it grants one ``kill`` every time."""
    return {"line": line, "outcomes": list(outcomes) or [an_outcome(kill=1)], **fields}


def an_activity(seconds: int = 60, *loot: Data, **fields: object) -> Data:
    """Return an activity with fixed seconds; without loot an attempt grants one ``kill``."""
    attempt = {"seconds": seconds, "model": "fixed"}
    return {"name": "Activity", "attempt": attempt, "loot": list(loot) or [a_line()], **fields}


def a_raid(seconds: int = 60, *loot: Data, size: tuple[int, int] = (2, 2), **fields: object) -> Data:
    """Return an activity that nobody can do alone."""
    return an_activity(seconds, *loot, solo=False, group={"min": size[0], "max": size[1]}, **fields)


def a_rule(activity: str = "boss", drops: object = ("kill",), **fields: object) -> Data:
    """Return a rule; ``drops`` is a sequence, or a mapping to weights."""
    return {"activity": activity, "drops": drops if isinstance(drops, dict) else list(drops), **fields}  # type: ignore[call-overload]


def a_tile(key: str, *rules: Data | str, points: int = 1, needs: object = 1, **fields: object) -> Data:
    """Return a tile; a rule given as text counts every kill of that activity."""
    full = [a_rule(rule) if isinstance(rule, str) else rule for rule in rules]
    return {"key": key, "name": key, "points": points, "needs": needs, "rules": full, **fields}


def a_player(*sessions: Data, **fields: object) -> Data:
    """Return a player, always available without sessions."""
    return {"sessions": list(sessions), **fields}


def online(start_minute: int, minutes: int, start: datetime = START) -> Data:
    """Return the session that starts so many minutes after the event's start."""
    begin = start + timedelta(minutes=start_minute)
    return {"day": list(Weekday)[begin.weekday()], "start": f"{begin:%H:%M}", "minutes": minutes}


def an_event(board: list[list[Data]], players: dict[str, Data], **fields: object) -> EventDocument:
    """Return an event of an hour, by default of one team that has all players."""
    data: Data = {
        "format": "bingosim/event@1",
        "slug": "small",
        "name": "Small event",
        "starts_at": START.isoformat(),
        "timezone": "UTC",
        "duration_hours": 1,
        "unlock_points": 1,
        "capabilities": {"quest": "Quest", "item": "Item", "level": "Level"},
        "activities": {"boss": an_activity()},
        "players": players,
        "board": [{"tiles": tiles} for tiles in board],
        "teams": {"Team": {"players": list(players)}},
    }
    return parse_document(data | fields)


# Whole documents made up by hypothesis. They stay small: a run has some hundred attempts.

ATTEMPTS_A_RUN = 500
CAPABILITIES = ("quest", "item", "level")
DROPS = ("coins", "kill", "unique")
PLAYERS = ["Zoë", *(f"Player {number}" for number in range(2, 16))]
STARTS = (
    ("UTC", "2026-06-01T12:00:00"),
    ("America/New_York", "2026-03-06T18:00:00"),
    ("America/New_York", "2026-03-07T22:00:00"),
    ("America/New_York", "2026-10-31T22:00:00"),
    ("Europe/London", "2026-03-28T22:00:00"),
    ("Europe/London", "2026-10-24T22:00:00"),
    ("Australia/Lord_Howe", "2026-04-04T22:00:00"),
    ("Australia/Lord_Howe", "2026-10-03T22:00:00"),
)
MULTIPLIERS = st.sampled_from(["1", "0.5", "0.85", "0.999999", "1.15", "1.333333", "2"]).map(Decimal)
RATE_MULTIPLIERS = st.sampled_from(["0.000001", "0.5", "1", "1.05", "1.333333", "3", "100"]).map(Decimal)
WEIGHTS = st.sampled_from(["0.25", "0.333333", "0.5", "1", "1", "1.5", "3"]).map(Decimal)
NEEDS = st.sampled_from(["1", "2", "3", "7.333333", "12", "30", "150", "1000"]).map(Decimal)


@st.composite
def event_documents(draw: DrawFn) -> EventDocument:
    """Make up a small event in which every rule of the model can come to bear."""
    zone, starts_at = draw(st.sampled_from(STARTS))
    hours = draw(st.sampled_from(["1", "1.5", "4", "11.0025", "30", "72"]).map(Decimal))
    start = datetime.fromisoformat(starts_at)
    players = draw(teams_of_players(start, hours, zone))
    seconds = max(1, online_seconds(players, hours) // ATTEMPTS_A_RUN)
    in_step = draw(st.booleans())
    activities = {
        f"activity-{number}": draw(activity_data(seconds, in_step))
        for number in range(draw(st.integers(1, 5)))
    }
    names = list(players)
    return parse_document(
        {
            "format": "bingosim/event@1",
            "slug": "made-up",
            "name": "Made-up event",
            "starts_at": starts_at,
            "timezone": zone,
            "duration_hours": hours,
            "unlock_points": draw(st.sampled_from([1, 2, 3, 4, 5, 0, 20_000])),
            "group_wait_minutes": draw(st.sampled_from([0, 1, 15, 90, 1440])),
            "capabilities": {key: key.title() for key in CAPABILITIES},
            "activities": activities,
            "players": players,
            "board": draw(board_data(activities)),
            "teams": draw(teams_data(names)),
        }
    )


@st.composite
def teams_of_players(draw: DrawFn, start: datetime, hours: Decimal, zone: str) -> dict[str, Data]:
    """Make up players; many share their sessions, so that they start in the same second."""
    pool = draw(st.lists(session_data(start, hours), min_size=1, max_size=2))
    pool += [session | {"minutes": draw(st.integers(1, 600))} for session in pool]
    zones = st.sampled_from([None, None, None, zone, "Asia/Kathmandu", "America/Los_Angeles"])
    players = {}
    for name in PLAYERS[: draw(st.sampled_from([2, 3, 4, 5, 6, 8, 10, 15, 1]))]:
        fields: Data = {
            "skill": draw(st.one_of(st.just(Decimal(1)), MULTIPLIERS)),
            "capabilities": draw(st.lists(st.sampled_from(CAPABILITIES), unique=True)),
            "sessions": draw(st.lists(st.sampled_from(pool), max_size=2)),
        }
        timezone = draw(zones)
        players[name] = fields | ({"timezone": timezone} if timezone else {})
    return players


@st.composite
def session_data(draw: DrawFn, start: datetime, hours: Decimal) -> Data:
    """Make up a session that mostly falls into the event, and often into its first night."""
    night = datetime.combine(start.date() + timedelta(days=1), datetime.min.time())
    quarters = draw(st.integers(-2, 4 * int(hours)))
    begin = (night if draw(st.booleans()) else start) + timedelta(minutes=15 * quarters)
    minutes = draw(st.one_of(st.integers(1, 90), st.sampled_from([240, 1440, 10_080])))
    return {"day": list(Weekday)[begin.weekday()], "start": f"{begin:%H:%M}", "minutes": minutes}


def online_seconds(players: dict[str, Data], hours: Decimal) -> int:
    """Return about how long all players together are online."""
    duration_s = int(hours * 3600)
    sessions = [
        min(duration_s, sum(session["minutes"] * 60 for session in player["sessions"])) or duration_s
        for player in players.values()
    ]
    return sum(sessions)


@st.composite
def activity_data(draw: DrawFn, seconds: int, in_step: bool) -> Data:
    """Make up an activity; all those in step take multiples of the same fixed time."""
    length = min(86_400, seconds * draw(st.sampled_from([1, 1, 2, 3])))
    model = TimeModel.FIXED if in_step else draw(st.sampled_from(TimeModel))
    spread = 0 if in_step else draw(st.one_of(st.just(0), st.integers(0, min(length, 2000))))
    low = draw(st.integers(1, 3))
    group = draw(st.sampled_from([{"min": low, "max": low + draw(st.integers(0, 3))}, None]))
    return {
        "name": "Activity",
        "attempt": {"seconds": length, "spread": spread, "model": model},
        "solo": draw(st.booleans()) if group else True,
        "loot": [draw(line_data(number)) for number in range(draw(st.integers(1, 3)))],
        "bands": draw(bands_data()),
        **({"group": group} if group else {}),
    }


@st.composite
def line_data(draw: DrawFn, number: int) -> Data:
    """Make up a loot line, its rates often adding up to exactly 1. The first line always grants."""
    parts = draw(st.sampled_from([1, 2, 3, 7, 16, 40, 1000]))
    left, outcomes = parts, []
    for position in range(draw(st.integers(1, 4))):
        share = draw(st.one_of(st.just(left), st.integers(1, left)))
        must_grant = number == 0 and position == 0
        outcomes.append(draw(outcome_data(f"{share}/{parts}", must_grant)))
        left -= share
        if not left:
            break
    roll = draw(st.sampled_from(["per_player", "per_group"]))
    return {
        "line": f"line-{number}",
        "roll": roll,
        "times": draw(st.sampled_from([1, 1, 1, 2, 5])),
        "outcomes": outcomes,
    }


@st.composite
def outcome_data(draw: DrawFn, rate: str, must_grant: bool) -> Data:
    units = st.one_of(st.integers(1, 3), st.sampled_from(["1-2", "1-3", "50-100"]))
    drops = draw(st.dictionaries(st.sampled_from(DROPS), units, min_size=int(must_grant), max_size=2))
    penalty = draw(st.sampled_from([0] * 12 + [1, 90, 3600, 20_000]))
    return {"rate": rate, "drops": drops, "penalty_seconds": penalty}


@st.composite
def bands_data(draw: DrawFn) -> list[Data]:
    """Make up size bands, the size of a player alone among them."""
    sizes = draw(st.lists(st.sampled_from([1, 2, "3-4", "5-100"]), unique=True))
    return [{"size": size, "time": draw(MULTIPLIERS), "rate": draw(RATE_MULTIPLIERS)} for size in sizes]


@st.composite
def board_data(draw: DrawFn, activities: dict[str, Data]) -> list[Data]:
    rows = draw(st.lists(st.integers(1, 4), min_size=draw(st.integers(1, 4)), max_size=4))
    return [
        {"tiles": [draw(tile_data(f"tile-{row}-{position}", activities)) for position in range(n_tiles)]}
        for row, n_tiles in enumerate(rows)
    ]


@st.composite
def tile_data(draw: DrawFn, key: str, activities: dict[str, Data]) -> Data:
    n_rules = draw(st.sampled_from([1, 1, 1, 2, 3, 0]))
    return {
        "key": key,
        "name": key,
        "points": draw(st.sampled_from([1, 1, 2, 2, 3, 4, 1000])),
        "needs": draw(NEEDS),
        "rules": [draw(rule_data(activities)) for _ in range(n_rules)],
    }


@st.composite
def rule_data(draw: DrawFn, activities: dict[str, Data]) -> Data:
    activity = draw(st.sampled_from(list(activities)))
    outcomes = (outcome for line in activities[activity]["loot"] for outcome in line["outcomes"])
    granted = sorted({drop for outcome in outcomes for drop in outcome["drops"]})
    accepted = draw(st.lists(st.sampled_from(granted), unique=True, min_size=1))
    weighted = draw(st.booleans())
    held = st.sampled_from(CAPABILITIES)
    modifiers = draw(st.lists(held, unique=True, max_size=2))
    return {
        "activity": activity,
        "drops": {drop: draw(WEIGHTS) for drop in accepted} if weighted else accepted,
        "requires": draw(st.sampled_from([[], [], [], ["quest"], ["item", "level"]])),
        "modifiers": [
            {"capability": key, "time": draw(MULTIPLIERS), "rate": draw(RATE_MULTIPLIERS)}
            for key in modifiers
        ],
    }


@st.composite
def teams_data(draw: DrawFn, players: list[str]) -> Data:
    """Deal the players out to teams of at most five, unless there are too few for that."""
    fewest = (len(players) + 4) // 5
    n_teams = draw(st.integers(fewest, min(3, fewest + 1, len(players))))
    order = draw(st.permutations(players))
    return {
        f"Team {number}": {"strategy": draw(strategy_data()), "players": list(order[number::n_teams])}
        for number in range(n_teams)
    }


def strategy_data() -> SearchStrategy[object]:
    """Make up a team's strategy, one in two being the weighted one with parameters."""
    params = st.sampled_from(["w_points", "w_rate", "w_unlock", "w_shared", "w_hours"])
    values = st.sampled_from(["-2", "-0.5", "0", "0.333333", "1", "40"]).map(Decimal)
    weighted = st.dictionaries(params, values).map(lambda chosen: {"name": "weighted", **chosen})
    return st.one_of(st.sampled_from([str(name) for name in StrategyName]), weighted)
