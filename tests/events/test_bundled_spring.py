"""The bundled spring event has the figures that its benchmarks are compared by."""

from fractions import Fraction
from pathlib import Path

import pytest

from events.availability import intervals
from events.document import (
    EventDocument,
    Roll,
    Rule,
    StrategyName,
    Tile,
    TimeModel,
    Units,
    read_document,
    write_yaml,
)
from events.estimates import tile_seconds

FILE = Path(__file__).parents[2] / "events" / "bundled" / "spring-league-bingo.yaml"

ACTIVITIES = (
    "boss.zulrah",
    "boss.vorkath",
    "skilling.runecraft",
    "skilling.mining",
    "raid.cox",
    "raid.toa",
    "boss.arrows",
)
RAIDS = {"raid.cox", "raid.toa"}
LANCE, DS2, SOTE = "item.dragon_hunter_lance", "quest.ds2", "quest.sote"


@pytest.fixture(scope="module")
def event() -> EventDocument:
    return read_document(FILE.read_text(encoding="utf-8"))


def placed(event: EventDocument) -> list[tuple[int, int, Tile]]:
    return [(r, k, tile) for r, row in enumerate(event.board) for k, tile in enumerate(row.tiles)]


def takes_any_raid(r: int, k: int) -> bool:
    return r % 7 == 2 and k == 2


def only_rules(event: EventDocument) -> list[tuple[int, int, Rule]]:
    """The rules of the tiles that take one activity, with row and position."""
    return [(r, k, tile.rules[0]) for r, k, tile in placed(event) if not takes_any_raid(r, k)]


def test_the_file_is_as_the_project_writes_it(event: EventDocument) -> None:
    assert write_yaml(event) == FILE.read_text(encoding="utf-8")


def test_it_is_a_weekend_in_march(event: EventDocument) -> None:
    assert (event.slug, event.name) == ("spring-league-bingo", "Spring League Bingo")
    assert (event.starts_at.isoformat(), event.timezone) == ("2026-03-06T18:00:00", "America/New_York")
    assert (event.duration_s, event.unlock_points, event.group_wait_minutes) == (48 * 3600, 5, 15)


def test_its_activities_are_seven_in_order(event: EventDocument) -> None:
    found = {
        key: (one.solo, one.group and (one.group.min, one.group.max), one.attempt.seconds, one.attempt.spread)
        for key, one in event.activities.items()
    }
    assert tuple(found) == ACTIVITIES
    assert tuple(found.values()) == (
        (True, (1, 8), 120, 30),
        (True, None, 180, 45),
        (True, None, 60, 10),
        (True, (1, 3), 45, 15),
        (False, (1, 8), 900, 180),
        (False, (1, 8), 1800, 300),
        (True, None, 120, 20),
    )
    normal = [key for key, one in event.activities.items() if one.attempt.model != TimeModel.UNIFORM]
    assert normal == ["boss.vorkath"]
    assert event.activities["boss.vorkath"].attempt.model == TimeModel.NORMAL


def test_every_roll_brings_something(event: EventDocument) -> None:
    lines = [line for activity in event.activities.values() for line in activity.loot]
    assert all(sum(outcome.rate for outcome in line.outcomes) == 1 for line in lines)
    assert [line.line for line in lines if line.roll == Roll.PER_GROUP] == ["venom", "scavs"]
    assert all(line.times == 1 for line in lines)
    assert all(outcome.penalty_seconds == 0 for line in lines for outcome in line.outcomes)


@pytest.mark.parametrize(
    ("activity", "line", "outcomes"),
    [
        ("boss.zulrah", "standard", [("3/4", "kill.zulrah", 1), ("1/4", "unique.tanzanite_fang", 3)]),
        ("boss.zulrah", "venom", [("2/3", "kill.zulrah", 1), ("1/3", "unique.tanzanite_fang", 3)]),
        ("boss.vorkath", "main", [("5/6", "kill.vorkath", 1), ("1/6", "unique.dragonbone_necklace", 3)]),
        ("skilling.runecraft", "blood", [("1", "essence.crafted", 1)]),
        ("skilling.mining", "ore", [("2/3", "ore.mined", 1), ("1/3", "ore.mined", 3)]),
        ("raid.cox", "scavs", [("4/5", "loot.cox", 1), ("1/5", "unique.cox_prayer_scroll", 3)]),
        ("raid.cox", "olm", [("3/4", "loot.cox", 1), ("1/4", "unique.cox_prayer_scroll", 3)]),
        ("raid.toa", "invocation", [("3/4", "loot.toa", 1), ("1/4", "unique.toa_ring", 3)]),
    ],
)
def test_lines_have_their_rates(
    event: EventDocument, activity: str, line: str, outcomes: list[tuple[str, str, int]]
) -> None:
    (found,) = (one for one in event.activities[activity].loot if one.line == line)
    assert [(outcome.rate, outcome.drops) for outcome in found.outcomes] == [
        (Fraction(rate), {drop: Units(units, units)}) for rate, drop, units in outcomes
    ]


def test_arrows_come_fifty_to_a_hundred_at_a_time(event: EventDocument) -> None:
    (line,) = event.activities["boss.arrows"].loot
    assert [outcome.drops for outcome in line.outcomes] == [{"item.arrows": Units(50, 100)}]


def test_bigger_parties_have_their_bands(event: EventDocument) -> None:
    bands = {
        key: [(*band.size, float(band.time), float(band.rate)) for band in activity.bands]
        for key, activity in event.activities.items()
        if activity.bands
    }
    assert bands == {
        "boss.zulrah": [(2, 4, 0.85, 1.1), (5, 8, 0.75, 1.2)],
        "skilling.mining": [(2, 3, 0.9, 1.05)],
        "raid.cox": [(2, 4, 0.9, 1.1), (5, 8, 0.8, 1.15)],
        "raid.toa": [(2, 4, 0.85, 1.12), (5, 8, 0.75, 1.2)],
    }


def test_the_board_is_twenty_rows_of_one_to_four_points(event: EventDocument) -> None:
    assert [[tile.points for tile in row.tiles] for row in event.board] == [[1, 2, 3, 4]] * 20
    assert all(tile.key == f"s{k + 1}-r{r}" for r, k, tile in placed(event))


def test_activities_take_turns_along_the_board(event: EventDocument) -> None:
    assert all(rule.activity == ACTIVITIES[(r + k) % 7] for r, k, rule in only_rules(event))
    assert {len(tile.rules) for r, k, tile in placed(event) if not takes_any_raid(r, k)} == {1}


def test_some_tiles_take_either_raid_from_anyone(event: EventDocument) -> None:
    either = [(r, tile.rules) for r, k, tile in placed(event) if takes_any_raid(r, k)]
    assert [r for r, _ in either] == [2, 9, 16]
    for _, rules in either:
        assert [(rule.activity, list(rule.drops)) for rule in rules] == [
            ("raid.cox", ["loot.cox", "unique.cox_prayer_scroll"]),
            ("raid.toa", ["loot.toa", "unique.toa_ring"]),
        ]
        assert not any(rule.requires or rule.modifiers for rule in rules)


def test_tiles_need_one_unit_but_for_arrows_and_two_others(event: EventDocument) -> None:
    arrows = {tile.needs for _, _, tile in placed(event) if tile.rules[0].activity == "boss.arrows"}
    others = {tile.key: tile.needs for _, _, tile in placed(event) if tile.rules[0].activity != "boss.arrows"}
    assert arrows == {500}
    assert {key: needs for key, needs in others.items() if needs != 1} == {"s4-r12": 2, "s1-r18": 3}


def test_drops_count_one_each_and_narrow_tiles_take_one_of_two(event: EventDocument) -> None:
    kept = {
        "boss.zulrah": "unique.tanzanite_fang",
        "boss.vorkath": "unique.dragonbone_necklace",
        "raid.cox": "loot.cox",
        "raid.toa": "loot.toa",
    }
    for r, k, rule in only_rules(event):
        narrow = r % 5 == 1 and k == 3 and rule.activity in kept
        expected = [kept[rule.activity]] if narrow else event.activities[rule.activity].drop_keys()
        assert list(rule.drops) == expected
        assert set(rule.drops.values()) == {1}


def test_quests_are_required_in_their_rows(event: EventDocument) -> None:
    for r, _, rule in only_rules(event):
        expected = []
        if rule.activity in ("boss.vorkath", "boss.zulrah") and r % 3 == 0:
            expected = [DS2]
        if rule.activity in RAIDS and r % 4 != 2:
            expected = [SOTE]
        assert rule.requires == expected


def expected_modifiers(r: int, k: int, activity: str) -> list[tuple[str, float, float]]:
    """The first of the event's six kinds of modifier that fits a tile."""
    kinds = (
        (r % 6 == 0 and k == 0, [(LANCE, 0.9, 1.0), (DS2, 1.0, 1.1)]),
        (r % 6 == 1 and k == 1, [(LANCE, 0.85, 1.05)]),
        (activity in ("skilling.runecraft", "skilling.mining") and r % 4 == 2, [(SOTE, 0.9, 1.0)]),
        (activity == "skilling.mining" and r % 5 == 3, [(SOTE, 1.0, 1.15)]),
        (activity in RAIDS and r % 3 == 1, [(SOTE, 0.92, 1.08)]),
        (activity == "boss.zulrah" and k == 2, [(LANCE, 0.88, 1.05)]),
    )
    if activity == "boss.arrows":
        return []
    return next((modifiers for fits, modifiers in kinds if fits), [])


def test_modifiers_are_the_first_kind_that_fits(event: EventDocument) -> None:
    found_kinds = set()
    for r, k, rule in only_rules(event):
        found = [(one.capability, float(one.time), float(one.rate)) for one in rule.modifiers]
        assert found == expected_modifiers(r, k, rule.activity)
        found_kinds.add(tuple(found))
    assert len(found_kinds) == 7


def test_capabilities_have_their_names(event: EventDocument) -> None:
    assert list(event.capabilities.items()) == [
        (DS2, "Dragon Slayer II"),
        (SOTE, "Song of the Elves"),
        (LANCE, "Dragon Hunter Lance"),
    ]


@pytest.mark.parametrize(
    ("name", "skill", "capabilities", "sessions"),
    [
        ("Alice", 0.85, [DS2], "mon 18:00 120, wed 19:00 90, fri 20:00 180"),
        ("Bob", 1.0, [LANCE, DS2], "tue 17:00 60, tue 21:00 90, thu 18:00 120, sat 10:00 240"),
        ("Carol", 1.15, [SOTE], "mon 12:00 45, mon 18:00 90, wed 18:00 60, sun 14:00 180"),
        ("Dave", 0.92, [LANCE, SOTE], "tue 19:00 120, thu 19:00 120, sat 09:00 90, sat 15:00 90"),
        ("Eve", 1.05, [], "mon 20:00 60, wed 20:00 60, fri 20:00 90, sun 10:00 120"),
        ("Frank", 0.78, [DS2, LANCE], "tue 17:30 150, thu 17:30 150, sat 08:00 180, sat 14:00 120"),
        ("Grace", 1.22, [SOTE], "mon 19:00 90, fri 19:00 120, sun 12:00 240"),
        ("Henry", 0.95, [DS2, SOTE], "tue 18:00 90, wed 18:00 90, thu 18:00 90, sat 10:00 180"),
    ],
)
def test_players_are_as_they_were(
    event: EventDocument, name: str, skill: float, capabilities: list[str], sessions: str
) -> None:
    player = event.players[name]
    assert (float(player.skill), player.capabilities, player.timezone) == (skill, capabilities, None)
    assert ", ".join(f"{one.day} {one.start} {one.minutes}" for one in player.sessions) == sessions


def test_two_teams_of_four_unlock_rows(event: EventDocument) -> None:
    assert {name: team.players for name, team in event.teams.items()} == {
        "Team Alpha": ["Alice", "Bob", "Carol", "Dave"],
        "Team Beta": ["Eve", "Frank", "Grace", "Henry"],
    }
    assert {team.strategy.name for team in event.teams.values()} == {StrategyName.ROW_UNLOCKING}


def test_the_clock_changes_during_the_event(event: EventDocument) -> None:
    # Sunday 14:00 comes an hour early: the night before has only 23 hours.
    assert intervals(event.players["Carol"], event) == [(43 * 3600, 46 * 3600)]


def test_every_tile_can_be_finished(event: EventDocument) -> None:
    assert all(tile_seconds(event, tile) < event.duration_s for _, _, tile in placed(event))
