"""What a document may have, and the errors of what it may not: places, limits and words."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from events.document import SizeRange, StrategyName, TimeModel, Units
from tests.events.documents import MISSING, changed, errors_of, small_document

ZULRAH = "activities/boss.zulrah"
LINE = f"{ZULRAH}/loot/0"
IN_LINE = "activities.boss.zulrah.loot[0]"
TILE = "board/0/tiles/0"
RULE = f"{TILE}/rules/0"


def tile(key: str, points: int = 1) -> dict[str, Any]:
    return {"key": key, "name": key, "points": points}


def line_of_rates(*rates: object) -> list[dict[str, Any]]:
    return [{"rate": rate} for rate in rates]


def test_the_small_document_is_accepted_with_its_defaults() -> None:
    document = small_document()
    zulrah = document.activities["boss.zulrah"]
    assert (document.unlock_points, document.group_wait_minutes, document.duration_s) == (5, 15, 172_800)
    assert (zulrah.solo, zulrah.attempt.model, zulrah.loot[0].times) == (True, TimeModel.UNIFORM, 1)
    assert zulrah.loot[0].outcomes[0].rate == Fraction(3, 4)
    assert zulrah.loot[0].outcomes[1].drops == {"unique.fang": Units(2, 4)}
    assert [band.size for band in zulrah.bands] == [SizeRange(2, 4), SizeRange(5, 5)]
    assert document.players["Bob"].skill == 1
    assert document.board[0].tiles[1].rules[0].drops == {"ore.mined": Decimal(1)}
    assert document.teams["Team Alpha"].strategy.name == StrategyName.ROW_UNLOCKING
    assert document.teams["Team Beta"].strategy.params == {"w_points": Decimal(1)}


def test_drops_of_an_activity_come_in_the_order_of_their_first_mention() -> None:
    outcomes = [{"rate": "1/4", "drops": {"b": 1, "a": 1}}, {"rate": "1/4", "drops": {"c": 1, "a": 1}}]
    document = small_document(("board", []), (f"{LINE}/outcomes", outcomes))
    assert document.activities["boss.zulrah"].drop_keys() == ["b", "a", "c"]


def test_a_document_may_have_no_board_and_no_teams_yet() -> None:
    sections = ("board", "teams", "players", "activities", "capabilities")
    assert errors_of(changed(*((section, MISSING) for section in sections))) == []
    assert errors_of(changed(("board", [{"tiles": []}]), ("teams", {}))) == []


@pytest.mark.parametrize(
    ("place", "good", "bad"),
    [
        ("duration_hours", [1, 1440, 1.5, Decimal("0.25") + 1], [0, 0.99, 1440.5, 1.0001, "48", True, None]),
        ("unlock_points", [0, 20_000], [-1, 20_001, 0.5, "5", True]),
        ("group_wait_minutes", [0, 1440], [-1, 1441]),
        (f"{ZULRAH}/attempt/seconds", [30, 86_400], [0, 86_401]),
        (f"{ZULRAH}/attempt/spread", [0, 120], [-1, 121]),
        (f"{ZULRAH}/attempt/model", ["fixed", "triangular", "normal"], ["Fixed", "gamma", 1]),
        (
            f"{ZULRAH}/group",
            [{"min": 8, "max": 8}, None],
            [{"min": 9, "max": 8}, {"min": 0, "max": 8}, {"min": 1}],
        ),
        (f"{ZULRAH}/group/max", [1, 100], [0, 101]),
        (f"{ZULRAH}/solo", [True, False], ["yes", 1, None]),
        (f"{LINE}/roll", ["per_player", "per_group"], ["per_team"]),
        (f"{LINE}/times", [1, 100], [0, 101]),
        (
            f"{LINE}/outcomes/0/rate",
            ["1/512", 0.02, "0.02", "1/1000000000000000000"],
            [0, 2, "0/1", "1/0", "5/4"],
        ),
        (f"{LINE}/outcomes/0/rate", [Decimal("0.75"), "3 / 4"], [-0.1, "½", "1/3/5", "", "1/3" + "0" * 18]),
        (
            f"{LINE}/outcomes/1/drops/unique.fang",
            [1, 10**6, "1-1000000"],
            [0, 10**6 + 1, "0-3", "4-2", "3-", 1.5],
        ),
        (f"{LINE}/outcomes/2/penalty_seconds", [0, 86_400], [-1, 86_401]),
        (f"{ZULRAH}/bands/0/time", [100, 0.000001], [0, 100.000001, 0.0000001]),
        (f"{ZULRAH}/bands/1/size", [5, "5-100", 1], ["4-9", 0, 101, "9-5", "2 to 4"]),
        ("players/Alice/skill", [100, 0.000001, 1.15], [0, -1, 101, 1.0000001, "1", float("inf")]),
        (
            "players/Alice/timezone",
            ["Europe/Berlin", None],
            ["Mars/Base", "", "../etc/passwd", "localtime", 5],
        ),
        ("players/Alice/sessions/0/day", ["sun"], ["Sunday", "Mon"]),
        ("players/Alice/sessions/0/start", ["00:00", "23:59"], ["24:00", "9:00", "18:60", "18:00:00", 1080]),
        ("players/Alice/sessions/0/minutes", [1, 10_080], [0, 10_081]),
        (f"{TILE}/points", [1, 1000], [0, 1001, 1.5]),
        (f"{TILE}/needs", [1, 10**9, 1.000001], [0, 0.5, 10**9 + 1, 1.0000001]),
        (f"{RULE}/drops/kill.zulrah", [1000, 0.000001], [0, 1000.5, -1]),
        (f"{RULE}/drops", [["kill.zulrah"]], [[], {}, "kill.zulrah", [5], None]),
        (f"{RULE}/modifiers/0/rate", [100], [0, 101]),
        ("slug", ["a", "spring-2026_b"], ["", "Spring", "-a", "a b", "a" * 81, "a\n"]),
        (
            "name",
            ["x" * 80, "Ünï 龍 (1)"],
            ["", "x" * 81, "a\nb", "a\u2028b", "\x00", "\ud800", " a", "a ", 5],
        ),
        ("timezone", ["UTC"], ["Nowhere", "America", None]),
        (
            "starts_at",
            ["2026-03-06 18:00", "2026-03-06T18:00:00Z"],
            ["2026-03-06", "2026-13-01T00:00:00", "2026-03-06T18:00:00z", "1999-01-01T00:00"],
        ),
        ("format", [], ["bingosim/event@2", None]),
        (
            "teams/Team Alpha/strategy",
            ["greedy", {"name": "greedy"}],
            ["best", {}, None, ["greedy"], {"name": "best"}],
        ),
        (
            "teams/Team Beta/strategy",
            [{"name": "weighted", "w_hours": -0.5}],
            [{"name": "greedy", "w_points": 1}],
        ),
        ("teams/Team Beta/strategy/w_points", [0, -1.25, 10**6], ["1", 10**6 + 1]),
    ],
)
def test_each_value_has_its_limits(place: str, good: list[object], bad: list[object]) -> None:
    accepted = [errors_of(changed((place, value))) for value in good]
    refused = [len(errors_of(changed((place, value)))) for value in bad]
    assert accepted == [[]] * len(good)
    assert refused == [1] * len(bad)


@pytest.mark.parametrize(
    ("place", "entry", "most"),
    [
        (f"{LINE}/outcomes", lambda n: {"rate": "1/1000"}, 100),
        (f"{ZULRAH}/loot", lambda n: {"line": f"{n}", "outcomes": line_of_rates(1)}, 16),
        (f"{TILE}/rules", lambda n: {"activity": "skilling.mining", "drops": ["ore.mined"]}, 20),
        (f"{RULE}/modifiers", lambda n: {"capability": f"c{n}"}, 8),
        ("board", lambda n: {"tiles": []}, 50),
        ("board/0/tiles", lambda n: tile(f"t{n}"), 20),
    ],
)
def test_lists_have_their_limits(place: str, entry: Any, most: int) -> None:
    capabilities = ["quest.ds2", "quest.sote", *(f"c{n}" for n in range(9))]
    base: list[tuple[str, object]] = [("capabilities", {key: key for key in capabilities})]
    if place.startswith(ZULRAH):
        base.append(("board", []))
    assert errors_of(changed(*base, (place, [entry(n) for n in range(most)]))) == []
    (error,) = errors_of(changed(*base, (place, [entry(n) for n in range(most + 1)])))
    assert error.endswith(f"has {most + 1} entries, at most {most} are allowed")


@pytest.mark.parametrize(("section", "most"), [("activities", 300), ("teams", 32)])
def test_sections_have_their_limits(section: str, most: int) -> None:
    part = {"activities": {"name": "A", "attempt": {"seconds": 1}}, "teams": {}}[section]
    for count, n_errors in ((most, 0), (most + 1, 1)):
        parts = {f"{n}": part for n in range(count)}
        assert len(errors_of(changed(("board", []), (section, parts)))) == n_errors


def test_a_team_has_at_most_a_hundred_players() -> None:
    for count, n_errors in ((100, 0), (101, 1)):
        names = [f"p{n}" for n in range(count)]
        data = changed(("players", {name: {} for name in names}), ("teams", {"A": {"players": names}}))
        assert len(errors_of(data)) == n_errors


def test_the_board_has_limits_as_a_whole() -> None:
    rows = [{"tiles": [tile(f"{r}-{k}", 50) for k in range(20)]} for r in range(20)]
    assert errors_of(changed(("board", rows))) == []
    rows.append({"tiles": [tile("one-more", 1)]})
    assert errors_of(changed(("board", rows))) == [
        "board: has 401 tiles, at most 400 are allowed",
        "board: its points sum to 20,001, at most 20,000 are allowed",
    ]


@pytest.mark.parametrize(("last", "total"), [("1/100000000000", "slightly more than 1"), ("1/2", "1.5")])
def test_the_rates_of_a_line_sum_to_at_most_one(last: str, total: str) -> None:
    accepted, refused = line_of_rates("1/3", "1/3", "1/3"), line_of_rates("1/3", "1/3", "1/3", last)
    assert errors_of(changed(("board", []), (f"{LINE}/outcomes", accepted))) == []
    assert errors_of(changed(("board", []), (f"{LINE}/outcomes", refused))) == [
        f"{IN_LINE}.outcomes: the rates must sum to at most 1, not {total}"
    ]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("pionts", 1), "pionts: unknown key"),
        (("unlock_point", 1), "unlock_point: unknown key (did you mean unlock_points?)"),
        ((f"{TILE}/point", 1), "board[0].tiles[0].point: unknown key (did you mean points?)"),
        ((f"{ZULRAH}/group/maximum", 1), "activities.boss.zulrah.group.maximum: unknown key"),
        (
            ("players/Alice/sessions/0/minute", 1),
            "players.Alice.sessions[0].minute: unknown key (did you mean minutes?)",
        ),
        (("slug", MISSING), "slug: is missing"),
        ((f"{TILE}/points", MISSING), "board[0].tiles[0].points: is missing"),
        (
            (f"{TILE}/points", "5"),
            'board[0].tiles[0].points: must be a whole number from 1 to 1,000, not "5"',
        ),
        (("players/Alice/skill", 0), "players.Alice.skill: must be a number above 0 and up to 100, with"),
        (
            (f"{LINE}/outcomes/0/rate", "4/3"),
            f"{IN_LINE}.outcomes[0].rate: must be a rate above 0 and up to 1, like 3/4 or 0.02",
        ),
        ((f"{LINE}/roll", "each"), f'{IN_LINE}.roll: must be per_player or per_group, not "each"'),
        (
            ("players/Alice/timezone", "Europe/Berln"),
            'players.Alice.timezone: there is no time zone "Europe/Berln" (did you mean Europe/Berlin?)',
        ),
        (
            ("players/Alice/timezone", "berlin"),
            'players.Alice.timezone: there is no time zone "berlin" (did you mean Europe/Berlin?)',
        ),
        (
            ("players/Alice/timezone", "New York"),
            'players.Alice.timezone: there is no time zone "New York" (did you mean America/New_York?)',
        ),
        (("name", 5), "name: must be text, not 5 (put it in quotes)"),
        (("board", None), "board: must be a list, not nothing"),
        (("players", ["Alice"]), "players: must be a mapping, not a list"),
        (("format", "bingosim/event@9"), 'format: must be bingosim/event@1, not "bingosim/event@9"'),
        (("progress", {}), "progress: is reserved for forecasts from the middle of an event"),
        (
            (f"{ZULRAH}/attempt/spread", 121),
            "activities.boss.zulrah.attempt.spread: must be at most the 120 seconds, not 121",
        ),
        (
            (f"{ZULRAH}/bands/1/size", "4-6"),
            "activities.boss.zulrah.bands[1].size: another band holds the size 4, too",
        ),
        (
            ("activities/skilling.mining/solo", False),
            "activities.skilling.mining.solo: must be true where there is no group",
        ),
        (
            ("teams/Team Beta/strategy", {"name": "weighted", "w_point": 1}),
            "teams.Team Beta.strategy.w_point: unknown parameter (did you mean w_points?); there",
        ),
        (
            ("teams/Team Beta/strategy", {"name": "weighted", "params": {"w_rate": 1}}),
            "teams.Team Beta.strategy.params: unknown parameter",
        ),
        (
            ("teams/Team Beta/strategy/name", "greedy"),
            "teams.Team Beta.strategy: the strategy greedy has no parameters; only weighted has",
        ),
        (
            ("capabilities/" + "x" * 90, "long"),
            "capabilities." + "x" * 59 + "…: must have 1 to 80 characters, not 90",
        ),
        (
            ("capabilities/a\nb", "x"),
            "capabilities.a\ufffdb: must not have control characters or line breaks",
        ),
    ],
)
def test_errors_name_their_place_and_what_would_be_right(change: tuple[str, object], error: str) -> None:
    found = errors_of(changed(change))
    assert any(line.startswith(error) for line in found), found


def test_wrong_shapes_and_wrong_names_are_reported_together_in_the_documents_order() -> None:
    data = changed(
        ("slug", "Not A Slug"),
        ("extra", 1),
        (f"{ZULRAH}/attempt/seconds", 0),
        ("players/Alice/capabilities", ["quest.dragon"]),
        (f"{RULE}/drops", ["unique.tooth"]),
        (f"{TILE}/points", "many"),
        ("teams/Team Alpha/players", ["Alise"]),
    )
    assert [line.split(": ")[0] for line in errors_of(data)] == [
        "slug",
        "activities.boss.zulrah.attempt.seconds",
        "players.Alice.capabilities[0]",
        "board[0].tiles[0].points",
        "board[0].tiles[0].rules[0].drops",
        "teams.Team Alpha.players[0]",
        "extra",
    ]


@pytest.mark.parametrize("data", [None, [], "text", 5, {}, {1: 2}, {"players": {1: 2}, "board": {"a": 1}}])
def test_any_data_is_refused_with_errors_only(data: object) -> None:
    assert errors_of(data)


def test_a_document_with_very_many_errors_is_refused_soon() -> None:
    data = changed(("teams", {f"T{n}": {"players": [f"nobody {n}"]} for n in range(20_000)}))
    errors = errors_of(data)
    assert len(errors) == 1_001
    assert errors[-1] == "there are more problems than these 1,000"
