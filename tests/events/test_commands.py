"""The commands for event documents, as a shell runs them."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from events.document import document_digest, read_document, write_yaml
from events.management.documents import bundled_files
from events.models import Activity, Capability, Event, Tile
from events.transfer import document_of
from tests.events.commands import run
from tests.events.factories import a_document, an_event, document_data, sound_data

pytestmark = pytest.mark.django_db


def a_file(folder: Path, name: str = "event.yaml", **overrides: Any) -> str:
    """Write the small event, with other fields, into a file and return its path."""
    path = folder / name
    path.write_text(write_yaml(a_document(**overrides)), encoding="utf-8")
    return str(path)


def test_load_event_stores_the_files_that_are_named(tmp_path: Path) -> None:
    paths = [a_file(tmp_path), a_file(tmp_path, "other.yaml", slug="other")]
    ran = run("load_event", *paths)
    assert (ran.code, ran.err) == (0, "")
    assert "small-bingo: created\n" in ran.out
    assert set(Event.objects.values_list("slug", flat=True)) == {"small-bingo", "other"}


def from_stdin(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))


def test_load_event_reads_what_export_event_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = document_digest(document_of(an_event()))
    written = run("export_event", "small-bingo", "-o", "-").out
    Event.objects.all().delete()
    from_stdin(written, monkeypatch)
    assert "small-bingo: created\n" in run("load_event", "-").out
    assert document_digest(document_of(Event.objects.get())) == digest


def test_check_event_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    from_stdin("slug: 1", monkeypatch)
    ran = run("check_event", "-")
    assert ran.code == 1
    assert ran.err.startswith("-: ")


def test_load_event_reports_as_json(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    run("load_event", path)
    a_file(tmp_path, unlock_points=3)
    [report] = run("load_event", path, "--json").json()["events"]
    assert report["changes"] == ["unlock_points: 2 → 3"]
    assert (report["slug"], report["status"], report["version"]) == ("small-bingo", "changed", 2)


def test_load_event_loads_what_is_bundled() -> None:
    assert run("load_event", "--bundled").code == 0
    assert Event.objects.count() == len(bundled_files()) > 0


def test_load_event_fills_the_library_with_the_bundled_one() -> None:
    preview = run("load_event", "--bundled", "--dry-run").out
    assert not Activity.objects.exists()
    said = run("load_event", "--bundled").out
    event = Event.objects.get(slug="summer-clan-bingo")
    assert Activity.objects.library().count() == event.activities.count() == 76
    assert Capability.objects.library().count() == event.capabilities.count()
    n_added = event.activities.count() + event.capabilities.count()
    assert f"library: {n_added} activities and capabilities would be added" in preview
    assert f"library: {n_added} activities and capabilities added" in said


def test_load_event_leaves_the_library_as_users_changed_it() -> None:
    run("load_event", "--bundled")
    entry = Activity.objects.library().earliest("position")
    entry.name = "Ours"
    entry.save()
    assert run("load_event", "--bundled", "--json").json()["added_to_library"] == 0
    entry.refresh_from_db()
    assert entry.name == "Ours"


def test_load_event_leaves_alone_what_is_not_missing(tmp_path: Path) -> None:
    an_event(name="Mine")
    paths = [a_file(tmp_path), a_file(tmp_path, "other.yaml", slug="other")]
    assert run("load_event", "--missing", *paths).code == 0
    assert set(Event.objects.values_list("name", flat=True)) == {"Mine", "Small Bingo"}
    assert run("load_event", "--missing", *paths).out.startswith("Nothing to load")


def test_load_event_can_say_what_it_would_change(tmp_path: Path) -> None:
    event = an_event()
    data = document_data()
    data["players"]["Zoe"]["skill"] = 0.9
    ran = run("load_event", "--dry-run", a_file(tmp_path, players=data["players"]))
    assert ran.out.startswith("small-bingo: would be changed\n  players.Zoe.skill: 0.85 → 0.9\n")
    assert document_of(event) == a_document()


def test_findings_of_what_was_not_stored_are_told_by_the_file(tmp_path: Path) -> None:
    path = a_file(tmp_path, players={**document_data()["players"], "Idle": {}})
    said = run("load_event", "--dry-run", path).out
    assert f"check_event {path}`" in said
    hint = said.split("`")[1].split()
    assert run(hint[-2], hint[-1]).code == 0
    assert "check_event small-bingo`" in run("load_event", path).out


def test_load_event_stores_nothing_if_one_file_is_wrong_and_names_all_that_is(tmp_path: Path) -> None:
    good, bad = a_file(tmp_path), tmp_path / "bad.yaml"
    text = Path(good).read_text(encoding="utf-8")
    bad.write_text(
        text.replace("points: 2", "points: 0").replace("raid.cox", "raid.tob", 1), encoding="utf-8"
    )
    ran = run("load_event", good, str(bad))
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) > 1
    assert all(line.startswith(f"{bad}: ") for line in ran.err.splitlines())
    assert not Event.objects.exists()


def test_load_event_refuses_two_files_of_one_event(tmp_path: Path) -> None:
    ran = run("load_event", a_file(tmp_path), a_file(tmp_path, "b.yaml"), "--json")
    assert (ran.code, ran.out) == (1, "")
    assert "small-bingo is already the slug of" in ran.err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[1", b"", b"a: &b 1", b"- 1"])
def test_load_event_refuses_what_is_no_document_in_a_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    ran = run("load_event", str(path))
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(str(path))


@pytest.mark.parametrize("command", ["load_event", "check_event"])
@pytest.mark.parametrize("name", ["missing.yaml", "folder.yaml", "\0.yaml"])
def test_files_that_can_not_be_read_are_wrong_arguments(tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    ran = run(command, str(tmp_path / name))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_load_event_needs_a_file() -> None:
    ran = run("load_event")
    assert (ran.code, ran.out, ran.err) == (2, "", "name the files to load, or use --bundled\n")


def test_export_event_prints_a_document_that_reads_back_the_same() -> None:
    an_event()
    for form in ("yaml", "json"):
        ran = run("export_event", "small-bingo", "--format", form)
        assert ran.code == 0
        assert document_digest(read_document(ran.out)) == document_digest(a_document())
    assert read_document(json.dumps(run("export_event", "small-bingo", "--json").json())) == a_document()


@pytest.mark.parametrize(
    ("name", "start"), [("a.yaml", "format:"), ("a.json", "{"), ("a.JSON", "{"), ("a", "format:")]
)
def test_export_event_writes_a_file_in_the_format_of_its_name(tmp_path: Path, name: str, start: str) -> None:
    an_event()
    path = tmp_path / name
    path.write_text("old")
    ran = run("export_event", "small-bingo", "-o", str(path))
    assert ran.out == f"small-bingo written to {path}\n"
    assert path.read_text(encoding="utf-8").startswith(start)
    assert read_document(path.read_text(encoding="utf-8")) == a_document()
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("target", [".", "missing/event.yaml"])
def test_export_event_refuses_what_it_can_not_write_to(tmp_path: Path, target: str) -> None:
    an_event()
    ran = run("export_event", "small-bingo", "-o", str(tmp_path / target))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("command", ["export_event", "check_event"])
@pytest.mark.parametrize("slug", ["nothing", "näh", "a\0b", ""])
def test_an_unknown_slug_is_a_wrong_argument(command: str, slug: str) -> None:
    ran = run(command, slug)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("There is no event")


def test_export_event_names_what_was_saved_past_the_forms() -> None:
    an_event()
    Tile.objects.filter(key="cox").update(name=" ")
    ran = run("export_event", "small-bingo")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("board[0].tiles[1].name: ")


def test_check_event_lists_findings_and_is_content() -> None:
    an_event()
    ran = run("check_event", "small-bingo")
    assert ran.code == 0
    assert ran.out.startswith(
        "Can't work as it is:\n  board[0].tiles[1]: cox can't be done by Apes: raid.cox takes 2 players"
    )
    assert "Perhaps not as meant:\n  board[1].tiles[0]: coins requires quest.ds2" in ran.out
    report = run("check_event", "small-bingo", "--json").json()
    assert report["event"] == "small-bingo"
    assert {"place", "message", "code", "severity"} == set(report["findings"][0])
    assert [finding["severity"] for finding in report["findings"]] == ["blocking"] * 3 + ["doubtful"]


def test_check_event_says_only_so_much_of_a_kind() -> None:
    bare = [
        {"tiles": [{"key": f"t{row}-{n}", "name": f"T {row}.{n}", "points": 1} for n in range(12)]}
        for row in range(2)
    ]
    an_event(board=bare)
    assert "  board: and 4 more findings of this kind\n" in run("check_event", "small-bingo").out
    findings = run("check_event", "small-bingo", "--json").json()["findings"]
    assert [finding["code"] for finding in findings].count("tile-without-rules") == 21


def test_a_text_that_a_comment_cuts_short_is_told_while_the_file_is_at_hand(tmp_path: Path) -> None:
    path = Path(a_file(tmp_path, **sound_data()))
    path.write_text(path.read_text().replace("name: Zulrah", "name: Zulrah #1 boss", 1))
    said = 'activities.boss.zulrah.name: is read as "Zulrah", since "#1 boss" is a comment to YAML'
    assert f"Perhaps not as meant:\n  {said}" in run("check_event", str(path)).out
    loaded = run("load_event", str(path), "--dry-run").out
    assert "  1 finding (1 perhaps not as meant): `" in loaded
    assert f"\n  {said}" in loaded


def test_load_event_says_how_many_findings_there_are_and_how_much_they_matter(tmp_path: Path) -> None:
    path = a_file(tmp_path)
    assert "  4 findings (3 can't work as it is, 1 perhaps not as meant): `" in run("load_event", path).out
    [report] = run("load_event", path, "--json").json()["events"]
    assert (report["findings"], report["findings_by_severity"]) == (4, {"blocking": 3, "doubtful": 1})


def test_check_event_reads_a_file(tmp_path: Path) -> None:
    assert run("check_event", a_file(tmp_path, **sound_data())).out == "small-bingo: nothing looks wrong\n"


def test_check_event_reads_a_file_without_a_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_file(tmp_path, "mine")
    monkeypatch.chdir(tmp_path)
    assert "cox can't be done by Apes" in run("check_event", "mine").out


def test_events_lists_what_is_stored() -> None:
    assert run("events").out.startswith("There are no events yet")
    an_event(name="[bold]Odd :smile: name[/]")
    assert "[bold]Odd :smile: name[/]" in run("events").out
    [event] = run("events", "--json").json()["events"]
    assert (event["tiles"], event["players"], event["teams"], event["duration_hours"]) == (3, 3, 2, 48)


def test_events_shows_slugs_whole_on_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.management.base.PIPE_WIDTH", 80)
    slug = "the-spring-league-bingo-of-the-year-2026"
    an_event(slug=slug, name="The Spring League Bingo of the Year 2026")
    lines = run("events").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert slug in lines[-1]


def test_events_takes_one_query_however_many_there_are(django_assert_num_queries: Any) -> None:
    for number in range(3):
        an_event(slug=f"event-{number}")
    with django_assert_num_queries(1):
        list(Event.objects.with_sizes())
