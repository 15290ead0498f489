"""Documents and spreadsheets go in and out in the browser: what is wrong is shown, then what would change."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from events.document import parse_document, write_yaml
from tests.e2e.site import Site, StoredEvent
from tests.e2e.steps import expect_listed, open_tab
from tests.events.factories import document_data

PLAYERS = """name, skill, capabilities, sessions
Zoe, 0.7, quest.ds2, fri 20:00 180
Finn, 1.1, Dragon Slayer II; Lance, mon-fri 18:00-21:00
Ida, , ,
"""


@pytest.fixture
def event(site: Site, tmp_path: Path, slug: str) -> StoredEvent:
    """A small event."""
    return site.load(document_data(slug=slug, name="Small Bingo"), tmp_path)


def preview(page: Page) -> None:
    page.get_by_role("button", name="Preview", exact=True).click()


def test_a_file_is_corrected_looked_at_and_imported(
    page: Page, site: Site, tmp_path: Path, slug: str
) -> None:
    right = write_yaml(parse_document(document_data(slug=slug, name="From a File")))
    file = tmp_path / "event.yaml"
    file.write_text(
        right.replace("duration_hours: 48", "duration_hours: 0").replace("skill: 0.85", "skill: -1")
    )
    site.log_in(page)
    page.goto(f"{site.url}/admin/events/event/import/")
    page.locator("input[type=file]").set_input_files(file)
    preview(page)

    errors = page.get_by_role("alert").get_by_role("table").get_by_role("row")
    wrong = {"duration_hours": "duration_hours: 0", "players.Zoe.skill": "skill: -1"}
    expect(errors).to_have_count(1 + len(wrong))
    written = file.read_text().splitlines()
    for place, wrote in wrong.items():
        line = next(number for number, found in enumerate(written, 1) if wrote in found)
        error = errors.filter(has=page.get_by_text(place, exact=True))
        expect(error.get_by_role("link", name=str(line), exact=True)).to_be_visible()
    assert site.read("SELECT 1 FROM events_event WHERE slug = ?", slug) == []

    # The file's text is there to be mended.
    text = page.get_by_label("Document")
    expect(text).to_have_value(file.read_text())
    text.fill(right)
    preview(page)
    expect(page.get_by_role("heading", name="A new event")).to_be_visible()
    assert site.read("SELECT 1 FROM events_event WHERE slug = ?", slug) == []
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page).to_have_url(site.event(slug).board_url)
    assert site.event(slug).board() == [["zulrah", "cox"], ["coins"]]


def test_players_are_pasted_from_a_spreadsheet(page: Page, site: Site, event: StoredEvent) -> None:
    site.log_in(page)
    page.goto(event.board_url)
    open_tab(page, "Players")
    page.get_by_role("link", name="Paste from a spreadsheet").click()
    page.get_by_label("Players", exact=True).fill(PLAYERS)
    preview(page)
    changes = page.get_by_role("region", name=re.compile("changes of Small Bingo")).get_by_role("listitem")
    for change in (r"^changed\s+Zoe\W.*0\.7", r"^added\s+Finn\W", r"^added\s+Ida\W"):
        expect(changes.filter(has_text=re.compile(change, re.DOTALL))).to_be_visible()
    names = "SELECT name FROM events_player WHERE event_id = ? ORDER BY position"
    assert site.read(names, event.id) == [("Zoe",), ("Adam",), ("Mia",)]

    page.get_by_role("button", name="Store players").click()
    expect_listed(page, "Finn")
    assert site.read(names, event.id) == [("Zoe",), ("Adam",), ("Mia",), ("Finn",), ("Ida",)]


def test_a_wrong_cell_is_shown_with_its_line_and_column(page: Page, site: Site, event: StoredEvent) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/admin/events/event/{event.id}/players/csv/")
    page.get_by_label("Players", exact=True).fill(PLAYERS.replace("Lance", "Spear").replace("0.7", "fast"))
    preview(page)
    errors = page.get_by_role("alert").get_by_role("row")
    expect(errors).to_have_text(
        [re.compile("Line"), re.compile(r"2\s+skill"), re.compile(r"3\s+capabilities")]
    )
    expect(page.get_by_label("Players", exact=True)).to_have_value(re.compile("Zoe, fast"))


def test_an_export_is_taken_as_it_is(page: Page, site: Site, event: StoredEvent, tmp_path: Path) -> None:
    site.log_in(page)
    page.goto(event.board_url)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert download.value.suggested_filename == f"{event.slug}.yaml"
    file = tmp_path / "exported.yaml"
    download.value.save_as(file)
    [loaded] = site.manage.json("load_event", str(file))["events"]
    assert (loaded["slug"], loaded["status"]) == (event.slug, "unchanged")
