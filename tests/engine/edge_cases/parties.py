"""Who plays with whom, and who waits for how long."""

from typing import Any

from events.document import EventDocument
from tests.engine.documents import (
    Data,
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

QUEST = ["quest"]
LEVEL = ["level"]


def a_lone_wait(
    *sessions: Data,
    mine_s: int | None = None,
    boss_needs: int = 2,
    penalty_s: int = 0,
    board: list[list[Data]] | None = None,
    group_wait_minutes: int = 1,
) -> EventDocument:
    """Return an event in which Ann would raid but is alone; Bob may be there, who can only mine."""
    activities = {
        "raid": a_raid(),
        "lair": a_raid(),
        "boss": an_activity(60, a_line(an_outcome(kill=1) | {"penalty_seconds": penalty_s})),
        "mine": an_activity(mine_s or 1),
    }
    row = [
        a_tile("raid", a_rule("raid", requires=LEVEL), points=2),
        a_tile("mine", a_rule("mine", requires=QUEST)),
        a_tile("boss", a_rule("boss", requires=LEVEL), needs=boss_needs),
    ]
    players = {"Ann": a_player(*sessions, capabilities=LEVEL)}
    if mine_s:
        players["Bob"] = a_player(capabilities=QUEST)
    return an_event(
        [row, *(board or [])], players, activities=activities, group_wait_minutes=group_wait_minutes
    )


def a_raiding_team(
    players: dict[str, Data], raid: Data | None = None, needs: int = 2, boss_needs: int = 100, **fields: Any
) -> EventDocument:
    """Return an event of one raid tile, and a lesser one that is done alone."""
    board = [[a_tile("raid", "raid", points=2, needs=needs), a_tile("boss", "boss", needs=boss_needs)]]
    activities = {"raid": raid or a_raid(), "boss": an_activity()}
    return an_event(board, players, activities=activities, **fields)


WAITS: dict[str, EventDocument] = {
    "a wait times out": a_lone_wait(),
    "a finish in a wait's last second": a_lone_wait(mine_s=60),
    "a clock survives a finish": a_lone_wait(mine_s=30),
    "another rule starts another clock": a_lone_wait(
        mine_s=30, board=[[a_tile("lair", a_rule("lair", requires=LEVEL))]]
    ),
    "a finish forgets what was left out": a_lone_wait(mine_s=90),
    "a wait ends with the session": a_lone_wait(online(0, 1), online(30, 5)),
    "left out until the session ends": a_lone_wait(online(0, 5), online(10, 5), boss_needs=5),
    "a session that ends in a penalty is forgotten too": a_lone_wait(
        online(0, 5), online(10, 20), penalty_s=600
    ),
    "no waiting at all": a_lone_wait(group_wait_minutes=0),
    "waiting longer than the event": a_lone_wait(group_wait_minutes=1440),
    "an attempt ends the wait for good": a_raiding_team(
        {"Ann": a_player(), "Bob": a_player(online(1, 1))}, needs=4, boss_needs=1, group_wait_minutes=2
    ),
}

PARTIES: dict[str, EventDocument] = {
    "someone joins a wait": a_raiding_team({"Ann": a_player(), "Bob": a_player(online(1, 10))}),
    "a failed start splits a party": a_raiding_team(
        {"Ann": a_player(online(0, 1)), "Bob": a_player()},
        an_activity(120, group={"min": 1, "max": 2}, bands=[{"size": 1, "time": 2}]),
        needs=1,
    ),
    "a failed start leaves a waiter waiting": a_raiding_team(
        {"Ann": a_player(), "Bob": a_player(online(1, 2))}, a_raid(180), boss_needs=2, group_wait_minutes=2
    ),
    "a failed start among three": a_raiding_team(
        {"Ann": a_player(), "Bob": a_player(online(0, 1)), "Cyd": a_player()}, a_raid(120, size=(2, 3))
    ),
    "a rest plays alone": a_raiding_team(
        {name: a_player() for name in ("Ann", "Bob", "Cyd")},
        an_activity(60, group={"min": 2, "max": 2}),
        needs=3,
    ),
    "a rest waits": a_raiding_team({name: a_player() for name in ("Ann", "Bob", "Cyd")}, needs=4),
    "parties fill in roster order": a_raiding_team(
        {"Ann": a_player(online(1, 9)), "Bob": a_player(online(1, 9)), "Cyd": a_player()}
    ),
    "who waits keeps their place in the roster": a_raiding_team(
        {
            "Ann": a_player(skill=0.5),
            "Bob": a_player(online(1, 9), skill=0.5),
            "Cyd": a_player(online(1, 9), skill=1.5),
        }
    ),
    "a party of one": a_raiding_team(
        {"Ann": a_player()}, a_raid(60, size=(1, 3), bands=[{"size": 1, "time": 0.5}])
    ),
    "players meet in the same second": a_raiding_team(
        {"Ann": a_player(), "Bob": a_player(online(3, 30))},
        an_activity(60, group={"min": 2, "max": 2}),
        needs=7,
    ),
    "large parties, then a rest": a_raiding_team(
        {name: a_player() for name in ("Ann", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus")},
        a_raid(90, a_line(an_outcome("1/3", kill=1)), size=(2, 3), bands=[{"size": "2-3", "time": 0.5}]),
        needs=40,
    ),
    "a penalty holds the whole party": a_raiding_team(
        {"Ann": a_player(), "Bob": a_player()},
        a_raid(60, a_line(an_outcome(kill=1) | {"penalty_seconds": 90}, roll="per_group")),
    ),
    "the slowest member counts": a_raiding_team(
        {"Ann": a_player(skill=0.5), "Bob": a_player(skill=1.5)}, a_raid(60)
    ),
}
