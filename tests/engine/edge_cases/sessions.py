"""When players play: sessions, penalties, clocks that change."""

from events.document import EventDocument
from tests.engine.documents import (
    a_line,
    a_player,
    a_rule,
    a_tile,
    an_activity,
    an_event,
    an_outcome,
    online,
)

QUEST = ["quest"]
LEVEL = ["level"]


SESSIONS: dict[str, EventDocument] = {
    "a penalty covers the next start": an_event(
        [[a_tile("tile", "boss", needs=4)]],
        {"Ann": a_player(online(0, 2), online(4, 16))},
        activities={"boss": an_activity(60, a_line(an_outcome(kill=1) | {"penalty_seconds": 300}))},
    ),
    "a penalty ends offline": an_event(
        [[a_tile("tile", "boss", needs=2)]],
        {"Ann": a_player(online(0, 2), online(20, 3))},
        activities={"boss": an_activity(60, a_line(an_outcome(kill=1) | {"penalty_seconds": 300}))},
    ),
    "the largest penalty counts": an_event(
        [[a_tile("tile", "boss", needs=2)]],
        {"Ann": a_player()},
        activities={
            "boss": an_activity(
                60,
                a_line(an_outcome(kill=1) | {"penalty_seconds": 30}),
                a_line({"rate": 1, "penalty_seconds": 100}, line="walk"),
                a_line({"rate": 1, "penalty_seconds": 1}, line="talk"),
            )
        },
    ),
    "an attempt longer than the session": an_event(
        [[a_tile("tile", "boss")]],
        {"Ann": a_player(online(0, 1))},
        activities={"boss": an_activity(120)},
    ),
    "an attempt ends with the session": an_event(
        [[a_tile("tile", "boss")]],
        {"Ann": a_player(online(0, 2))},
        activities={"boss": an_activity(120)},
    ),
    "an attempt ends with the event": an_event(
        [[a_tile("tile", "boss")]], {"Ann": a_player()}, activities={"boss": an_activity(3600)}
    ),
    "touching sessions are one": an_event(
        [[a_tile("tile", "boss")]],
        {"Ann": a_player(online(0, 1), online(1, 1))},
        activities={"boss": an_activity(120)},
    ),
    "nobody is ever online": an_event([[a_tile("tile", "boss")]], {"Ann": a_player(online(120, 10))}),
    "stopping is not idling": an_event(
        [
            [a_tile("mine", a_rule("mine", requires=LEVEL)), a_tile("boss", "boss")],
            [a_tile("chop", a_rule("chop", requires=QUEST))],
        ],
        {
            "Ann": a_player(capabilities=LEVEL),
            "Bob": a_player(online(0, 1), capabilities=QUEST),
        },
        activities={"mine": an_activity(30), "boss": an_activity(120), "chop": an_activity(10)},
    ),
    "an idle player is freed by a finish": an_event(
        [[a_tile("first", a_rule(requires=QUEST))], [a_tile("second", a_rule(), needs=2)]],
        {"Ann": a_player(capabilities=QUEST), "Bob": a_player()},
    ),
    "clocks go forward": an_event(
        [[a_tile("tile", "boss", needs=1000)]],
        {"Ann": a_player({"day": "sun", "start": "02:30", "minutes": 60})},
        starts_at="2026-03-07T22:00:00",
        timezone="America/New_York",
        duration_hours=8,
    ),
    "clocks go back": an_event(
        [[a_tile("tile", "boss", needs=1000)]],
        {"Ann": a_player({"day": "sun", "start": "01:30", "minutes": 60})},
        starts_at="2026-10-31T22:00:00",
        timezone="America/New_York",
        duration_hours=8,
    ),
    "half an hour of summer time": an_event(
        [[a_tile("tile", "boss", needs=1000)]],
        {"Ann": a_player({"day": "sun", "start": "02:15", "minutes": 60})},
        starts_at="2026-10-03T22:00:00",
        timezone="Australia/Lord_Howe",
        duration_hours=8,
    ),
    "a player's own time zone": an_event(
        [[a_tile("tile", "boss", needs=1000)]],
        {"Ann": a_player({"day": "mon", "start": "18:00", "minutes": 10}, timezone="Asia/Kathmandu")},
    ),
}
