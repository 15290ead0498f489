"""Where grants go, which rows open, which tile comes first."""

from events.document import EventDocument
from tests.engine.documents import a_line, a_player, a_rule, a_tile, an_activity, an_event, an_outcome, online

QUEST = ["quest"]
LEVEL = ["level"]


TWO_KILLS = an_activity(60, a_line(), a_line(line="more"))

GRANTS: dict[str, EventDocument] = {
    "a grant opens a row for the next": an_event(
        [[a_tile("first", "boss")], [a_tile("second", "boss")]],
        {"Ann": a_player()},
        activities={"boss": TWO_KILLS},
    ),
    "a finish counts for others in its second": an_event(
        [[a_tile("first", "boss")], [a_tile("second", "boss")]], {"Ann": a_player(), "Bob": a_player()}
    ),
    "whoever finishes in its second picks again": an_event(
        [[a_tile("first", "boss"), a_tile("mine", "mine", needs=2)], [a_tile("second", "boss", needs=3)]],
        {"Ann": a_player(), "Bob": a_player()},
        activities={"boss": an_activity(60), "mine": an_activity(20)},
    ),
    "an attempt outlives its tile": an_event(
        [[a_tile("first", "boss", points=2), a_tile("second", "boss")]],
        {"Ann": a_player(), "Bob": a_player(skill=1.5)},
    ),
    "the first rule counts": an_event(
        [[a_tile("tile", a_rule(), a_rule(drops={"kill": 3}, requires=LEVEL), needs=3)]],
        {"Ann": a_player(capabilities=LEVEL)},
    ),
    "attempts resolve in roster order": an_event(
        [
            [a_tile("boss", a_rule(requires=QUEST)), a_tile("mine", a_rule("mine", requires=LEVEL))],
            [a_tile("more", a_rule("mine", requires=LEVEL), needs=2)],
        ],
        {"Ann": a_player(online(1, 9), capabilities=QUEST), "Bob": a_player(capabilities=LEVEL)},
        activities={"boss": an_activity(60), "mine": an_activity(120)},
    ),
    "the quickest rule of a tile": an_event(
        [[a_tile("tile", "slow", "boss")]],
        {"Ann": a_player()},
        activities={"slow": an_activity(120), "boss": an_activity(60)},
    ),
    "of equal rules the first": an_event(
        [[a_tile("tile", a_rule(modifiers=[{"capability": "quest", "time": 0.5}]), a_rule("mine"))]],
        {"Ann": a_player(capabilities=QUEST)},
        activities={"boss": an_activity(60), "mine": an_activity(60)},
    ),
    "repetitions count in estimates": an_event(
        [[a_tile("tile", "mine", "boss", needs=3)]],
        {"Ann": a_player()},
        activities={
            "mine": an_activity(70, a_line(an_outcome(kill=2))),
            "boss": an_activity(60, a_line(times=3)),
        },
    ),
    "surplus is lost": an_event(
        [[a_tile("tile", "boss", needs=3)]],
        {"Ann": a_player()},
        activities={"boss": an_activity(60, a_line(an_outcome(kill=5)))},
    ),
    "what no tile takes is wasted": an_event(
        [[a_tile("tile", "boss")]], {"Ann": a_player()}, activities={"boss": TWO_KILLS}
    ),
    "whoever finds a drop, it counts": an_event(
        [[a_tile("easy", "boss"), a_tile("hard", a_rule(requires=QUEST), points=2)]], {"Ann": a_player()}
    ),
    "fractions of a unit": an_event(
        [[a_tile("tile", a_rule(drops={"kill": 0.333333}))]], {"Ann": a_player()}
    ),
    "units from a range": an_event(
        [[a_tile(f"tile-{n}", a_rule(drops=["arrows", "bolts"]), needs=300) for n in range(16)]],
        {"Ann": a_player(), "Bob": a_player()},
        activities={
            "boss": an_activity(
                60,
                a_line(
                    an_outcome("1/3", arrows="50-100", bolts=1),
                    an_outcome("1/3", bolts="1-3", arrows="7-8"),
                    times=3,
                ),
                a_line(an_outcome("1/2", bolts="2-9"), line="last"),
            )
        },
    ),
    "two activities, one name of a drop": an_event(
        [[a_tile("boss", "boss", needs=2), a_tile("mine", "mine", needs=2)]],
        {"Ann": a_player()},
        activities={"boss": an_activity(60), "mine": an_activity(30)},
    ),
}

THREE = {"a": an_activity(60), "b": an_activity(60), "c": an_activity(60)}

ROWS: dict[str, EventDocument] = {
    "every row is open": an_event(
        [[a_tile("first", "boss")], [a_tile("second", "boss")]], {"Ann": a_player()}, unlock_points=0
    ),
    "a row that cannot be reached": an_event(
        [[a_tile("first", "boss")], [a_tile("second", "boss")]], {"Ann": a_player()}, unlock_points=20_000
    ),
    "of equal sets the one with the lowest tile": an_event(
        [[a_tile("a", "a"), a_tile("b", "b", points=2), a_tile("c", "c", points=2)], [a_tile("d", "a")]],
        {"Ann": a_player()},
        activities=THREE,
        unlock_points=3,
    ),
    "of equal sets the one with fewer tiles": an_event(
        [[a_tile("a", "a"), a_tile("b", "b"), a_tile("c", "c", points=2)], [a_tile("d", "a")]],
        {"Ann": a_player()},
        activities=THREE | {"c": an_activity(120)},
        unlock_points=2,
    ),
    "earlier rows come later": an_event(
        [
            [a_tile("a", "a"), a_tile("b", "b", points=3)],
            [a_tile("c", "c"), a_tile("d", "a", points=3)],
            [a_tile("e", "b")],
        ],
        {"Ann": a_player()},
        activities=THREE | {"a": an_activity(61)},
        unlock_points=1,
    ),
    "no set has a finite sum": an_event(
        [[a_tile("a", points=3), a_tile("b", "b"), a_tile("c", "c", points=2)], [a_tile("d", "a")]],
        {"Ann": a_player()},
        activities=THREE,
        unlock_points=4,
    ),
    "combos shun what the locked rows need": an_event(
        [[a_tile("a", "a"), a_tile("b", "b")], [a_tile("c", "b")]],
        {"Ann": a_player(), "Bob": a_player()},
        activities=THREE | {"a": an_activity(100)},
        teams={
            "Rows": {"players": ["Ann"]},
            "Combos": {"players": ["Bob"], "strategy": "combo_unlocking"},
        },
    ),
    "combos count only what is locked": an_event(
        [[a_tile("a", "a"), a_tile("more", "a", needs=5), a_tile("b", "b")], [a_tile("c", "c")]],
        {"Ann": a_player()},
        activities=THREE | {"b": an_activity(70)},
        teams={"Combos": {"players": ["Ann"], "strategy": "combo_unlocking"}},
    ),
}
