"""Requirements that others' drops get around are found, and weights that an earlier rule overrules."""

from typing import Any

from tests.events.checks.reading import found_in, rows_of
from tests.events.factories import Data, raid_tile_data, tile_data

CODE = "requirement-evaded"
LACKING = {"Zoe": {"capabilities": ["quest.ds2"]}, "Mia": {}}


def evaded(*tiles: Data, **overrides: Any) -> list[str]:
    fields = {"players": LACKING, "teams": {"All": {"players": ["Zoe", "Mia"]}}, **overrides}
    return found_in(CODE, board=rows_of(list(tiles)), **fields)


def test_what_one_finds_for_another_tile_counts_for_a_tile_that_they_may_not_do() -> None:
    assert evaded(tile_data("strict", requires=["quest.ds2"]), tile_data("free")) == [
        (
            "board[0].tiles[0]: strict requires quest.ds2 for boss.zulrah, free does not: whoever finds a"
            " drop, it counts, so what Mia may find there counts here, too"
        )
    ]


def test_tiles_of_one_requirement_are_told_of_at_their_activity() -> None:
    strict = [tile_data(key, requires=["quest.ds2"]) for key in ("one", "two")]
    [finding] = evaded(*strict, tile_data("free"), tile_data("loose"))
    assert finding.startswith(
        "activities.boss.zulrah: one and two require quest.ds2 for boss.zulrah, free and loose do not"
    )


def test_nobody_gets_around_what_all_tiles_require_or_all_players_have() -> None:
    strict, free = tile_data("strict", requires=["quest.ds2"]), tile_data("free")
    assert evaded(strict, tile_data("other", requires=["quest.ds2"])) == []
    assert evaded(strict, free, players=dict.fromkeys(LACKING, LACKING["Zoe"])) == []
    assert evaded(strict, raid_tile_data()) == []


def test_a_tile_with_a_way_for_everybody_keeps_nobody_out() -> None:
    tile = tile_data("both", requires=["quest.ds2"])
    tile["rules"].append({"activity": "boss.zulrah", "drops": ["kill.zulrah"]})
    assert evaded(tile, tile_data("free")) == []


def test_who_can_not_make_the_other_attempt_gets_around_nothing() -> None:
    tiles = raid_tile_data(requires=["quest.ds2"]), raid_tile_data() | {"key": "free"}
    assert len(evaded(*tiles)) == 1
    assert evaded(*tiles, teams={"One": {"players": ["Zoe"]}, "Two": {"players": ["Mia"]}}) == []


def test_many_such_requirements_are_told_of_at_once() -> None:
    loot = [{"line": "main", "outcomes": [{"rate": 1, "drops": {"kill": 1}}]}]
    activities = {f"a{n}": {"name": f"A{n}", "attempt": {"seconds": 9}, "loot": loot} for n in range(9)}
    strict = [tile_data(f"s{n}", activity=f"a{n}", drops=["kill"], requires=["quest.ds2"]) for n in range(9)]
    free = [tile_data(f"f{n}", activity=f"a{n}", drops=["kill"]) for n in range(9)]
    assert evaded(*strict, *free, activities=activities) == [
        (
            "board: 9 requirements are those of some tiles, and not of others: a0 (s0 requires quest.ds2,"
            " f0 does not), a1 (s1 requires quest.ds2, f1 does not), a2 (s2 requires quest.ds2, f2 does "
            "not) and 6 more; whoever finds a drop, it counts, so who works on the others gets around "
            "them"
        )
    ]


def test_a_weight_that_an_earlier_rule_overrules() -> None:
    tile = tile_data("fangs", drops={"unique.fang": 1})
    tile["rules"].append({"activity": "boss.zulrah", "drops": {"unique.fang": 2, "kill.zulrah": 3}})
    assert found_in("weight-never-counts", board=rows_of([tile])) == [
        (
            "board[0].tiles[0].rules[1]: unique.fang never counts 2 here: rules[0], of the same activity,"
            " comes first and says 1, whoever finds it"
        )
    ]
    tile["rules"][1]["drops"]["unique.fang"] = 1
    assert found_in("weight-never-counts", board=rows_of([tile])) == []
