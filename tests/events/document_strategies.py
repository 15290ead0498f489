"""Documents that hypothesis makes up: every shape that a file may have, within small sizes."""

from typing import Any

from hypothesis import strategies as st

from events.document import STRATEGY_PARAMS

Data = dict[str, Any]

# Names that readers of YAML could take for something else.
ODD_NAMES = [
    "%",
    "@",
    "`",
    "?",
    "<<",
    "2026-03-06",
    "on",
    "yes",
    "~",
    "null",
    "18:00",
    "3",
    "0x1F",
    "1e3",
    "-",
    "- a",
    "a: b",
    "a #b",
    "*x",
    "&x",
    "!x",
    "[",
    "{a}",
]
names = st.one_of(
    st.sampled_from([*ODD_NAMES, "'", '"', "a'b", "Ünï 龍", "\U0001f409"]),
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=80).filter(
        lambda text: text == text.strip()
    ),
)


def decimals(low: int, high: int) -> st.SearchStrategy[Any]:
    """Exact decimals of at most 6 places, as a float with the same spelling or a whole number."""
    return st.integers(low, high).map(lambda n: n // 10**6 if n % 10**6 == 0 else n / 10**6)


multipliers = decimals(1, 100 * 10**6)


def ranges(low: int, high: int) -> st.SearchStrategy[Any]:
    """Whole numbers and ranges of them."""
    pair = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
    return pair.map(lambda ends: ends[0] if ends[0] == ends[1] else f"{ends[0]}-{ends[1]}")


def unique(values: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[list[Any]]:
    """Lists without repetitions."""
    return st.lists(values, max_size=most, unique=True)


@st.composite
def outcomes(draw: st.DrawFn) -> list[Data]:
    """Outcomes whose rates sum to at most 1."""
    parts = draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=4))
    whole = sum(parts) + draw(st.sampled_from([0, 1, 10**9]))
    return [
        {"rate": f"{part}/{whole}", "drops": draw(st.dictionaries(names, ranges(1, 10**6), max_size=3))}
        | draw(st.sampled_from([{}, {"penalty_seconds": 90}]))
        for part in parts
    ]


@st.composite
def activities(draw: st.DrawFn) -> Data:
    """An activity with a few loot lines, with or without a group and bands."""
    seconds = draw(st.integers(1, 86_400))
    lines = draw(unique(names, 2))
    data: Data = {
        "name": draw(names),
        "attempt": {"seconds": seconds, "spread": draw(st.integers(0, seconds))},
        "loot": [{"line": line, "outcomes": draw(outcomes())} for line in lines],
    }
    data["attempt"]["model"] = draw(st.sampled_from(["fixed", "uniform", "triangular", "normal"]))
    for line in data["loot"]:
        line |= {
            "times": draw(st.integers(1, 100)),
            "roll": draw(st.sampled_from(["per_player", "per_group"])),
        }
    if draw(st.booleans()):
        low, high = sorted((draw(st.integers(1, 100)), draw(st.integers(1, 100))))
        data |= {"solo": draw(st.booleans()), "group": {"min": low, "max": high}}
        data["bands"] = [{"size": "6-8", "rate": draw(multipliers)}, {"size": 2, "time": draw(multipliers)}]
    return data


@st.composite
def players(draw: st.DrawFn, capabilities: list[str]) -> Data:
    """A player with some of the capabilities and a few sessions."""
    sessions = st.fixed_dictionaries(
        {
            "day": st.sampled_from(["mon", "sat", "sun"]),
            "start": st.sampled_from(["00:00", "18:30", "23:59"]),
            "minutes": st.integers(1, 10_080),
        }
    )
    data = {"skill": draw(multipliers), "sessions": draw(st.lists(sessions, max_size=2))}
    if capabilities:
        data["capabilities"] = draw(unique(st.sampled_from(capabilities), 3))
    return data | draw(st.sampled_from([{}, {"timezone": "Europe/Berlin"}]))


@st.composite
def rules(draw: st.DrawFn, event: Data) -> Data:
    """A rule on one of the event's activities that grant anything."""
    key = draw(st.sampled_from(granting(event)))
    drops = draw(st.lists(st.sampled_from(granted(event, key)), min_size=1, max_size=3, unique=True))
    data: Data = {"activity": key, "drops": drops}
    if draw(st.booleans()):
        data["drops"] = {drop: draw(decimals(1, 1000 * 10**6)) for drop in drops}
    if capabilities := list(event["capabilities"]):
        data["requires"] = draw(unique(st.sampled_from(capabilities), 2))
        rewarded = draw(unique(st.sampled_from(capabilities), 2))
        data["modifiers"] = [{"capability": name, "time": draw(multipliers)} for name in rewarded]
    return data


def granted(event: Data, key: str) -> list[str]:
    """The drops of an activity."""
    lines = event["activities"][key]["loot"]
    return sorted({drop for line in lines for outcome in line["outcomes"] for drop in outcome["drops"]})


def granting(event: Data) -> list[str]:
    """The activities that grant any drop."""
    return [key for key in event["activities"] if granted(event, key)]


@st.composite
def boards(draw: st.DrawFn, event: Data) -> list[Data]:
    """Up to 3 rows of up to 3 tiles."""
    keys = iter(draw(st.lists(names, min_size=9, max_size=9, unique=True)))
    rows: list[Data] = [{"tiles": []} for _ in range(draw(st.integers(0, 3)))]
    for row in rows:
        for _ in range(draw(st.integers(0, 3))):
            tile: Data = {"key": next(keys), "name": draw(names), "points": draw(st.integers(1, 1000))}
            tile["needs"] = draw(decimals(10**6, 10**15))
            if granting(event):
                tile["rules"] = draw(st.lists(rules(event), max_size=2))
            row["tiles"].append(tile)
    return rows


@st.composite
def event_data(draw: st.DrawFn) -> Data:
    """The plain data of a valid document."""
    event: Data = {
        "format": "bingosim/event@1",
        "slug": draw(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,79}", fullmatch=True)),
        "name": draw(names),
        "starts_at": draw(
            st.sampled_from(["2026-03-06T18:00:00", "2026-03-08T02:30:00", "2099-12-31T23:59:59"])
        ),
        "timezone": draw(st.sampled_from(["UTC", "America/New_York", "Australia/Lord_Howe"])),
        "duration_hours": draw(
            st.integers(3600, 5_184_000).filter(lambda s: s % 9 == 0).map(lambda s: s / 3600)
        ),
        "unlock_points": draw(st.integers(0, 20_000)),
        "group_wait_minutes": draw(st.integers(0, 1440)),
        "capabilities": draw(st.dictionaries(names, names, max_size=3)),
        "activities": draw(st.dictionaries(names, activities(), max_size=3)),
    }
    event["players"] = draw(st.dictionaries(names, players(list(event["capabilities"])), max_size=4))
    event["board"] = draw(boards(event))
    params = st.dictionaries(st.sampled_from(STRATEGY_PARAMS), decimals(-(10**12), 10**12))
    strategies = st.one_of(
        st.sampled_from(["row_unlocking", "greedy", "combo_unlocking", "points_per_hour"]),
        params.map(lambda given: {"name": "weighted"} | given),
    )
    members = list(event["players"])
    event["teams"] = {
        name: {"strategy": draw(strategies), "players": members[number::2]}
        for number, name in enumerate(draw(unique(names, 2)))
    }
    return event
