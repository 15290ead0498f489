"""Names that people take for one another are found, whatever they name."""

from typing import Any

import pytest

from events.document import write_yaml
from tests.events.checks.reading import found, found_in, rows_of
from tests.events.factories import a_document, sound_data, tile_data, zulrah_data


def players(*names: str) -> dict[str, Any]:
    return {"players": {name: {} for name in names}, "teams": {"All": {"players": list(names)}}}


@pytest.mark.parametrize(
    ("other", "shown", "how"),
    [
        ("zezima main", "zezima main", "upper and lower case"),
        (
            "Zezima\u00a0Main",
            "Zezima\ufffdMain",
            "spaces, hyphens and underscores",
        ),
        ("Zezima_Main", "Zezima_Main", "spaces, hyphens and underscores"),
        ("zezima_main", "zezima_main", "how they are written"),
        ("Zezima\u200b Main", "Zezima\ufffd Main", "what nobody sees (U+200B)"),
        ("\u202eZezima Main", "\ufffdZezima Main", "what nobody sees (U+202E)"),
    ],
)
def test_players_who_look_like_another(other: str, shown: str, how: str) -> None:
    assert found_in("names-alike", **players("Zezima Main", other)) == [
        f'players.{shown}: "{shown}" looks like "Zezima Main": they differ only in {how}'
    ]


@pytest.mark.parametrize(
    ("overrides", "place"),
    [
        ({"teams": {"Apes": {"players": ["Zoe"]}, "APES": {"players": ["Adam"]}}}, "teams.APES"),
        ({"board": rows_of([tile_data("kill"), tile_data("kills") | {"name": "KILL"}])}, "board[0].tiles[1]"),
        ({"board": rows_of([tile_data("kill"), tile_data("Kill") | {"name": "X"}])}, "board[0].tiles[1]"),
        ({"capabilities": {"quest.ds2": "A", "item.lance": "B", "Quest.ds2": "C"}}, "capabilities.Quest.ds2"),
        ({"capabilities": {"quest.ds2": "A", "item.lance": "a"}}, "capabilities.item.lance"),
        (
            {"activities": {"boss.zulrah": zulrah_data(), "raid.cox": zulrah_data(name="zulrah")}},
            "activities.raid.cox",
        ),
    ],
)
def test_every_kind_of_name_is_compared_with_its_like(overrides: dict[str, Any], place: str) -> None:
    if "activities" in overrides:
        overrides = overrides | {"board": rows_of([tile_data()])}
    [finding] = found_in("names-alike", **overrides)
    assert finding.startswith(f"{place}: ")


def test_drops_of_an_activity_are_compared() -> None:
    line = {"line": "other", "outcomes": [{"rate": "1/9", "drops": {"Unique_Fang": 1, "unique.fang": 1}}]}
    activities = {"boss.zulrah": zulrah_data(loot=[*zulrah_data()["loot"], line | {"line": "x"}])}
    activities["boss.zulrah"]["loot"][1]["outcomes"][0]["drops"] = {"Unique.fang": 1}
    [finding] = found_in("names-alike", activities=activities, board=rows_of([tile_data()]))
    assert finding.startswith('activities.boss.zulrah: "Unique.fang" looks like "unique.fang"')


def test_a_tile_whose_key_and_name_are_like_anothers_is_told_of_once() -> None:
    assert len(found_in("names-alike", board=rows_of([tile_data("kill"), tile_data("KILL")]))) == 1


def test_names_of_different_things_may_be_alike() -> None:
    people = players("Apes")["players"]
    assert found_in("names-alike", players=people, teams={"apes": {"players": ["Apes"]}}) == []


def test_a_name_that_comes_twice_is_worth_knowing() -> None:
    tiles = [tile_data("one") | {"name": "Any pet"}, tile_data("two") | {"name": "Any pet"}]
    assert found_in("same-name", board=rows_of(tiles)) == [
        'board[0].tiles[1]: has the same name as board[0].tiles[0]: "Any pet"'
    ]
    assert found_in("names-alike", board=rows_of(tiles)) == []


@pytest.mark.parametrize(
    ("overrides", "place"),
    [
        (players("Zez\u200bima"), "players.Zez\ufffdima"),
        ({"name": "Zez\u200bima"}, "name"),
        ({"board": rows_of([tile_data() | {"name": "Zez\u200bima"}])}, "board[0].tiles[0]"),
        ({"capabilities": {"quest.ds2": "Zez\u200bima", "item.lance": "B"}}, "capabilities.quest.ds2"),
        ({"teams": {"Zez\u200bima": {"players": ["Zoe"]}}}, "teams.Zez\ufffdima"),
    ],
)
def test_a_character_that_nobody_sees_is_told_of_in_a_single_name(
    overrides: dict[str, Any], place: str
) -> None:
    assert found_in("invisible-character", **overrides) == [
        f'{place}: "Zez\ufffdima" has characters that nobody sees: U+200B'
    ]


def test_no_finding_turns_around_the_text_that_it_is_shown_in() -> None:
    data = sound_data(teams={"\u202eApes": {"players": ["Mia"]}})
    data["players"]["Mia"]["capabilities"] = []
    assert "\ufffdApes" in found_in("tile-out-of-reach", **data)[0]
    assert "\u202e" not in "".join(found_in("tile-out-of-reach", **data))


# What a comment cuts short.


def cut(written: str, instead: str, **overrides: Any) -> list[str]:
    document = a_document(**sound_data(**overrides))
    text = write_yaml(document)
    assert written in text
    return found("text-cut", document, text.replace(written, instead, 1))


def test_a_name_that_loses_its_end_to_a_comment() -> None:
    assert cut("name: Coins", "name: Coins #1 of five") == [
        (
            'board[1].tiles[0].name: is read as "Coins", since "#1 of five" is a comment to YAML: '
            'put the text in quotes if that belongs to it, else write a space after the "#"'
        )
    ]


@pytest.mark.parametrize(
    ("written", "instead", "place"),
    [
        ("name: Small Bingo", "name: Small Bingo #3", "name"),
        ("key: coins", "key: coins #1", "board[1].tiles[0].key"),
        ("quest.ds2: Dragon Slayer II", "quest.ds2: Dragon Slayer II\t#2", "capabilities.quest.ds2"),
        ("line: main", "line: main #1", "activities.boss.zulrah.loot[0].line"),
    ],
)
def test_every_free_text_is_looked_at(written: str, instead: str, place: str) -> None:
    [finding] = cut(written, instead)
    assert finding.startswith(f"{place}: ")


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("name: Coins", "name: Coins # the last tile"),
        ("name: Coins", 'name: "Coins" #1'),
        ("name: Coins", "name: Coins ## the last tile"),
        ("slug: small-bingo", "slug: small-bingo #1"),
        ("points: 3", "points: 3 #1"),
        ("activity: boss.zulrah", "activity: boss.zulrah #snake"),
        ("name: Coins", "name: Coins\n    #1"),
    ],
)
def test_a_remark_is_no_loss(written: str, instead: str) -> None:
    assert cut(written, instead) == []


def test_a_mention_that_is_cut_to_another_name_is_told_of() -> None:
    people = players("Zoe", "Zoe #2")
    people["teams"]["All"]["players"] = ["Zoe"]
    assert len(cut("players: [Zoe]", "players: [Zoe #2\n  ]", **people)) == 1
