"""Players are read from what spreadsheets give, and written so that reading gives the same."""

import csv
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.document import EventDocument, parse_document
from events.document.durations import Minutes
from events.document.names import same_name_key
from events.transfer.capability_text import KnownCapabilities, read_capabilities, write_capabilities
from events.transfer.players_csv import read_players, with_players, write_players
from events.transfer.session_text import SessionsError, read_sessions, write_sessions
from events.transfer.sheets import SheetError
from tests.events import document_strategies
from tests.events.factories import a_document, document_data

KNOWN = {"quest.ds2": "Dragon Slayer II", "item.lance": "Lance"}


def players_of(text: str, **arguments: Any) -> dict[str, Any]:
    return read_players(text, KNOWN, **arguments).players


def errors_of(text: str, **arguments: Any) -> list[str]:
    with pytest.raises(SheetError) as caught:
        read_players(text, KNOWN, **arguments)
    return [str(error) for error in caught.value.errors]


def session(day: str, start: str, minutes: int) -> dict[str, Any]:
    return {"day": day, "start": start, "minutes": minutes}


@st.composite
def rosters(draw: st.DrawFn) -> EventDocument:
    """An event with players whose names and capabilities are anything a document may have."""
    names = document_strategies.names
    capabilities = draw(st.dictionaries(names, names, max_size=4))
    players = st.dictionaries(
        names, document_strategies.players(list(capabilities)), min_size=1, max_size=4
    ).filter(lambda players: len({same_name_key(name) or name for name in players}) == len(players))
    data = document_data(capabilities=capabilities, players=draw(players), board=[], teams={})
    return parse_document(data)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@given(document=rosters())
def test_players_that_are_written_are_read_back_the_same(separator: str, document: EventDocument) -> None:
    text = write_players(document.players, separator)
    empty = document.model_copy(update={"players": {}})
    assert with_players(empty, read_players(text, document.capabilities)) == document
    assert with_players(document, read_players(text, document.capabilities)) == document


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "'=", "''-"])  # noqa: RUF001
def test_no_cell_begins_like_a_formula(start: str) -> None:
    name = start + 'HYPERLINK("http://x","y")'
    key = start + "cmd|'/C calc'!A0"
    document = a_document(
        capabilities={key: "A key"}, players={name: {"capabilities": [key]}}, board=[], teams={}
    )
    for separator in ",\t":
        text = write_players(document.players, separator)
        for row in csv.reader(text.splitlines(), delimiter=separator):
            assert not any(cell.startswith(tuple("=+-@＝＋－＠\t\r")) for cell in row), row  # noqa: RUF001
        assert read_players(text, document.capabilities).players[name]["capabilities"] == [key]


def test_an_apostrophe_that_hides_no_formula_is_part_of_the_name() -> None:
    """Spreadsheets drop the one that they were given; people may write it, too."""
    assert list(players_of("name\n'Zoe\n'=Zoe\n-Zoe-\n")) == ["'Zoe", "=Zoe", "-Zoe-"]


@given(keys=st.lists(document_strategies.names, unique=True))
def test_capabilities_that_are_written_are_read_back_the_same(keys: list[str]) -> None:
    known = KnownCapabilities(dict.fromkeys(keys, "The same name"))
    assert read_capabilities(write_capabilities(keys), known) == (keys, [])
    assert read_capabilities(write_capabilities(keys), KnownCapabilities({}))[0] == keys


@pytest.mark.parametrize(
    "text",
    [
        "Zoe,0.85,quest.ds2 item.lance,mon 18:00 120,Europe/Berlin",
        "Zoe,0.85,quest.ds2;item.lance,mon 18:00 120,Europe/Berlin",
        "Zoe;0,85;quest.ds2|item.lance;mon 18:00 120;Europe/Berlin",
        'Zoe;0,85;"quest.ds2; item.lance";mon 18:00-20:00;Europe/Berlin',
        "Zoe\t0,85\tquest.ds2, item.lance\tMonday 18-20\tEurope/Berlin",
        "name,skill,capabilities,sessions,timezone\nZoe,.85,quest.ds2 item.lance,mon 18:00 2h,Europe/Berlin",
        (
            "Skill;Name;Time zone;Sessions;Capabilities\r\n"
            "0,85;Zoe;Europe/Berlin;mon 18:00 120;Dragon Slayer II|Lance\r\n"
        ),
        (
            "\ufeffname\tskill\tcapabilities\tsessions\ttimezone\n\n"
            " Zoe \t0.85\tQUEST.DS2 lance\tmon 18:00 120 min\tEurope/Berlin\n\n"
        ),
    ],
)
def test_rows_are_read_however_a_spreadsheet_gives_them(text: str) -> None:
    document = with_players(a_document(players={}, board=[], teams={}), read_players(text, KNOWN))
    zoe = document.players["Zoe"].model_dump(mode="json")
    assert zoe == {
        "skill": 0.85,
        "capabilities": ["quest.ds2", "item.lance"],
        "sessions": [session("mon", "18:00", 120)],
        "timezone": "Europe/Berlin",
    }


def test_names_alone_are_a_sheet_too() -> None:
    assert players_of("Zoe\nAdam\n") == {"Zoe": {}, "Adam": {}}
    assert players_of("name\nZoe") == {"Zoe": {}}


def test_columns_and_cells_that_are_missing_leave_what_is_there_and_empty_ones_do_not() -> None:
    document = a_document()
    zoe, changed = document.players["Zoe"], with_players(document, read_players("Zoe,0.5", KNOWN))
    assert changed.players["Zoe"] == zoe.model_copy(update={"skill": changed.players["Zoe"].skill})
    assert (float(changed.players["Zoe"].skill), changed.teams) == (0.5, document.teams)
    emptied = with_players(document, read_players("name,capabilities,skill,sessions\nZoe,,,", KNOWN))
    assert emptied.players["Zoe"] == document.players["Zoe"].model_validate({})


def test_players_keep_their_order_and_new_ones_come_last() -> None:
    document = with_players(a_document(), read_players("Nora\nMia\nAda", KNOWN))
    assert list(document.players) == ["Zoe", "Adam", "Mia", "Nora", "Ada"]


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("", ["line 1: there are no players here"]),
        ("name,skill\n", ["line 1: there are no players below the names of the columns"]),
        ("Zoe,fast", ["line 1, skill: must be a number like 0.9, not “fast”"]),
        (
            "Zoe,0",
            ["line 1, skill: must be a number above 0 and up to 100, with at most 6 decimal places, not 0"],
        ),
        ("name,skil\nZoe,1", ["line 1, skil: unknown column (did you mean skill?); there are "]),
        ("skill,sessions\n1,", ["line 1: a column “name” is missing"]),
        ("name,name\nZoe,Zoe", ["line 1, name: this column is there twice"]),
        ("name,,skill\nZoe,,1", ["line 1, column 2: a column without a name"]),
        ("Zoe,1\n,2", ["line 2, name: is missing"]),
        ("Zoe,1\nAdam,1\nZoe,2", ["line 3, name: Zoe is already in line 1"]),
        ("x" * 81, ["line 1, name: must have 1 to 80 characters, not 81"]),
        (
            "Zoe,1,quest.ds3",
            ["line 1, capabilities: there is no capability “quest.ds3” (did you mean quest.ds2?)"],
        ),
        ("Zoe,1,,mon 25:00 1", ["line 1, sessions: “mon 25:00 1” is no session: write a day"]),
        (
            "Zoe,1,,mon 18:00 0",
            [
                f"line 1, sessions: must be a whole number from 1 to 10,080{Minutes.or_written}, not 0",
            ],
        ),
        (
            "Zoe,1,,,Europe/Berlim",
            ['line 1, timezone: there is no time zone "Europe/Berlim" (did you mean Europe/Berlin?)'],
        ),
        ("Zoe,1,,,,6", ["line 1: has 6 cells, there are 5 columns"]),
        ('"Zoe,1\nAdam,1', ["line 1: a cell goes on in the next line: is a quotation mark missing?"]),
        ("x" * 200_000, ["line 1: can't be read: field larger than field limit"]),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_column(text: str, errors: list[str]) -> None:
    found = errors_of(text)
    assert len(found) == len(errors)
    assert all(one.startswith(expected) for one, expected in zip(found, errors, strict=True))


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = errors_of("Zoe,x,nix,mo 1\n,1\nAdam,200,,,Nowhere,6\nMia,200,,,Nowhere")
    places = ["1, skill", "1, capabilities", "1, sessions", "2, name", "3", "4, skill", "4, timezone"]
    assert [one.partition(":")[0] for one in found] == [f"line {place}" for place in places]


def test_there_is_an_end_to_what_is_told_and_to_what_is_read() -> None:
    assert len(errors_of("\n".join(f"P{n},x" for n in range(3_000)))) == 1_002
    assert errors_of("\n".join(f"P{n},1" for n in range(6_000))) == [
        "line 5001: there are more than 5,000 rows"
    ]


def test_lines_are_counted_as_they_are_in_the_text() -> None:
    assert errors_of('\n\nZoe,1,,"mon 18:00 120\ntue 18:00 120"\n\nAdam,x')[0].startswith("line 6, skill")


def test_unknown_capabilities_are_added_where_that_is_wanted() -> None:
    sheet = read_players("Zoe,1,quest.new Lance\nAdam,1,quest.new", KNOWN, add_capabilities=True)
    assert sheet.new_capabilities == ["quest.new"]
    document = with_players(a_document(), sheet)
    assert document.capabilities == {**a_document().capabilities, "quest.new": "quest.new"}
    assert document.players["Zoe"].capabilities == ["quest.new", "item.lance"]


@pytest.mark.parametrize("cell", ["Old Sword II", "Old Sword II; Lance", "Lance|Old Sword II"])
def test_a_name_that_is_not_known_is_one_capability(cell: str) -> None:
    sheet = read_players(f"Zoe,1,{cell}", KNOWN, add_capabilities=True)
    assert sheet.new_capabilities == ["Old Sword II"]
    assert "no capability “Old Sword II”" in "".join(errors_of(f"Zoe,1,{cell}"))


@pytest.mark.parametrize(
    ("cell", "listed"),
    [
        ("Dragon Slayer II\nDragon Hunter Lance", ["ds2", "dhl"]),
        ("Dragon Slayer II Dragon Hunter Lance", ["ds2", "dhl"]),
        ("dragon slayer ii quest.new", ["ds2", "quest.new"]),
        ("ds2 dhl", ["ds2", "dhl"]),
        ("St. Patrick hat", ["St. Patrick hat"]),
        (
            "St. Patrick hat ds2 quest.a quest.b New One",
            ["St. Patrick hat", "ds2", "quest.a", "quest.b", "New One"],
        ),
    ],
)
def test_names_of_several_words_are_found_among_others(cell: str, listed: list[str]) -> None:
    known = KnownCapabilities({"ds2": "Dragon Slayer II", "dhl": "Dragon Hunter Lance"})
    assert read_capabilities(cell, known)[0] == listed


@pytest.mark.parametrize("add", [True, False])
def test_a_name_of_two_capabilities_is_refused_with_both(add: bool) -> None:
    known = {"gs": "Goblin Slayer", "gs-2": "goblin slayer"}
    with pytest.raises(SheetError) as refused:
        read_players("Zoe,1,Goblin Slayer", known, add_capabilities=add)
    assert "“Goblin Slayer” may be gs or gs-2: write the one that is meant" in str(refused.value)


def test_a_capability_that_is_none_is_refused_also_where_it_would_be_added() -> None:
    assert errors_of(f"Zoe,1,{'x' * 81}", add_capabilities=True) == [
        "line 1, capabilities: must have 1 to 80 characters, not 81"
    ]


def test_names_that_could_mean_several_capabilities_are_not_guessed() -> None:
    known = KnownCapabilities({"a.lance": "Lance", "b.lance": "Lance", "A.Sword": "x", "a.sword": "y"})
    assert read_capabilities("lance; a.sword; A.SWORD", known) == (
        ["lance", "a.sword", "A.SWORD"],
        ["lance", "A.SWORD"],
    )


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("mon 18:00 120", [session("mon", "18:00", 120)]),
        ("Monday 18:00-20:00", [session("mon", "18:00", 120)]),
        ("fri 22:00 – 1:30", [session("fri", "22:00", 210)]),
        ("sun 20-24", [session("sun", "20:00", 240)]),
        ("sat 0:00-24:00", [session("sat", "00:00", 1440)]),
        ("tue 9 90m | thu 9:05 2 hours", [session("tue", "09:00", 90), session("thu", "09:05", 120)]),
        ("fri-mon 18:00 60", [session(day, "18:00", 60) for day in ("fri", "sat", "sun", "mon")]),
        ("mon, wed/fri 18:00 60", [session(day, "18:00", 60) for day in ("mon", "wed", "fri")]),
        ("weekend 10:00-12:00", [session(day, "10:00", 120) for day in ("sat", "sun")]),
        (
            "daily 10:00-12:00",
            [session(d, "10:00", 120) for d in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")],
        ),
        ("", []),
        (" ; ", []),
    ],
)
def test_sessions_are_written_as_people_do(text: str, sessions: list[dict[str, Any]]) -> None:
    assert read_sessions(text) == sessions
    assert read_sessions(write_sessions(sessions)) == sessions


@pytest.mark.parametrize(
    "text",
    ["mon", "18:00 120", "m 18:00 120", "mox 18:00 120", "mon 18:00", "mon 24:00 60", "mon 18:60 10",
     "mon 18:00-18:00", "mon 18:00-24:30", "mon 18:00 20:00", "mon " + " " * 200 + "18:00 1", "mon ١٨:00 5"],
)  # fmt: skip
def test_what_is_no_session_is_refused(text: str) -> None:
    with pytest.raises(SessionsError, match="“"):
        read_sessions(text)


def test_every_session_that_is_wrong_is_told() -> None:
    with pytest.raises(SessionsError) as caught:
        read_sessions("mon 1; tue 18:00 60; wed x")
    assert [line[:7] for line in str(caught.value).splitlines()] == ["“mon 1”", "“wed x”"]


SPELLINGS = ["iron man x", "IRON MAN X", "Iron\u00a0Man\u00a0X", "iron-man_X", "  Iron_Man  X "]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_player_is_known_as_the_game_knows_them_and_keeps_their_name(spelled: str) -> None:
    document = a_document(players={"Iron_Man X": {"skill": 2}}, teams={})
    sheet = read_players(f"{spelled},0.9", KNOWN, document.players)
    changed = with_players(document, sheet)
    assert {name: float(player.skill) for name, player in changed.players.items()} == {"Iron_Man X": 0.9}


def test_two_rows_of_one_player_are_an_error_however_they_are_spelled() -> None:
    assert errors_of("Iron Man\niron_man", players=["Iron-Man"]) == [
        "line 2, name: iron_man is already in line 1"
    ]
    assert errors_of("Iron Man\niron_man") == ["line 2, name: iron_man is already in line 1"]


def test_of_two_players_whom_the_game_takes_for_one_the_one_that_is_spelled_so_is_meant() -> None:
    both = ["Iron Man", "iron_man"]
    assert list(players_of("iron_man\nIron Man", players=both)) == ["iron_man", "Iron Man"]
    assert errors_of("IRON MAN", players=both) == [
        "line 1, name: may be Iron Man or iron_man: write the one that is meant"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a" * 2_000_001, "line 1: there are more than 2,000,000 characters here"),
        ("a\n" * 999_000, "line 5001: there are more than 5,000 rows"),
        (
            "name\n" + "a," * 990_000,
            "line 2: has 990001 cells, there is 1 column: a comma in a cell needs quotes",
        ),
        ("name,skill\na," + "1" * 20_001, "line 2: a cell has more than 20,000 characters"),
        ("name,sessions\na," + "daily 1 1;" * 1_900, "line 2, sessions: there are more than 200 sessions"),
    ],
    ids=["characters", "rows", "cells", "cell", "sessions"],
)
def test_what_no_sheet_of_players_needs_is_refused(text: str, message: str) -> None:
    assert errors_of(text) == [message]


def test_a_cell_of_wrong_sessions_is_not_listed_to_its_end() -> None:
    assert len(errors_of("name,sessions\na," + "".join(f"x{n};" for n in range(3_000)))) == 20


def test_a_sheet_may_have_as_many_rows_as_are_allowed() -> None:
    assert len(players_of("name\n" + "".join(f"p{n}\n" for n in range(5_000)))) == 5_000


@pytest.mark.parametrize("text", ["fri 18:00 for 2:30", "fri 18:00 for 150 min", "fri 18:00 150"])
def test_sessions_are_read_as_they_are_shown(text: str) -> None:
    assert read_sessions(text) == [session("fri", "18:00", 150)]
