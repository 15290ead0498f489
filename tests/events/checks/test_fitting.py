"""Attempts that are longer than anybody plays at a stretch are found, and no others."""

from typing import Any

import pytest

from tests.events.checks.reading import found_in, rows_of
from tests.events.factories import Data, friday_evening, raid_data, raid_tile_data, tile_data, zulrah_data


def players(*minutes: int, **fields: Any) -> Data:
    """Return players who play on one evening for so many minutes."""
    return {
        f"P{number}": {"capabilities": ["quest.ds2"], "sessions": [friday_evening(minutes=length)]} | fields
        for number, length in enumerate(minutes)
    }


def of_one_team(people: Data, **activities: Data) -> Data:
    """Return the fields of an event that these players play together."""
    known = {"boss.zulrah": zulrah_data(), "raid.cox": raid_data()} | activities
    return {"players": people, "activities": known, "teams": {"All": {"players": list(people)}}}


def raid(seconds: int, **fields: Any) -> Data:
    return {"raid.cox": raid_data(attempt={"seconds": seconds}, **fields)}


def test_twenty_players_of_two_hours_never_start_an_attempt_of_two_hours_and_five_minutes() -> None:
    fields = of_one_team(players(*[120] * 20), **raid(7500))
    assert found_in("attempt-too-long", **fields) == [
        (
            "activities.raid.cox: an attempt takes 2 h 5 min or more: nobody of All who may do it plays "
            "longer than 2 h at a stretch"
        )
    ]
    assert found_in("tile-out-of-reach", **fields) == [
        (
            "board[0].tiles[1]: cox can't be done by All: an attempt of raid.cox takes longer than they "
            "play at a stretch"
        )
    ]


@pytest.mark.parametrize(("seconds", "too_long"), [(7200, False), (7201, True)])
def test_an_attempt_may_take_all_of_a_session(seconds: int, too_long: bool) -> None:
    assert bool(found_in("attempt-too-long", **of_one_team(players(120, 120), **raid(seconds)))) == too_long


def test_sessions_that_touch_are_one_stretch() -> None:
    evenings = [friday_evening(minutes=60), friday_evening(start="21:00", minutes=60)]
    people = players(60, 60, sessions=evenings)
    assert found_in("attempt-too-long", **of_one_team(people, **raid(7200))) == []


def test_who_has_no_sessions_plays_as_long_as_the_event_lasts() -> None:
    people: Data = {"Ann": {}, "Bo": {}}
    fields = of_one_team(people, **raid(7200)) | {"duration_hours": 1}
    assert len(found_in("attempt-too-long", **fields)) == 1


@pytest.mark.parametrize(("skill", "too_long"), [(0.96, False), (0.97, True)])
def test_skill_makes_attempts_shorter(skill: float, too_long: bool) -> None:
    fields = of_one_team(players(120, 120, skill=skill), **raid(7500))
    assert bool(found_in("attempt-too-long", **fields)) == too_long


def test_the_slowest_of_a_party_sets_its_pace() -> None:
    people = players(120, 120)
    people["P0"]["skill"] = 0.5
    assert len(found_in("attempt-too-long", **of_one_team(people, **raid(7500)))) == 1
    people |= {"P2": people["P0"]}
    assert found_in("attempt-too-long", **of_one_team(people, **raid(7500))) == []


@pytest.mark.parametrize(
    ("size", "n_players", "too_long"), [("2-8", 2, False), ("4-8", 3, True), ("4-8", 4, False)]
)
def test_a_size_band_counts_if_the_team_has_as_many(size: str, n_players: int, too_long: bool) -> None:
    activity = raid(7500, bands=[{"size": size, "time": 0.9}])
    fields = of_one_team(players(*[120] * n_players), **activity)
    assert bool(found_in("attempt-too-long", **fields)) == too_long


def test_a_band_that_slows_small_parties_down_leaves_larger_ones() -> None:
    activity = raid(7100, bands=[{"size": 2, "time": 1.5}])
    assert len(found_in("attempt-too-long", **of_one_team(players(120, 120), **activity))) == 1
    assert found_in("attempt-too-long", **of_one_team(players(120, 120, 120), **activity)) == []


@pytest.mark.parametrize(("held", "too_long"), [(["item.lance"], False), ([], True)])
def test_what_a_player_has_makes_attempts_shorter(held: list[str], too_long: bool) -> None:
    people = players(120, 120, capabilities=held)
    tile = raid_tile_data(modifiers=[{"capability": "item.lance", "time": 0.9}])
    fields = of_one_team(people, **raid(7500)) | {"board": rows_of([tile, tile_data()])}
    assert bool(found_in("attempt-too-long", **fields)) == too_long


def test_what_slows_attempts_down_counts_where_everybody_has_it() -> None:
    tile = raid_tile_data(modifiers=[{"capability": "quest.ds2", "time": 2}])
    people = players(120, 120, 120)
    fields = of_one_team(people, **raid(4000)) | {"board": rows_of([tile, tile_data()])}
    assert len(found_in("attempt-too-long", **fields)) == 1
    people["P0"]["capabilities"] = people["P1"]["capabilities"] = []
    assert found_in("attempt-too-long", **fields) == []


def test_an_attempt_may_draw_less_than_its_mean() -> None:
    drawn = {"raid.cox": raid_data(attempt={"seconds": 7500, "spread": 300})}
    fields = of_one_team(players(120, 120), **drawn)
    assert found_in("attempt-too-long", **fields) == []
    assert found_in("attempt-at-times-too-long", **fields) == [
        (
            "activities.raid.cox: an attempt takes up to 2 h 10 min: nobody of All who may do it plays "
            "longer than 2 h at a stretch; who draws one that long starts neither it nor another"
        )
    ]
    fixed = {"raid.cox": raid_data(attempt={"seconds": 7500, "spread": 300, "model": "fixed"})}
    assert len(found_in("attempt-too-long", **of_one_team(players(120, 120), **fixed))) == 1


def test_a_party_must_be_online_together_for_as_long() -> None:
    people = players(120, 120)
    people["P1"]["sessions"] = [friday_evening(start="21:30", minutes=120)]
    assert found_in("attempt-too-long", **of_one_team(people, **raid(1801))) == [
        (
            "activities.raid.cox: an attempt takes 30 min 1 s or more: no 2 of All who may do it are "
            "online together for that long"
        )
    ]
    assert found_in("attempt-too-long", **of_one_team(people, **raid(1800))) == []


def test_who_may_do_it_alone_needs_nobody_online_with_them() -> None:
    people = players(120, 120)
    people["P1"]["sessions"] = [friday_evening(start="21:30", minutes=120)]
    assert found_in("attempt-too-long", **of_one_team(people, **raid(7200, solo=True))) == []


def test_those_who_never_play_long_enough_are_named_where_others_do() -> None:
    people = players(120, 120, 20, 30)
    fields = of_one_team(people, **raid(2400))
    assert found_in("attempt-too-long", **fields) == []
    assert found_in("attempt-too-long-for-some", **fields) == [
        (
            "activities.raid.cox: an attempt takes 40 min or more, which some who may do it never play at"
            " a stretch: P2 (20 min) and P3 (30 min)"
        )
    ]


def test_who_plays_long_enough_by_one_of_the_rules_is_not_named() -> None:
    people = players(120, 120, 30)
    quick = raid_tile_data(modifiers=[{"capability": "quest.ds2", "time": 0.5}]) | {"key": "quick"}
    fields = of_one_team(people, **raid(2400)) | {"board": rows_of([raid_tile_data(), quick, tile_data()])}
    assert found_in("attempt-too-long-for-some", **fields) == []


def test_teams_that_are_alike_are_told_of_at_once() -> None:
    people = players(*[120] * 6)
    fields = of_one_team(people, **raid(7500))
    fields["teams"] = {name: {"players": [f"P{2 * n}", f"P{2 * n + 1}"]} for n, name in enumerate("ABC")}
    [finding] = found_in("attempt-too-long", **fields)
    assert "nobody of A, B and C who may do it" in finding


def test_a_team_that_is_never_online_is_told_of_once() -> None:
    fields = of_one_team(players(120, 120, sessions=[friday_evening(day="wed")]))
    assert found_in("team-never-online", **fields) == [
        "teams.All: none of its players is ever online during the event"
    ]
    for code in ("player-never-online", "tile-out-of-reach", "row-never-opens", "too-few-hours-for-rows"):
        assert found_in(code, **fields) == []
