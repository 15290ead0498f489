"""Names that refer to nothing, and names that come twice."""

import pytest

from tests.events.documents import MISSING, changed, errors_of

RULE = "board/0/tiles/0/rules/0"
IN_RULE = "board[0].tiles[0].rules[0]"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ((f"{RULE}/drops", ["item.helm"]), f"{IN_RULE}.drops: boss.zulrah never drops item.helm"),
        ((f"{RULE}/drops", {"ore.mined": 2}), f"{IN_RULE}.drops: boss.zulrah never drops ore.mined"),
        (
            (f"{RULE}/drops", ["kill.zulra"]),
            f"{IN_RULE}.drops: boss.zulrah never drops kill.zulra (did you mean kill.zulrah?)",
        ),
        ((f"{RULE}/drops", ["kill.zulrah", "kill.zulrah"]), f"{IN_RULE}.drops: kill.zulrah is listed twice"),
        (
            (f"{RULE}/activity", "boss.zulra"),
            f"{IN_RULE}.activity: there is no activity boss.zulra (did you mean boss.zulrah?)",
        ),
        ((f"{RULE}/requires", ["item.lance"]), f"{IN_RULE}.requires[0]: there is no capability item.lance"),
        ((f"{RULE}/requires", ["quest.ds2"] * 2), f"{IN_RULE}.requires[1]: quest.ds2 is listed twice"),
        (
            (f"{RULE}/modifiers", [{"capability": "quest.ds3"}]),
            f"{IN_RULE}.modifiers[0].capability: there is no capability quest.ds3 (did you mean quest.ds2?)",
        ),
        (
            (f"{RULE}/modifiers", [{"capability": "quest.ds2"}] * 2),
            f"{IN_RULE}.modifiers[1].capability: quest.ds2 is listed twice",
        ),
        (
            ("players/Alice/capabilities", ["quest.ds2", "item.lance"]),
            "players.Alice.capabilities[1]: there is no capability item.lance",
        ),
        (
            ("players/Alice/capabilities", ["quest.ds2", "quest.ds2"]),
            "players.Alice.capabilities[1]: quest.ds2 is listed twice",
        ),
        (
            ("board/0/tiles/1/key", "zulrah"),
            "board[0].tiles[1].key: zulrah is already the key of board[0].tiles[0]",
        ),
        (
            ("teams/Team Beta/players", ["Bobb"]),
            "teams.Team Beta.players[0]: there is no player Bobb (did you mean Bob?)",
        ),
        (("teams/Team Beta/players", ["Bob", "Bob"]), "teams.Team Beta.players[1]: Bob is listed twice"),
        (
            ("teams/Team Beta/players", ["Bob", "Alice"]),
            "teams.Team Beta.players[1]: Alice is already in Team Alpha",
        ),
    ],
)
def test_a_wrong_or_doubled_name_is_an_error_at_its_place(change: tuple[str, object], error: str) -> None:
    assert errors_of(changed(change)) == [error]


def test_two_lines_of_an_activity_have_two_names() -> None:
    line = {"line": "ore", "outcomes": [{"rate": 1, "drops": {"ore.mined": 1}}]}
    assert errors_of(changed(("activities/skilling.mining/loot", [line, line]))) == [
        "activities.skilling.mining.loot[1].line: there is another line ore"
    ]


def test_a_tile_key_is_taken_across_rows() -> None:
    row = {"tiles": [{"key": "ore", "name": "Ore again", "points": 1}]}
    data = changed()
    data["board"].append(row)
    assert errors_of(data) == ["board[1].tiles[0].key: ore is already the key of board[0].tiles[1]"]


def test_what_needs_a_capability_needs_it_declared() -> None:
    assert errors_of(changed(("capabilities", MISSING))) == [
        "players.Alice.capabilities[0]: there is no capability quest.ds2",
        f"{IN_RULE}.requires[0]: there is no capability quest.ds2",
        f"{IN_RULE}.modifiers[0].capability: there is no capability quest.sote",
    ]


def test_two_activities_may_grant_drops_of_the_same_key() -> None:
    outcomes = [{"rate": 1, "drops": {"ore.mined": 1, "kill.zulrah": 1}}]
    assert errors_of(changed(("activities/skilling.mining/loot/0/outcomes", outcomes))) == []


def test_drops_are_not_looked_for_in_loot_that_cannot_be_read() -> None:
    assert errors_of(changed(("activities/boss.zulrah/loot", "all of it"))) == [
        'activities.boss.zulrah.loot: must be a list, not "all of it"'
    ]


def test_two_rules_of_a_tile_may_share_an_activity() -> None:
    rule = {"activity": "skilling.mining", "drops": ["ore.mined"]}
    assert errors_of(changed(("board/0/tiles/1/rules", [rule, rule]))) == []
