"""What people read: obstacles, differences, lists and replays, in 80 columns."""

import io
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rich.console import Console

from events.models import Event
from simulations.comparison import Comparison, Difference, TeamDifference
from simulations.models import BatchResult, Simulation
from simulations.presentation import show_comparison, show_replay, show_results, show_simulations
from simulations.presentation.comparisons import decimals, signed
from simulations.presentation.drawing import done_of, percent, percent_digits, percent_intervals, speed
from simulations.replays import replay_run, time_by_activity
from simulations.results import load_results
from simulations.statistics import Interval
from tests.events.factories import a_document, a_race, an_event, friday_evening
from tests.simulations.factories import a_completed_simulation, a_simulation

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

WIDTH = 79
ALWAYS_ONLINE = {"Zoe": {"capabilities": ["quest.ds2"]}, "Adam": {}, "Mia": {}}


def said(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def refused(command: str, *arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as error:
        said(command, *arguments)
    return error.value.returncode, str(error.value)


def printed(*renderables: Any, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, highlight=False)
    for renderable in renderables:
        console.print(renderable, soft_wrap=isinstance(renderable, str))
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_report_names_obstacles_within_79_columns() -> None:
    names = {"A team with a rather long name": {"players": ["Zoe", "Adam"]}, "Apes": {"players": ["Mia"]}}
    board = [{"tiles": [_long_tile("zulrah"), _long_tile("cox", "raid.cox", "loot.cox")]}]
    document = a_document(teams=names, board=board, players=ALWAYS_ONLINE)
    text = printed(*show_results(load_results(a_completed_simulation(document=document))))
    stuck = text[text.index("Where each team gets stuck") :].splitlines()
    assert max(map(len, (line.rstrip() for line in text.splitlines()))) <= WIDTH
    assert stuck[1:4] == ["A team with a rather long name", "  nothing holds it up", "Apes"]
    assert stuck[4].split() == ["nobody", "can", "do", "row", "why"]
    assert re.search(r"… +1  Chambers of Xeric takes 2 players, 1$", stuck[5].rstrip())
    assert stuck[6].split() == ["may", "do", "it"]


def test_the_report_tells_the_kinds_of_obstacles_apart() -> None:
    endless = {**_long_tile("endless"), "points": 9, "needs": 10**6}
    board = [
        {"tiles": [endless, *(_long_tile(f"t{ix}") for ix in range(5))]},
        {"tiles": [_long_tile("last")]},
    ]
    document = a_document(board=board, players=ALWAYS_ONLINE, unlock_points=9)
    text = printed(*show_results(load_results(a_completed_simulation(document=document))))
    stuck = text[text.index("Where each team gets stuck") :].splitlines()
    assert max(map(len, (line.rstrip() for line in stuck))) <= WIDTH
    titles = [line.split("  ")[1] for line in stuck if line.startswith("  ") and line[2:3].isalpha()]
    kinds = ["closed row", "row 2", "tried, not finished"]
    assert [title for title in titles if not title.startswith("A tile")][:3] == kinds
    assert "    and 2 more" in stuck


def test_the_report_tells_when_the_whole_board_is_finished() -> None:
    text = printed(*show_results(load_results(a_completed_simulation(document=a_race()))))
    board = text[text.index("The whole board") :].splitlines()
    assert board[1].split() == ["team", "finished", "5", "%", "median", "95", "%"]
    assert re.fullmatch(r"Zebras +100.0 % +\d:\d\d +\d:\d\d +\d:\d\d *", board[3])
    assert re.fullmatch(r"Apes +35.0 % +\d:\d\d +\d:\d\d +\d:\d\d *", board[4])


def test_a_board_that_nobody_finishes_is_said_to_be_so() -> None:
    text = printed(*show_results(load_results(a_completed_simulation())))
    assert "No team finishes all tiles in any run." in text


def _long_tile(key: str, activity: str = "boss.zulrah", drop: str = "kill.zulrah") -> dict[str, Any]:
    rules = [{"activity": activity, "drops": [drop]}]
    return {"key": key, "name": f"A tile with a long name to be cut, {key}", "points": 1, "rules": rules}


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0.0 %"),
        (1, "100.0 %"),
        (0.0055, "0.5 %"),
        (0.0001, "<0.1 %"),
        (1e-12, "<0.1 %"),
        (0.9994, "99.9 %"),
        (0.9995, ">99.9 %"),
        (1 - 1e-12, ">99.9 %"),
        (0.5, "50.0 %"),
        (None, "-"),
    ],
)
def test_a_share_has_one_decimal_and_is_told_from_0_and_1(share: float | None, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.996, ">99"), (0.004, "<1"), (0.4, "40"), (1, "100"), (0, "0"), (0.9949, "99")]
)
def test_whole_per_cents_tell_what_is_nearly_all_from_all(share: float, text: str) -> None:
    assert percent_digits(share, 0) == text


@pytest.mark.parametrize(
    ("runs_per_s", "text"),
    [
        (2 / 22.3, "0.09 runs/s"),
        (0.0004, "0.0004 runs/s"),
        (1.25, "1.2 runs/s"),
        (12.4, "12 runs/s"),
        (85_963.2, "85,963 runs/s"),
    ],
)
def test_a_slow_simulation_has_a_speed_too(runs_per_s: float, text: str) -> None:
    assert speed(runs_per_s) == text


def test_what_a_simulation_took_is_getting_ready_and_computing() -> None:
    simulation = a_completed_simulation()
    assert "took 0.5 s (80 runs/s)" in said("results", simulation.pk)
    Simulation.objects.update(preparing_s=52, elapsed_s=42)
    assert "took 52.0 s to get ready, 42.0 s to compute (0.95 runs/s)" in said("results", simulation.pk)


@pytest.mark.parametrize(
    ("done", "n_runs", "text"), [(1, 1, "1 run"), (0, 1, "0 of 1 run"), (2_000, 2_000, "2,000 runs")]
)
def test_one_run_is_no_plural(done: int, n_runs: int, text: str) -> None:
    assert done_of(done, n_runs) == text


def test_a_single_run_is_said_in_the_singular_everywhere() -> None:
    simulation = a_completed_simulation(n_runs=1)
    texts = [str(simulation), said("results", simulation.pk), said("replay", simulation.pk, "0")]
    assert not [line for text in texts for line in text.splitlines() if re.search(r"\b1 [a-z]+s\b", line)]


def test_a_small_difference_does_not_read_as_none() -> None:
    difference = Difference(0.5, 0.500012, Interval(0.000002, 0.000022))
    assert signed(100 * difference.value, decimals(difference, 100)) == "+0.0012"
    assert signed(-0.0004, 2) == "+0.00"


def test_few_runs_that_agree_are_no_certainty() -> None:
    first = a_completed_simulation(n_runs=10)
    text = said("compare", first.pk, a_completed_simulation(n_runs=10).pk)
    assert "too few runs to tell" in text
    assert "-0.0 " not in text
    assert "+0.0 to +0.0" not in text


def test_simulations_without_a_common_team_are_not_compared() -> None:
    other = a_document(teams={"Bears": {"players": ["Mia"]}})
    code, message = refused("compare", a_completed_simulation().pk, a_completed_simulation(document=other).pk)
    assert code == 1
    assert "no team is in both" in message
    assert "has Bears" in message


def test_the_list_fits_80_columns_with_its_numbers_whole() -> None:
    simulation = a_simulation(
        n_runs=1_000_000_000, name="a name that is too long for any list of simulations"
    )
    simulation.runs_done = 999_999_999  # type: ignore[attr-defined]
    text = printed(show_simulations([simulation]))
    assert max(map(len, text.splitlines())) <= 80
    assert "999,999,999 of 1,000,000,000" in text
    assert simulation.created_at.astimezone().strftime("%m-%d %H:%M %Z") in text
    assert "…" in text


def test_simulations_of_a_deleted_event_are_listed() -> None:
    simulation = a_simulation()
    assert not Event.objects.exists()
    assert simulation.pk in said("simulations", "--event", "small-bingo")
    assert refused("simulations", "--event", "nothing")[0] == 2


def test_an_event_without_simulations_is_said() -> None:
    an_event()
    a_simulation(document=a_document(slug="another"))
    assert said("simulations", "--event", "small-bingo") == "There are no simulations of small-bingo.\n"


def test_a_replay_tells_what_finishes_and_with_all_everything() -> None:
    simulation = a_completed_simulation(document=a_document(players=ALWAYS_ONLINE))
    short, whole = said("replay", simulation.pk, "3"), said("replay", simulation.pk, "3", "--all")
    assert "★ Zulrah is finished (row 1, +1: 1 in all)" in short
    assert "row 2 opens" in short
    assert "rolls" not in short
    assert "Zoe and Adam: Chambers of Xeric for Cox" in whole
    assert "rolls main: unique.fang, kill.zulrah" in whole
    assert "a penalty of 0:01:30" in "".join(
        said("replay", simulation.pk, str(run), "--all") for run in range(20)
    )
    assert len(short.splitlines()) < len(whole.splitlines())


def test_a_team_alone_keeps_its_colour() -> None:
    replayed = replay_run(a_completed_simulation(), 0)
    title = next(line for line in show_replay(replayed, replayed.teams[1:]) if "Apes" in str(line))
    assert str(title.style) == "bold magenta"  # type: ignore[union-attr]


def test_time_is_counted_for_every_member_and_penalties_apart() -> None:
    replayed = replay_run(a_completed_simulation(), 0)
    document, events = replayed.simulation.frozen_document, replayed.teams[0].events
    attempts = [event for event in events if event.kind == "attempt"]
    spent = time_by_activity(document, events)
    assert sum(one.attempts for one in spent) == len(attempts)
    assert sum(one.player_s for one in spent) == sum(
        len(event.players) * (event.second - (event.start_s or 0)) for event in attempts
    )
    penalties = [
        event for event in events if event.kind == "roll" and (event.line, event.outcome) == ("main", 1)
    ]
    assert (sum(one.penalty_s for one in spent) > 0) == bool(penalties)


@pytest.mark.parametrize(
    "command", [("results",), ("compare",), ("replay", "0"), ("export_runs", "-o", "x.csv")]
)
def test_what_another_version_stored_is_refused_in_a_line(command: tuple[str, ...], tmp_path: Any) -> None:
    simulation = a_completed_simulation(seed="a b")
    Simulation.objects.update(summary=b"\xff" * 40)
    BatchResult.objects.update(block=b"\xff" * 40)
    name, *rest = command
    ids = [simulation.pk] if name != "compare" else [simulation.pk, a_completed_simulation(seed="a b").pk]
    rest = [str(tmp_path / one) if one.endswith(".csv") else one for one in rest]
    code, message = refused(name, *ids, *rest)
    assert code == 1
    assert simulation.pk in message
    assert message.endswith("simulate it anew with --seed 'a b'")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (0.2456, 0.28431, "24.56-28.43"),
        (0.00428, 0.02319, "0.43-2.32"),
        (0.00019, 0.00025, "0.019-0.025"),
        (0.99975, 0.99981, "99.975-99.981"),
        (0.0, 0.5, "0.00-50.00"),
        (0.0, 0.0004, "0.000-0.040"),
        (0.9, 1 - 1e-9, "90.000->99.999"),
        (1e-9, 1, "<0.001-100.000"),
    ],
)
def test_an_interval_has_the_digits_that_its_ends_need(low: float, high: float, written: str) -> None:
    assert percent_intervals([Interval(low, high)]) == [written]


def test_all_intervals_of_a_column_have_as_many_decimals() -> None:
    column = [Interval(0.2456, 0.28431), Interval(0.00019, 0.00025)]
    assert percent_intervals(column) == ["24.560-28.431", "0.019-0.025"]


def test_all_percentages_of_a_column_have_as_many_decimals() -> None:
    rare = {"Zoe": {"capabilities": ["quest.ds2"], "sessions": [friday_evening(minutes=15)]}}
    document = a_document(players={**ALWAYS_ONLINE, **rare})
    text = said("results", a_completed_simulation(document=document).pk)
    decimals_by_column: dict[int, set[int]] = {}
    for line in text.splitlines():
        for found in re.finditer(r"[0-9]+\.([0-9]+) %", line):
            decimals_by_column.setdefault(found.end(), set()).add(len(found[1]))
    assert decimals_by_column
    assert {len(decimals) for decimals in decimals_by_column.values()} == {1}, text


def test_all_teams_of_a_comparison_have_as_many_decimals() -> None:
    results = load_results(a_completed_simulation())
    certain, unsure = Interval(0.00001, 0.00002), Interval(-0.1, 0.2)
    teams = [
        TeamDifference("Zebras", Difference(0.5, 0.6, unsure), Difference(8, 9, Interval(0.9, 1.1))),
        TeamDifference("Apes", Difference(0, 0.0000151, certain), Difference(8, 9, Interval(-9, 9))),
    ]
    text = printed(*show_comparison(Comparison(results, results, paired=True, runs=40, teams=teams)))
    cells = [line.split() for line in text.splitlines() if "→" in line and "first" not in line]
    wins = [[cell for cell in line if cell[-1].isdigit()] for line in cells if "wins" in line]
    points = [[cell for cell in line if cell[-1].isdigit()] for line in cells if "points" in line]
    for rows in (wins, points):
        assert len(rows) == 2
        assert len({len(cell.partition(".")[2]) for row in rows for cell in row}) == 1, text
