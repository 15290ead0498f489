"""What-if changes of a document."""

from decimal import Decimal

import pytest

from events.document import DocumentError, dump_document
from simulations.overrides import OverrideError, apply_overrides
from tests.events.factories import a_document


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("teams.Zebras.strategy=points_per_hour", ("teams", "Zebras", "strategy"), "points_per_hour"),
        ("unlock_points=0", ("unlock_points",), 0),
        (
            "activities.boss.zulrah.attempt.seconds = 100",
            ("activities", "boss.zulrah", "attempt", "seconds"),
            100,
        ),
        ("board[1].tiles[0].points=7", ("board", 1, "tiles", 0, "points"), 7),
        ("tiles.coins.points=7", ("board", 1, "tiles", 0, "points"), 7),
        (
            "players.Zoe.capabilities+=item.lance",
            ("players", "Zoe", "capabilities"),
            ["quest.ds2", "item.lance"],
        ),
        ("players.Mia.capabilities+=[quest.ds2]", ("players", "Mia", "capabilities"), ["quest.ds2"]),
        ("players.Adam.capabilities-=item.lance", ("players", "Adam", "capabilities"), ["quest.ds2"]),
        ("capabilities.quest.new=Quest: the new one", ("capabilities", "quest.new"), "Quest: the new one"),
    ],
)
def test_an_override_changes_what_its_path_says(
    override: str, path: tuple[object, ...], value: object
) -> None:
    node = dump_document(apply_overrides(a_document(), [override]))
    for step in path:
        node = node[step]  # type: ignore[index]
    assert node == value


def test_another_player_can_join() -> None:
    changed = apply_overrides(a_document(), ["players.Ivy={skill: 0.9}", "teams.Apes.players+=Ivy"])
    assert changed.players["Ivy"].skill == Decimal("0.9")
    assert changed.teams["Apes"].players == ["Mia", "Ivy"]


def test_a_weight_of_a_strategy_can_be_set() -> None:
    changed = apply_overrides(a_document(), ["teams.Apes.strategy.w_points=3"])
    assert changed.teams["Apes"].strategy.params["w_points"] == 3


@pytest.mark.parametrize(
    ("override", "remedy"),
    [
        ("players.Zoey.skill=1", "perhaps Zoe"),
        ("unlock_point=1", "perhaps unlock_points"),
        ("activities.boss.zulra.solo=false", "boss.zulrah"),
        ("board[7].tiles[0].points=1", r"\[0\] to \[1\]"),
        ("tiles.nothing.points=1", "zulrah"),
        ("unlock_points+=1", "use ="),
        ("unlock_points.x=1", "below a single value"),
        ("players.Adam.capabilities-=quest.x", "perhaps quest.ds2"),
        ("players-={Adam: 1}", "a name, or a list"),
        ("players-=[{Adam: 1}]", "a name, or a list"),
        ("no operator", "PATH=VALUE"),
        ("=1", "PATH=VALUE"),
    ],
)
def test_what_a_path_does_not_lead_to_is_refused_with_a_remedy(override: str, remedy: str) -> None:
    with pytest.raises(OverrideError, match=remedy) as refused:
        apply_overrides(a_document(), [override])
    assert refused.value.errors[0].place == override


@pytest.mark.parametrize("board", ["5", "[5]", "[{tiles: [{}]}]"])
def test_tiles_of_a_board_that_is_none_any_more_are_refused(board: str) -> None:
    with pytest.raises(OverrideError, match="no board"):
        apply_overrides(a_document(), [f"board={board}", "tiles.coins.points=7"])


def test_all_wrong_overrides_are_named_at_once() -> None:
    with pytest.raises(OverrideError) as refused:
        apply_overrides(a_document(), ["nothing=1", "unlock_points=0", "nobody=2"])
    assert [error.place for error in refused.value.errors] == ["nothing=1", "nobody=2"]


@pytest.mark.parametrize(
    "override", ["slug=other", "slug = small-bingo", "format=bingosim/event@2", "slug+=x"]
)
def test_what_a_simulation_is_of_stays(override: str) -> None:
    with pytest.raises(OverrideError, match="can't be changed") as refused:
        apply_overrides(a_document(), [override])
    assert refused.value.errors[0].place == override


def test_a_changed_document_must_be_valid() -> None:
    with pytest.raises(DocumentError, match=r"teams\.Zebras\.strategy"):
        apply_overrides(a_document(), ["teams.Zebras.strategy=gredy"])


def test_the_document_itself_stays_as_it_was() -> None:
    document = a_document()
    apply_overrides(document, ["unlock_points=0"])
    assert document == a_document()


ODD_NAMES = ["A=B", "A+=B", "A.skill", "A]", 'say "A"', '"A"', "A[0]", "= A"]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_player_of_any_name_can_be_reached(name: str) -> None:
    document = a_document(players={"A": {}, name: {"capabilities": ["item.lance"]}}, teams={})
    changed = apply_overrides(
        document, [f"players.{name}.skill=2", f"players.{name}.capabilities += quest.ds2"]
    )
    assert changed.players["A"].skill == 1
    assert changed.players[name].skill == 2
    assert changed.players[name].capabilities == ["item.lance", "quest.ds2"]


def test_quotation_marks_say_which_of_two_keys_is_meant() -> None:
    document = a_document(players={"A": {}, "A.skill": {}, '"B': {}}, teams={})
    changed = apply_overrides(document, ['players."A".skill=2', 'players."""B".skill=3'])
    assert [float(player.skill) for player in changed.players.values()] == [2, 1, 3]
    joined = apply_overrides(document, ['players."C=D"={skill: 4}'])
    assert joined.players["C=D"].skill == 4
    with pytest.raises(OverrideError, match="PATH=VALUE"):
        apply_overrides(document, ['players."A=B"'])


def test_players_are_found_as_the_game_knows_them() -> None:
    document = a_document()
    changes = ["players.ZOE.skill=2", "teams.Zebras.players-=adam", "teams.Apes.players+=ADAM"]
    changed = apply_overrides(document, changes)
    assert changed.players["Zoe"].skill == 2
    assert [team.players for team in changed.teams.values()] == [["Zoe"], ["Mia", "Adam"]]
