"""Made-up events of long grinds: most attempts come to nothing, or to the same, so the engine looks ahead."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from events.document import EventDocument, StrategyName, TimeModel
from tests.engine.documents import (
    a_line,
    a_player,
    a_raid,
    a_rule,
    a_tile,
    an_activity,
    an_event,
    an_outcome,
    online,
)

SKILLS = st.sampled_from(["1", "0.5", "0.850001", "1.000001", "1.333333", "4.194303", "4.194304", "7"])
MULTIPLIERS = st.sampled_from(["0.5", "0.999999", "1.333333", "3"]).map(Decimal)
ROLLS: SearchStrategy[str] = st.sampled_from(["per_player", "per_group"])
USUAL = st.sampled_from(["1", "399/400", "0.8"])
RARE = st.sampled_from(["1/500", "1/64", "1/30", "1/9", "1/5"])


def grinds_in_step(
    group_wait_minutes: int, seconds: tuple[int, int] = (60, 60), n_players: int = 7
) -> EventDocument:
    """Return an event of rows that are grinds and raids by turns; the grinds end in the same seconds.

    Whoever ends an attempt in the very second in which a grind is finished may join the raid.
    """
    players = {f"Player {n}": a_player() for n in range(n_players)}
    for name in ("Player 1", "Player 5"):
        players[name] |= {"capabilities": ["quest"]}
    loot = a_line(an_outcome("1/8", kill=1))
    fast, slow = (an_activity(length, loot) for length in seconds)
    grind = [a_rule("fast", requires=["quest"]), a_rule("slow")]
    board = [
        [a_tile(f"tile-{row}", *(["raid"] if row % 2 else grind), points=2, needs=1 + row % 3)]
        for row in range(12)
    ]
    return an_event(
        board,
        players,
        activities={"fast": fast, "slow": slow, "raid": a_raid(90, size=(2, 3))},
        teams={
            "Three": {"players": list(players)[:3], "strategy": "greedy"},
            "Four": {"players": list(players)[3:], "strategy": "row_unlocking"},
        },
        unlock_points=2,
        group_wait_minutes=group_wait_minutes,
        duration_hours=4,
    )


def parties_in_step(group_wait_minutes: int, solo: bool) -> EventDocument:
    """Return an event of parties whose attempts end at full minutes, when others come online, too.

    Two of the nine players grind alone by turns, half as long, and join the parties meanwhile. Another turns
    to them late in a second, having found nobody for a raid.
    """
    sessions = [online(7 * n, 35 + 13 * n) for n in range(9)]
    players = {f"Player {n}": a_player(sessions[n]) for n in range(9)}
    for n, capability in {2: "quest", 6: "item", 4: "level"}.items():
        players[f"Player {n}"] |= {"capabilities": [capability]}
    rare = an_activity(60, a_line(an_outcome("1/40", kill=1)))
    parties = {"group": {"min": 2, "max": 3}, "solo": solo}
    board = [
        [
            a_tile(f"together-{row}", "together", points=2, needs=1 + row % 2),
            a_tile(f"alone-{row}", a_rule("alone", requires=[("quest", "item")[row % 2]]), points=3),
        ]
        for row in range(8)
    ]
    board[0].append(a_tile("raid", a_rule("raid", requires=["level"]), points=9))
    return an_event(
        board,
        players,
        activities={
            "raid": a_raid(90),
            "together": rare | parties,
            "alone": an_activity(30, a_line(an_outcome("1/30", kill=1))),
        },
        teams={"Team": {"players": list(players), "strategy": "greedy"}},
        unlock_points=2,
        group_wait_minutes=group_wait_minutes,
        duration_hours=4,
    )


def usual_kills() -> EventDocument:
    """Return an event of two tiles of many kills, which some players take by what is left to do of each.

    Rare drops of others finish tiles between, and every finish orders the tasks anew.
    """
    may = [
        ["quest"],
        ["quest"],
        ["item"],
        ["item"],
        ["quest", "item"],
        ["quest", "item"],
        ["level"],
        ["level"],
    ]
    players = {
        f"{team} {n}": a_player(online(3 * n, 200 - 7 * n), capabilities=capabilities)
        for team in ("First", "Second", "Third")
        for n, capabilities in enumerate(may)
    }
    rare = [a_tile(f"rare-{n}", a_rule("rare", requires=["level"]), points=1) for n in range(12)]
    kills = [
        a_tile("many", a_rule("quick", requires=["quest"]), points=5, needs=600),
        a_tile("some", a_rule("slow", requires=["item"]), points=5, needs=420),
        a_tile(
            "rest",
            a_rule("quick", requires=["quest"]),
            a_rule("slow", requires=["item"]),
            points=3,
            needs=300,
        ),
    ]
    strategies = {"First": "points_per_hour", "Second": "greedy", "Third": "row_unlocking"}
    return an_event(
        [kills + rare[:6], rare[6:]],
        players,
        activities={
            "quick": an_activity(
                20, a_line(an_outcome(1, kill=1)), a_line(an_outcome("1/90", kill=5), line="more")
            ),
            "slow": an_activity(30, a_line(an_outcome("1/200", coins=1), an_outcome("199/200", kill=1))),
            "rare": an_activity(60, a_line(an_outcome("1/40", kill=1))),
        },
        teams={
            team: {"players": [name for name in players if name.startswith(team)], "strategy": strategy}
            for team, strategy in strategies.items()
        },
        unlock_points=12,
        duration_hours=4,
    )


@st.composite
def grinds(draw: DrawFn) -> EventDocument:
    """Make up an event of up to nine players who mostly grind, alone or in parties."""
    hours = draw(st.sampled_from([1, 5, 24]))
    players = {f"Player {n}": draw(player_data(hours)) for n in range(draw(st.integers(1, 9)))}
    in_step = draw(st.booleans())
    activities = {f"grind-{n}": draw(grind_data(hours, in_step)) for n in range(draw(st.integers(1, 4)))}
    if draw(st.booleans()):
        activities["raid"] = a_raid(hours * 15, size=(2, 3))
    names = list(players)
    half = draw(st.integers(0, len(names) - 1))
    strategies = st.sampled_from([name for name in StrategyName if name != StrategyName.WEIGHTED])
    teams = {
        team: {"players": roster, "strategy": draw(strategies)}
        for team, roster in (("First", names[:half]), ("Second", names[half:]))
        if roster
    }
    return an_event(
        draw(board_data(list(activities))),
        players,
        activities=activities,
        teams=teams,
        duration_hours=hours,
        unlock_points=draw(st.sampled_from([0, 1, 2, 4])),
        group_wait_minutes=draw(st.sampled_from([0, 5, 60])),
    )


@st.composite
def player_data(draw: DrawFn, hours: int) -> dict[str, Any]:
    minutes = st.integers(0, hours * 60 - 1)
    sessions = draw(st.lists(st.builds(online, minutes, st.integers(1, hours * 30)), max_size=3))
    capabilities = draw(st.lists(st.sampled_from(["quest", "item"]), unique=True))
    return {"sessions": sessions, "skill": draw(SKILLS.map(Decimal)), "capabilities": capabilities}


@st.composite
def grind_data(draw: DrawFn, hours: int, in_step: bool) -> dict[str, Any]:
    """Make up an activity, half of them with parties; those in step take the same fixed time."""
    seconds = hours * 15
    parties = draw(st.one_of(st.just({}), party_data()))
    spread = draw(st.one_of(st.just(seconds), st.integers(0, seconds)))
    model = draw(st.sampled_from(TimeModel))
    loot = [draw(line_data(number)) for number in range(draw(st.sampled_from([1, 1, 2, 3])))]
    if in_step:
        return an_activity(seconds, *loot, **parties)
    attempt = {"seconds": seconds, "spread": spread, "model": model}
    return an_activity(seconds, *loot, **parties | {"attempt": attempt})


@st.composite
def party_data(draw: DrawFn) -> dict[str, Any]:
    low = draw(st.integers(1, 3))
    bands = draw(st.sampled_from([[], [{"size": "2-3", "time": 0.75, "rate": 1.5}]]))
    group = {"min": low, "max": draw(st.integers(low, 4))}
    return {"group": group, "solo": draw(st.booleans()), "bands": bands}


@st.composite
def line_data(draw: DrawFn, number: int) -> dict[str, Any]:
    kill: object = draw(st.sampled_from([1, 1, "1-3"]))
    rate = draw(st.one_of(RARE, USUAL))
    outcomes = [an_outcome(rate, kill=kill)]
    if rate != "1" and draw(st.booleans()):
        penalty = draw(st.sampled_from([0, 400]))
        outcomes.insert(
            draw(st.integers(0, 1)), an_outcome("1/400", coins="2-5") | {"penalty_seconds": penalty}
        )
    times = draw(st.sampled_from([1, 1, 1, 2]))
    return a_line(*outcomes, line=f"line-{number}", times=times, roll=draw(ROLLS))


@st.composite
def board_data(draw: DrawFn, activities: list[str]) -> list[list[dict[str, Any]]]:
    rows = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    return [
        [draw(tile_data(f"tile-{row}-{position}", activities)) for position in range(width)]
        for row, width in enumerate(rows)
    ]


@st.composite
def tile_data(draw: DrawFn, key: str, activities: list[str]) -> dict[str, Any]:
    chosen = draw(st.lists(st.sampled_from(activities), min_size=1, max_size=2, unique=True))
    requires = draw(st.sampled_from([[], [], ["quest"]]))
    modifier = {"capability": "item", "time": draw(MULTIPLIERS), "rate": draw(MULTIPLIERS)}
    modifiers = draw(st.sampled_from([[], [modifier]]))
    rules = [a_rule(activity, requires=requires, modifiers=modifiers) for activity in chosen]
    return a_tile(
        key, *rules, points=draw(st.integers(1, 3)), needs=draw(st.sampled_from([1, 2, 5, 40, 150]))
    )
