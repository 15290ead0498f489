"""The commands, called as users call them; the processes are real."""

import io
import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from numba.core import config

from simulations.management.progress import COMPILING
from simulations.models import Simulation, in_seconds
from tests.events.factories import a_race, an_event
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation, a_simulation

pytestmark = pytest.mark.django_db

WIDTH = 80


def said(command: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def answered(command: str, *arguments: str) -> Any:
    return json.loads(said(command, *arguments, "--json"))


def refused(command: str, *arguments: str) -> tuple[int, str]:
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command(command, *arguments, "--json", stdout=out, stderr=io.StringIO())
    assert out.getvalue() == ""
    return error.value.returncode, str(error.value)


def simulate(*arguments: str) -> tuple[str, ...]:
    return ("simulate", "small-bingo", "--processes", "1", "--runs", "40", "--seed", "7", *arguments)


def test_simulate_reports_what_results_then_shows() -> None:
    an_event()
    answer = answered(*simulate())
    assert answer["digest"] == a_completed_simulation().digest
    assert answer == answered("results", answer["id"])


def test_simulate_with_changes_freezes_and_records_them() -> None:
    event = an_event()
    change = "teams.Zebras.strategy=points_per_hour"
    answer = answered(*simulate("--set", change, "--name", "what if"))
    assert answer["teams"][0]["strategy"] == "points_per_hour"
    simulation = Simulation.objects.get()
    assert (simulation.overrides, simulation.name, simulation.event) == ([change], "what if", event)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("simulate", "nothing", "--runs", "10"), "no event 'nothing'"),
        (("simulate", "small-bingo", "--runs", "0"), "1 to 1,000,000,000"),
        (("simulate", "small-bingo", "--runs", "-1"), "1 to 1,000,000,000"),
        (("simulate", "small-bingo", "--runs", "1000000000000"), "1 to 1,000,000,000"),
        (("simulate", "small-bingo"), "--runs"),
        (simulate("--seed", ""), "seed"),
        (simulate("--seed", "x" * 65), "seed"),
        (simulate("--processes", "0"), "1 to"),
        (simulate("--processes", "100000"), "1 to"),
        (simulate("--batch-size", "0"), "1 to"),
        (simulate("--set", "teams.Zebra.strategy=greedy"), "perhaps Zebras"),
        (simulate("--set", "teams.Zebras.strategy=gredy"), "row_unlocking"),
        (("results", "nothing"), "no simulation 'nothing'"),
        (("results", "last"), "simulate SLUG --runs N` starts one"),
        (("cancel", "xxxx"), "no simulation 'xxxx'"),
        (("resume", ""), "no simulation ''"),
        (("extend", "last", "--runs", "50"), "no simulations yet"),
        (("replay", "last", "0"), "no simulations yet"),
        (("compare", "last"), "at least two"),
        (("delete", "last"), "no simulations yet"),
        (("export_runs", "last", "-o", "runs.xlsx"), ".parquet or .csv"),
        (("simulations", "--event", "nothing"), "no event 'nothing'"),
    ],
)
def test_wrong_arguments_are_refused_in_a_line(arguments: tuple[str, ...], reason: str) -> None:
    an_event()
    code, message = refused(*arguments)
    assert code == 2
    assert reason in message
    assert not Simulation.objects.exists()


def test_an_event_that_nobody_can_play_is_refused() -> None:
    an_event(board=[], unlock_points=0)
    code, message = refused(*simulate())
    assert (code, "tile" in message) == (1, True)


def test_a_simulation_is_found_by_the_beginning_of_its_id() -> None:
    for pk in ("bbbb22222222", "bbbb33333333"):
        Simulation.objects.filter(pk=a_simulation().pk).update(id=pk)
    assert answered("results", "bbbb2")["id"] == "bbbb22222222"
    assert answered("results", "last")["id"] == "bbbb33333333"
    code, message = refused("results", "bbbb")
    assert (code, "bbbb33333333, bbbb22222222" in message) == (2, True)


def test_the_list_has_the_newest_first() -> None:
    a_completed_simulation(name="older")
    a_simulation(name="newer")
    assert [one["name"] for one in answered("simulations")["simulations"]] == ["newer", "older"]
    assert [one["runs_done"] for one in answered("simulations")["simulations"]] == [0, 40]
    assert "0 of 40" in said("simulations")


def test_an_empty_list_says_how_to_start_one() -> None:
    assert "simulate SLUG" in said("simulations")


def test_cancel_and_resume() -> None:
    simulation, _ = a_claimed_simulation()
    assert answered("cancel", "last") == {"id": simulation.pk, "status": "cancelled"}
    code, message = refused("cancel", "last")
    assert (code, "nothing to cancel" in message) == (1, True)
    answer = answered("resume", "last", "--processes", "1")
    assert (answer["status"], answer["digest"]) == ("completed", a_completed_simulation().digest)


def test_resume_waits_for_the_lease_of_a_process_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    simulation, _ = a_claimed_simulation()
    Simulation.objects.update(owner="elsewhere process 1", lease_expires_at=in_seconds(0.5))
    call_command("resume", "last", "--processes", "1", "--json", stdout=io.StringIO())
    simulation.refresh_from_db()
    assert simulation.status == "completed"
    assert "waiting until its lease ends" in capsys.readouterr().err


def test_run_pending_computes_without_a_report() -> None:
    simulation = a_simulation()
    assert said("run_pending", simulation.pk, "--processes", "1") == ""
    simulation.refresh_from_db()
    assert simulation.status == "completed"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (a_completed_simulation, "is completed: there is nothing to compute"),
        (lambda: a_claimed_simulation()[0], "Another process computes"),
    ],
)
def test_what_is_not_pending_is_not_computed_and_why(make: Callable[[], Simulation], reason: str) -> None:
    simulation = make()
    with pytest.raises(CommandError, match=reason):
        call_command("run_pending", simulation.pk, "--processes", "1")


def test_delete_takes_several_and_says_what_that_frees() -> None:
    ids = [a_completed_simulation().pk for _ in range(3)]
    answer = answered("delete", *ids[:2], ids[0], "--yes")
    assert answer["deleted"] == ids[:2]
    assert Simulation.objects.get().pk == ids[2]
    assert f"Deleted {ids[2]}" in said("delete", "last", "--yes")


@pytest.mark.django_db(transaction=True)
def test_compact_says_what_it_gives_back_and_waits_for_what_goes_on() -> None:
    said("delete", a_completed_simulation().pk, "--yes")
    assert answered("compact")["freed_bytes"] >= 0
    assert "were given back to the disk" in said("compact")
    simulation, _ = a_claimed_simulation()
    code, message = refused("compact")
    assert (code, f"wait for {simulation.pk}, or `cancel` it" in message) == (1, True)


def test_nothing_under_way_is_deleted() -> None:
    a_claimed_simulation()
    code, message = refused("delete", "last", "--yes")
    assert (code, "cancel it first" in message) == (1, True)


@pytest.mark.parametrize(("reply", "left"), [("y\n", 0), ("\n", 1), ("", 1)])
def test_on_a_terminal_delete_asks(monkeypatch: pytest.MonkeyPatch, reply: str, left: int) -> None:
    simulation = a_completed_simulation()
    monkeypatch.setattr("sys.stdin", terminal := io.StringIO(reply))
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    asked = io.StringIO()
    with nullcontext() if not left else pytest.raises(CommandError, match="Nothing was deleted"):
        call_command("delete", "last", stdout=io.StringIO(), stderr=asked)
    assert Simulation.objects.count() == left
    assert simulation.pk in asked.getvalue()


def test_without_a_terminal_delete_must_be_told_that_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    a_completed_simulation()
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    code, message = refused("delete", "last")
    assert (code, "--yes" in message) == (2, True)
    assert Simulation.objects.exists()


def test_extend_comes_to_what_a_fresh_simulation_would() -> None:
    simulation = a_completed_simulation(n_runs=15)
    answer = answered("extend", simulation.pk, "--runs", "40", "--processes", "1")
    assert (answer["runs"], answer["digest"]) == (40, a_completed_simulation().digest)
    code, message = refused("extend", simulation.pk, "--runs", "40")
    assert (code, "has 40 runs already" in message) == (1, True)


def test_compare_shows_every_simulation_against_the_first() -> None:
    ids = [a_completed_simulation(seed=seed).pk for seed in ("7", "7", "8")]
    answer = answered("compare", *ids)
    assert [one["id"] for one in answer["simulations"]] == ids
    assert [one["paired"] for one in answer["comparisons"]] == [True, False]
    assert said("compare", *ids).count("against") == 2


def test_nothing_is_compared_with_a_simulation_without_runs() -> None:
    code, message = refused("compare", a_completed_simulation().pk, a_simulation().pk)
    assert (code, "no results yet" in message) == (1, True)


def test_replay_tells_one_team_or_all() -> None:
    simulation = a_completed_simulation(name="what if", overrides=["players.Mia.skill=1"])
    answer = answered("replay", "last", "3")
    assert [team["name"] for team in answer["teams"]] == ["Zebras", "Apes"]
    assert (answer["name"], answer["overrides"]) == ("what if", ["players.Mia.skill=1"])
    assert [team["name"] for team in answered("replay", "last", "3", "--team", "Apes")["teams"]] == ["Apes"]
    assert "is finished" in said("replay", simulation.pk, "3", "--team", "Zebras")


@pytest.mark.parametrize(
    ("arguments", "reason"), [(("40",), "0 to 39"), (("1", "--team", "Bears"), "Zebras, Apes")]
)
def test_what_cannot_be_replayed_is_refused(arguments: tuple[str, ...], reason: str) -> None:
    a_completed_simulation()
    code, message = refused("replay", "last", *arguments)
    assert (code, reason in message) == (2, True)


def test_a_replay_by_another_engine_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    a_completed_simulation()
    Simulation.objects.update(engine_version=999)
    call_command("replay", "last", "0", "--json", stdout=io.StringIO())
    assert "engine version 999" in capsys.readouterr().err


def test_export_runs_writes_a_whole_file(tmp_path: Path) -> None:
    a_completed_simulation()
    path = tmp_path / "runs.csv"
    assert answered("export_runs", "last", "-o", str(path))["runs"] == 40
    assert len(path.read_text().splitlines()) == 81
    assert list(tmp_path.iterdir()) == [path]


def test_export_runs_replays_for_the_times(tmp_path: Path) -> None:
    a_completed_simulation(document=a_race())
    path = tmp_path / "runs.csv"
    assert answered("export_runs", "last", "-o", str(path), "--times")["runs"] == 40
    heading, first = path.read_text().splitlines()[:2]
    assert heading.endswith('"row_0_s","row_1_s","tile_zulrah_s","tile_coins_s"')
    assert first.split(",")[8] == "0"
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_that_is_stopped_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_completed_simulation(document=a_race(), batches=[30, 10])

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulations.management.progress.ProgressLines.__call__", stop)
    with pytest.raises(KeyboardInterrupt):
        said("export_runs", "last", "-o", str(tmp_path / "runs.csv"), "--times")
    assert list(tmp_path.iterdir()) == []


def test_times_of_another_engines_runs_are_refused(tmp_path: Path) -> None:
    a_completed_simulation()
    Simulation.objects.update(engine_version=999)
    code, message = refused("export_runs", "last", "-o", str(tmp_path / "runs.csv"), "--times")
    assert (code, "engine version 999" in message) == (1, True)
    assert list(tmp_path.iterdir()) == []
    assert answered("export_runs", "last", "-o", str(tmp_path / "runs.csv"))["runs"] == 40


@pytest.mark.parametrize(
    ("option", "title", "line"),
    [
        ("--tiles", "When tiles are finished", r"Coins +2 +35.0 % +2:\d\d +3:\d\d +3:\d\d +3:\d\d"),
        ("--rows", "When rows open", r"row 1 +100.0 % +0:00 +0:00 +0:00 +0:0\d"),
        ("--hours", "Where the hours go", r"Zulrah +\d+.\d +3:\d\d +100.0 %"),
    ],
)
def test_results_show_more_where_asked(option: str, title: str, line: str) -> None:
    a_completed_simulation(document=a_race())
    text = said("results", "last", option)
    assert text.startswith(said("results", "last"))
    assert title not in said("results", "last")
    assert re.search(line, text[text.index(title) :].partition("Apes")[2])


def test_the_list_tells_what_was_changed() -> None:
    changes = ["teams.Apes.strategy=greedy", "players.Mia.skill=0.5"]
    a_completed_simulation(overrides=changes)
    assert answered("simulations")["simulations"][0]["overrides"] == changes
    text = said("simulations")
    assert all(f"with {change}" in text for change in changes)


def test_reports_fit_a_narrow_terminal() -> None:
    long = "A team with a name that is far too long for any table of results"
    document = {"teams": {long: {"players": ["Zoe", "Adam"]}, "Apes": {"players": ["Mia"]}}}
    from tests.events.factories import a_document

    first = a_completed_simulation(document=a_document(**document))
    second = a_completed_simulation(document=a_document(**document))
    details = said("results", first.pk, "--tiles", "--rows", "--hours")
    for text in (details, said("compare", first.pk, second.pk)):
        tables = [line for line in text.splitlines() if first.pk not in line]
        assert max(map(len, tables)) <= WIDTH, text


def test_a_replay_that_has_to_compile_says_so_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    simulation = a_completed_simulation()
    assert call_command("replay", simulation.pk, "0", stdout=io.StringIO()) is None
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    call_command("replay", simulation.pk, "0", stdout=io.StringIO())
    assert capsys.readouterr().err == f"{COMPILING}\n"


@pytest.mark.parametrize("status", ["cancelled", "interrupted", "failed"])
def test_only_what_this_engine_computed_is_recommended_to_be_resumed(status: str) -> None:
    simulation, _ = a_claimed_simulation(seed="a b")
    Simulation.objects.update(status=status)
    assert f"`resume {simulation.pk}` goes on where it stopped" in said("results", "last")
    Simulation.objects.update(engine_version=999)
    text = said("results", "last")
    assert "resume" not in text
    assert "simulate it anew with --seed 'a b'" in text
    assert refused("resume", "last")[0] == 1


def test_cancelling_recommends_no_resuming_that_would_be_refused() -> None:
    a_claimed_simulation()
    Simulation.objects.update(engine_version=999)
    assert "simulate it anew" in said("cancel", "last")


def test_warmup_says_what_it_did() -> None:
    assert answered("warmup")["compiled"] in (True, False)


def test_the_demo_simulates_both_bundled_events(monkeypatch: pytest.MonkeyPatch) -> None:
    from simulations.management.commands import demo

    monkeypatch.setattr(demo, "PARTS", {"spring-league-bingo": 50, "summer-clan-bingo": 4})
    answer = answered("demo", "--processes", "1")
    assert [(one["event"], one["runs"]) for one in answer["simulations"]] == list(demo.PARTS.items())
    assert "What to do next" in said("demo", "--processes", "1")
