"""The bundled summer event has the size, the rates and the people that it promises."""

from fractions import Fraction
from itertools import chain
from pathlib import Path

import pytest

from events.availability import intervals
from events.checks import findings_of
from events.document import EventDocument, Tile, read_document, write_yaml
from events.estimates import tile_seconds

FILE = Path(__file__).parents[2] / "events" / "bundled" / "summer-clan-bingo.yaml"
HOUR = 3600


@pytest.fixture(scope="module")
def summer() -> EventDocument:
    return read_document(FILE.read_text(encoding="utf-8"), FILE.name)


def rate_of(event: EventDocument, activity: str, drop: str) -> Fraction:
    """The chance of a drop on one roll of the first line of the activity that has it."""
    for line in event.activities[activity].loot:
        rates = [outcome.rate for outcome in line.outcomes if drop in outcome.drops]
        if rates:
            return sum(rates, Fraction())
    raise AssertionError(f"{activity} never drops {drop}")


def tile_hours(event: EventDocument, tile: Tile) -> float:
    """The hours that one player needs for a tile, at base rates."""
    return tile_seconds(event, tile) / HOUR


def online_hours(event: EventDocument, name: str) -> float:
    return sum(end - start for start, end in intervals(event.players[name], event)) / HOUR


def test_it_lasts_nine_days_over_two_weekends(summer: EventDocument) -> None:
    assert summer.duration_s == 9 * 24 * HOUR
    assert summer.starts_at.strftime("%A %H:%M") == "Friday 18:00"


def test_the_board_has_21_rows_of_four_tiles_with_rules(summer: EventDocument) -> None:
    assert [len(row.tiles) for row in summer.board] == [4] * 21
    assert all(tile.rules for _, tile in summer.tiles())


def test_every_row_opens_the_next_with_some_of_its_tiles(summer: EventDocument) -> None:
    for row in summer.board:
        assert max(tile.points for tile in row.tiles) <= summer.unlock_points
        assert sum(tile.points for tile in row.tiles) > summer.unlock_points


def test_tiles_get_harder_down_the_board(summer: EventDocument) -> None:
    hours = [sum(tile_hours(summer, tile) for tile in row.tiles) for row in summer.board]
    thirds = [sum(hours[start : start + 7]) for start in (0, 7, 14)]
    assert thirds[0] < 100 < thirds[1] < 350 < thirds[2] < 650


def test_every_tile_can_be_done_within_the_event_by_one_team(summer: EventDocument) -> None:
    assert all(1 <= tile_hours(summer, tile) <= 45 for _, tile in summer.tiles())


def test_there_are_three_teams_of_twenty_with_a_strategy_each(summer: EventDocument) -> None:
    assert [len(team.players) for team in summer.teams.values()] == [20, 20, 20]
    assert len({team.strategy.name for team in summer.teams.values()}) == 3
    assert set(summer.players) == set(chain(*(team.players for team in summer.teams.values())))


def test_each_tile_is_open_to_at_least_five_players_of_each_team(summer: EventDocument) -> None:
    for team in summer.teams.values():
        players = [set(summer.players[name].capabilities) for name in team.players]
        for _, tile in summer.tiles():
            able = [has for has in players if any(has.issuperset(rule.requires) for rule in tile.rules)]
            assert len(able) >= 5, tile.key


def test_players_live_in_several_time_zones_and_play_15_to_35_hours_a_week(summer: EventDocument) -> None:
    weekly = [sum(session.minutes for session in player.sessions) / 60 for player in summer.players.values()]
    assert min(weekly) > 13
    assert max(weekly) < 36
    assert len({player.timezone for player in summer.players.values()}) >= 10


def test_skills_range_from_quick_to_slow(summer: EventDocument) -> None:
    skills = [float(player.skill) for player in summer.players.values()]
    assert 0.75 <= min(skills) < 0.85
    assert 1.2 < max(skills) <= 1.35


def test_teams_have_the_same_order_of_hours(summer: EventDocument) -> None:
    hours = [sum(online_hours(summer, name) for name in team.players) for team in summer.teams.values()]
    assert max(hours) < 1.3 * min(hours)


@pytest.mark.parametrize(
    ("activity", "drop", "rate"),
    [
        ("boss.zulrah", "unique.tanzanite_fang", "1/1024"),
        ("boss.vorkath", "pet.vorki", "1/3000"),
        ("boss.corrupted_gauntlet", "unique.enhanced_weapon_seed", "1/400"),
        ("boss.moons_of_peril", "unique.moon_piece", "1/56"),
        ("gwd.graardor", "unique.bandos_tassets", "1/381"),
        ("gwd.kreearra", "unique.godsword_hilt", "1/508"),
        ("dt2.vardorvis", "unique.ultor_vestige", "1/1088"),
        ("dt2.whisperer", "unique.bellator_vestige", "1/512"),
        ("slayer.kraken", "unique.trident_of_the_seas", "1/512"),
        ("slayer.abyssal_sire", "unique.unsired", "1/100"),
        ("slayer.alchemical_hydra", "unique.hydras_claw", "1/1001"),
        ("monster.abyssal_demon", "unique.abyssal_whip", "1/512"),
        ("monster.lizardman_shaman", "unique.dragon_warhammer", "1/3000"),
        ("wilderness.artio", "unique.voidwaker_piece", "1/912"),
        ("group.corporeal_beast", "unique.elysian_sigil", "1/4095"),
        ("group.nex", "unique.torva_platebody", "1/258"),
        ("raid.theatre_of_blood", "purple.scythe_of_vitur", "10/1729"),
        ("skilling.tempoross", "unique.fish_barrel", "1/400"),
        ("minigame.fishing_trawler", "unique.angler_piece", "1/8"),
    ],
)
def test_drop_rates_are_those_of_the_game(summer: EventDocument, activity: str, drop: str, rate: str) -> None:
    assert rate_of(summer, activity, drop) == Fraction(rate)


def test_zulrah_rolls_twice_and_barrows_seven_times(summer: EventDocument) -> None:
    assert summer.activities["boss.zulrah"].loot[0].times == 2
    assert summer.activities["minigame.barrows"].loot[0].times == 7


@pytest.mark.parametrize(
    ("activity", "prefix", "one_in"),
    [
        ("raid.chambers_of_xeric", "purple.", Fraction(29)),
        ("raid.theatre_of_blood", "purple.", Fraction(91, 10)),
        ("raid.tombs_of_amascut", "purple.", Fraction(24)),
    ],
)
def test_a_raid_is_purple_as_often_as_in_the_game(
    summer: EventDocument, activity: str, prefix: str, one_in: Fraction
) -> None:
    chest = summer.activities[activity].loot[0]
    purple = [
        outcome.rate for outcome in chest.outcomes if any(key.startswith(prefix) for key in outcome.drops)
    ]
    assert sum(purple, Fraction()) == 1 / one_in


def test_the_library_has_over_forty_activities_of_all_kinds(summer: EventDocument) -> None:
    kinds = {key.partition(".")[0] for key in summer.activities}
    assert len(summer.activities) >= 40
    assert {"boss", "gwd", "slayer", "raid", "skilling", "minigame", "clue"} <= kinds


def test_it_uses_what_a_document_can_say(summer: EventDocument) -> None:
    activities = summer.activities.values()
    rules = [rule for _, tile in summer.tiles() for rule in tile.rules]
    outcomes = [outcome for activity in activities for line in activity.loot for outcome in line.outcomes]
    assert len({activity.attempt.model for activity in activities}) >= 3
    assert any(not activity.solo for activity in activities)
    assert any(activity.bands for activity in activities)
    assert any(outcome.penalty_seconds for outcome in outcomes)
    assert any(len(set(rule.drops.values())) > 1 for rule in rules)
    assert any(rule.requires for rule in rules)
    assert any(rule.modifiers for rule in rules)
    assert any(units.lo < units.hi for outcome in outcomes for units in outcome.drops.values())


def test_the_only_finding_is_that_the_board_is_too_long_to_finish(summer: EventDocument) -> None:
    assert [finding.code for finding in findings_of(summer)] == ["too-few-hours-for-board"] * 3


def test_it_survives_a_round_trip(summer: EventDocument) -> None:
    assert read_document(write_yaml(summer)) == summer
