"""The board is rearranged by keyboard, mouse and touch, and what is shown is what is stored."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Timeout

from tests.e2e.site import Site, StoredEvent
from tests.e2e.steps import NOT_HERE, save
from tests.events.factories import document_data, tile_data

Keys = list[list[str]]

BOARD: Keys = [["a", "b", "c"], ["d", "e"], ["f"]]
SHOWN = """[...document.querySelectorAll(".board-row")].map((row) =>
    [...row.querySelectorAll(".tile")].map((tile) => tile.id.replace("tile-", "")))"""
STALE = "This event was changed after the page was opened"


@pytest.fixture
def event(site: Site, tmp_path: Path, slug: str) -> StoredEvent:
    """The event whose board is `BOARD`, each tile named by its key as a capital letter."""
    return site.load(document_data(slug=slug, name="Small Bingo", board=board_data(BOARD)), tmp_path)


def board_data(keys: Keys, **rule: Any) -> list[dict[str, Any]]:
    return [{"tiles": [tile_data(key, **rule) for key in row]} for row in keys]


@pytest.fixture
def board(page: Page, site: Site, event: StoredEvent) -> Page:
    """The page of the board, with the focus where Tab would put it."""
    return open_board(page, site, event)


def open_board(page: Page, site: Site, event: StoredEvent) -> Page:
    site.log_in(page)
    page.goto(event.board_url)
    page.locator("[data-stop][tabindex='0']").focus()
    return page


def tile(page: Page, key: str) -> Locator:
    """Return the part of a tile that has the focus."""
    return page.locator(f"#tile-{key} .tile-link")


def expect_board(page: Page, event: StoredEvent, keys: Keys) -> None:
    """Expect that the page shows these tiles, and that the database has them in this order."""
    try:
        page.wait_for_function(f"(keys) => JSON.stringify({SHOWN}) === JSON.stringify(keys)", arg=keys)
    except Timeout:
        assert page.evaluate(SHOWN) == keys
    assert event.board() == keys


def open_menu(page: Page, key: str) -> Locator:
    menu = page.locator(f"#tile-{key} .menu")
    menu.locator("summary").click()
    return menu


def test_arrows_move_the_focus(board: Page) -> None:
    expect(tile(board, "a")).to_be_focused()
    for key, reached in [
        ("ArrowRight", "b"),
        ("ArrowRight", "c"),
        ("ArrowLeft", "b"),
        ("ArrowDown", "e"),
        ("ArrowLeft", "d"),
        ("ArrowUp", "a"),
        ("ArrowDown", "d"),
    ]:
        board.keyboard.press(key)
        expect(tile(board, reached)).to_be_focused()


def test_the_board_is_one_stop_for_tab(board: Page) -> None:
    board.keyboard.press("ArrowDown")
    board.keyboard.press("Tab")
    assert board.evaluate("document.activeElement.closest('.board-grid')") is None
    board.keyboard.press("Shift+Tab")
    expect(tile(board, "d")).to_be_focused()


def test_saving_an_opened_tile_comes_back_to_it(board: Page, event: StoredEvent) -> None:
    board.keyboard.press("ArrowRight")
    board.keyboard.press("Enter")
    board.locator("[name=name]").fill("Another name")
    save(board)
    expect(board).to_have_url(f"{event.board_url}#tile-b")
    expect(tile(board, "b")).to_be_focused()
    expect(tile(board, "b")).to_contain_text("Another name")


def test_alt_and_arrows_move_a_tile(board: Page, event: StoredEvent) -> None:
    board.keyboard.press("Alt+ArrowRight")
    expect_board(board, event, [["b", "a", "c"], ["d", "e"], ["f"]])
    board.keyboard.press("Alt+ArrowDown")
    expect_board(board, event, [["b", "c"], ["d", "a", "e"], ["f"]])
    board.keyboard.press("Alt+ArrowLeft")
    expect_board(board, event, [["b", "c"], ["a", "d", "e"], ["f"]])
    expect(tile(board, "a")).to_be_focused()


def test_keys_that_are_pressed_at_once_are_done_one_after_the_other(board: Page, event: StoredEvent) -> None:
    # No key leads back to a board that an earlier one made: what is expected is there only at the end.
    for key in ("Alt+ArrowRight", "Alt+ArrowRight", "Alt+ArrowDown", "Alt+ArrowLeft"):
        board.keyboard.press(key)
    expect_board(board, event, [["b", "c"], ["d", "a", "e"], ["f"]])


def test_a_move_beyond_the_edge_is_said_to_be_impossible(board: Page, event: StoredEvent) -> None:
    board.keyboard.press("Alt+ArrowUp")
    expect(board.get_by_role("status")).to_have_text(NOT_HERE)
    expect_board(board, event, BOARD)


def test_d_duplicates_a_tile(board: Page, event: StoredEvent) -> None:
    board.keyboard.press("d")
    expect_board(board, event, [["a", "a-2", "b", "c"], ["d", "e"], ["f"]])
    expect(tile(board, "a-2")).to_be_focused()


def test_delete_asks_before_it_deletes(board: Page, event: StoredEvent) -> None:
    question = board.get_by_role("dialog", name="Delete the tile “A” with its 1 rule?")
    board.keyboard.press("Delete")
    question.get_by_role("button", name="Keep it").click()
    expect(tile(board, "a")).to_be_focused()
    expect_board(board, event, BOARD)
    board.keyboard.press("Delete")
    question.get_by_role("button", name="Delete").click()
    expect_board(board, event, [["b", "c"], ["d", "e"], ["f"]])
    expect(tile(board, "b")).to_be_focused()


def test_r_adds_a_row(board: Page, event: StoredEvent) -> None:
    board.keyboard.press("r")
    expect_board(board, event, [["a", "b", "c"], [], ["d", "e"], ["f"]])
    expect(board.locator("#row-2 summary")).to_be_focused()
    board.keyboard.press("Shift+R")
    expect_board(board, event, [["a", "b", "c"], [], [], ["d", "e"], ["f"]])


def test_shift_alt_and_arrows_move_a_row(board: Page, event: StoredEvent) -> None:
    board.keyboard.press("Shift+Alt+ArrowDown")
    expect_board(board, event, [["d", "e"], ["a", "b", "c"], ["f"]])
    board.keyboard.press("Shift+Alt+ArrowDown")
    expect_board(board, event, [["d", "e"], ["f"], ["a", "b", "c"]])


def test_a_tile_is_dragged_to_where_it_belongs(board: Page, event: StoredEvent) -> None:
    left = {"x": 5.0, "y": 20.0}
    tile(board, "c").drag_to(tile(board, "d"), target_position=left)  # type: ignore[arg-type]
    expect_board(board, event, [["a", "b"], ["c", "d", "e"], ["f"]])


def test_a_row_is_dragged_by_its_number(board: Page, event: StoredEvent) -> None:
    last = board.locator("#row-3 .row-title")
    top: Any = {"x": 5, "y": 2}
    last.drag_to(board.locator("#row-1"), target_position=top)
    expect_board(board, event, [["f"], ["a", "b", "c"], ["d", "e"]])


def test_the_menu_is_used_by_touch(phone: Page, site: Site, event: StoredEvent) -> None:
    open_board(phone, site, event)
    menu = phone.locator("#tile-b .menu")
    menu.locator("summary").tap()
    entry = menu.get_by_role("button", name="Move to the row below")
    box = menu.locator(".menu-panel").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    entry.tap()
    expect_board(phone, event, [["a", "c"], ["d", "b", "e"], ["f"]])


def test_a_board_of_25_rows_stays_usable(page: Page, site: Site, tmp_path: Path, slug: str) -> None:
    keys = [[f"r{row}-{place}" for place in range(4)] for row in range(25)]
    event = site.load(document_data(slug=slug, board=board_data(keys)), tmp_path)
    open_board(page, site, event)
    expect(page.locator(".board-row")).to_have_count(25)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(tile(page, "r0-3")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowLeft")
    expect(tile(page, "r24-3")).to_be_focused()
    expect(tile(page, "r24-3")).to_be_in_viewport()
    page.keyboard.press("Alt+ArrowLeft")
    keys[24][2:] = ["r24-3", "r24-2"]
    expect_board(page, event, keys)
    expect(tile(page, "r24-3")).to_be_focused()


def test_a_finding_leads_to_where_it_is_mended(page: Page, site: Site, tmp_path: Path, slug: str) -> None:
    needy = [{"tiles": [tile_data("a"), tile_data("b", requires=["quest.ds2"])]}]
    event = site.load(document_data(slug=slug, board=needy), tmp_path)
    open_board(page, site, event)
    findings = page.get_by_role("region", name="Findings")
    finding = findings.get_by_role("listitem").filter(has_text="can't be done by Apes")
    finding.get_by_role("link").click()
    expect(page.locator("[name=name]")).to_have_value("B")
    requires = page.locator("[name=rules-0-requires] + .select2")
    chosen = requires.get_by_role("listitem").filter(has_text="Dragon Slayer II")
    chosen.locator(".select2-selection__choice__remove").click()
    save(page)
    expect(tile(page, "b")).to_be_focused()
    expect(finding).to_have_count(0)


def test_who_sees_an_old_board_is_told_and_nothing_is_lost(
    board: Page, other_page: Page, site: Site, event: StoredEvent, complaints: list[str]
) -> None:
    open_board(other_page, site, event)
    other_page.keyboard.press("Alt+ArrowRight")
    theirs = [["b", "a", "c"], ["d", "e"], ["f"]]
    expect_board(other_page, event, theirs)

    board.keyboard.press("Alt+ArrowDown")
    notice = board.get_by_role("alert")
    expect(notice).to_contain_text(STALE)
    take_out(complaints, "409")
    assert event.board() == theirs

    notice.get_by_role("link", name="Show what is there now").click()
    expect_board(board, event, theirs)
    tile(board, "a").focus()
    board.keyboard.press("Alt+ArrowDown")
    expect_board(board, event, [["b", "c"], ["d", "a", "e"], ["f"]])


def take_out(complaints: list[str], status: str) -> None:
    """Take out that a request was answered with this status, which the console tells as well."""
    expected = [text for text in complaints if re.match(rf"{status}: |console: .*\b{status}\b", text)]
    assert expected
    complaints[:] = [text for text in complaints if text not in expected]
